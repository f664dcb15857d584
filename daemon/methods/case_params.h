/* case_params: the params that describe a case, shared by case.submit, rules.explain and case.amend: their tables, their
 * checks against the town's pack, and what they become. */
#ifndef GRIDD_METHODS_CASE_PARAMS_H
#define GRIDD_METHODS_CASE_PARAMS_H

#include "daemon/call/call.h"
#include "daemon/rules/match.h"

struct submit_source {
	const char *channel, *ref;
};
struct case_params {
	struct common_writing common; /* first: see call/method.h */
	const char *class, *condition, *text, *estate, *grid, *address;
	struct submit_source source;
	struct place place;
	struct json_object *attrs;
	struct strs tags;
	enum urgency urgency;
	int64_t observed_at, received_at, at;
	struct reporter reporter;
	attachment_list attachments;
	deadline_list deadlines;
	struct handled handled;
	bool has_tags, has_urgency, has_handled;
};

extern const struct field case_submit_fields[];   /* text and source are required */
extern const struct field rules_explain_fields[]; /* nothing is; and `at` */
extern const struct field case_set_fields[];      /* what the case is about, and where: what case.amend may set */
extern const struct field attachment_fields[];    /* of struct attachment */

/* What the params mean in the town's pack. */
struct case_reading {
	struct match_in in; /* what the rules may ask about */
	struct cmd_submit submit;
	struct private_part priv;
	const struct channel *channel; /* NULL: none given (explain) */
};

/* Checks against the pack and reads; adds every fault it finds to c->faults. False: there are some, of the table's or of
 * these. at_us is the moment the reading is for. */
bool case_params_read(struct call *c, const struct case_params *p, int64_t at_us, struct case_reading *out) MUST_CHECK;
/* The same for the params of case_set_fields, in the object `set`: class, condition, estate, grid, address, place and attrs,
 * strictly. */
bool case_set_read(struct call *c, const struct case_params *p, struct case_reading *out) MUST_CHECK;
/* What a command brings along; adds faults. */
void attachments_check(struct call *c, const attachment_list *list);

#endif
