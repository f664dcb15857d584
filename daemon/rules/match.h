/* match: which rule decides a case. First match in file order; a condition answers yes, no or cannot tell.
 *
 * The table is compiled at load: the cost doesn't grow with the number of rules, nor with those of one class. One evaluator
 * for live work, explain, tests and replay. */
#ifndef GRIDD_RULES_MATCH_H
#define GRIDD_RULES_MATCH_H

#include "daemon/cases/command.h"
#include "daemon/rules/pack.h"

/* What a rule may ask about. Strings NULL: not known. */
struct match_in {
	const char *class_code, *condition; /* ids of the pack, already looked up */
	const char *estate, *grid;
	const char *channel;
	enum urgency urgency;
	const struct strs *tags;
	const char *text;                   /* for `words` */
	const char *address;                /* finds the estate where that isn't given */
	bool has_place;                     /* coordinates are known (for `given` and `missing`) */
	const struct attr *attrs;
	size_t n_attrs;
	int64_t at_us;                      /* for `open` / `closed` */
};

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_CANNOT_TELL };

/* One condition looked at. */
struct trace_line {
	const char *rule, *file;
	int line;
	const char *condition;              /* as written: "estate.kind: [售后房, 公房]" */
	enum answer answer;
	const char *because;                /* "estate pp-012 is 商品房", "no estate given" */
};
struct trace {
	LIST_OF(struct trace_line) lines;
	size_t passed_over;                 /* rules before the deciding one that the class alone rules out; not listed */
	bool cut;                           /* more lines than LIMIT (1000) */
};

/* Always gives a verdict: routed, or to the triage desk with the reason. trace may be NULL (live work). */
void rules_match(const struct pack *p, const struct match_in *in, struct arena *a, struct trace *trace, struct verdict *out);

#endif
