/* act: the one staircase of every command on a stored case: params, the case as it is, decide, write, answer.
 *
 * A method's file has its params (struct act_params and its fields first), a first step that fills the command, and, where
 * something hangs on the case itself, a `look` at it. All the rest is here. */
#ifndef GRIDD_METHODS_ACT_H
#define GRIDD_METHODS_ACT_H

#include "daemon/call/facts.h"
#include "daemon/methods/pack_words.h"

/* What every writing call on a case may carry. */
struct act_params {
	struct common_writing common;       /* first: see call/method.h */
	int32_t expect_version;             /* 0: any */
	const char *note;
	struct act_for {
		const char *unit, *person;
	} on_behalf;
	int64_t at;
	struct json_object *which;          /* the param `case` */
};

extern const struct field act_for_fields[];

/* clang-format off: one row a param. */
#define ACT_TIMELESS_FIELDS \
	COMMON_WRITING_FIELDS, \
	FIELD_I32(struct act_params, expect_version, 1, INT32_MAX, 0), \
	FIELD_STR(struct act_params, note, LIMIT_TEXT_BYTES, FIELD_NONEMPTY), \
	{.name = "for", .type = FT_OBJECT, .offset = offsetof(struct act_params, on_behalf), .sub = act_for_fields, \
	 .present_offset = SIZE_MAX}
#define ACT_CASE_FIELD \
	{.name = "case", .type = FT_TREE, .offset = offsetof(struct act_params, which), .flags = FIELD_REQUIRED, \
	 .present_offset = SIZE_MAX}
#define ACT_FIELDS ACT_TIMELESS_FIELDS, FIELD_TIME(struct act_params, at, 0) /* where no case is named by `case` */
#define ACT_CASE_FIELDS ACT_FIELDS, ACT_CASE_FIELD
#define ACT_NOW_FIELDS ACT_TIMELESS_FIELDS, ACT_CASE_FIELD                  /* where `at` means something else */
/* clang-format on */

/* One case of a command: the one it is about, or another one that it changes too. */
struct act_part {
	struct case_name name;
	const char *number;                 /* once loaded; so are those below */
	const struct case_rec *before, *after;
	struct command cmd;
	struct changes changes;
	struct write_item item;
};

struct act {
	struct call *c;
	struct command cmd;                 /* the first step fills its own part of it */
	struct private_more more;
	const struct verdict *verdict;      /* of what is sent anew; NULL: nothing is */
	LIST_OF(struct act_part) parts;     /* the first is the case it is about */
	size_t loaded;                      /* parts that are */
	bool loading;
	/* After the case was loaded. NEXT_WRITE: go on; NEXT_WAIT: the database was asked, and this runs again with c->rows;
	 * NEXT_ANSWER: refused. May be NULL. */
	enum next (*look)(struct act *a);
	bool looked;
	/* Writes further members of the answer, which are stored with the key. May be NULL. */
	void (*add)(struct act *a);
	void *own;                          /* whatever a method keeps for its `look` */
	int32_t step;                       /* of act_go; act_written and act_told come behind it */
	int32_t first_version;              /* the case as it was when this call saw it first */
};

/* Begins a first step: reads what all such calls carry, and the case that `case` names. */
struct act *act_begin(struct call *c, enum command_kind kind);
/* Ends a first step: refuses with all faults, or loads the case. */
enum next act_load(struct act *a);
/* The steps after it. */
enum next act_go(struct call *c), act_written(struct call *c), act_told(struct call *c);
#define ACT_STEPS act_go, act_written, act_told
/* The line in the log about what was stored. For a method with an act_written of its own. */
void act_log(const struct act *a);

/* A case that the command changes as well: it is loaded, the command of that kind is decided about it too, and both are
 * stored or none. Before act_load, or from `look`. */
void act_also(struct act *a, enum command_kind kind, struct case_name name);
/* The cases that were merged into this one are answered with it. From `look`. */
void act_answer_merged(struct act *a);

/* A reason is a code of the pack that goes into the command, or free text that is kept apart. */
const char *act_reason(struct act *a, const char *path, const char *of, const char *word);
/* Free text is kept beside the event, and never in it. */
void act_keep_text(struct act *a, const char *text);
/* A request or an order, "20261123-0000042-R1": names the case, and gives its number within the case. 0: a fault. */
int32_t act_read_name(struct act *a, const char *path, char letter, const char *text);
const char *act_name(const struct act *a, char letter, int32_t n);

/* For `look`. */
bool act_by(const struct act *a, unsigned roles);                       /* the caller holds one of them */
bool act_is_own(const struct act *a);                                   /* the caller submitted the case */
bool act_holds(const struct act *a);                                    /* his unit, or the one he acts for, holds it */
bool act_has_task(const struct act *a);                                 /* and has an open task; true of who is no unit */
enum next act_left(struct act *a);                                      /* refuses: the case has left the unit */
/* A conflict with the state, what is allowed, and what happened since. */
enum next act_conflict(struct act *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
