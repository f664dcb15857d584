/* intake: from the params of a case to what is decided about it. One way for case.submit, its dry run and rules.explain. */
#ifndef GRIDD_METHODS_INTAKE_H
#define GRIDD_METHODS_INTAKE_H

#include "daemon/methods/case_params.h"

struct intake {
	struct case_reading reading;
	struct verdict verdict;
	struct command cmd;
	struct changes changes;
	struct case_rec *after;
};

/* Reads the params against the pack, matches, decides and applies, as of now_us. NULL: c->refusal is set. trace may be NULL.
 */
struct intake *intake_decide(struct call *c, const struct case_params *p, int64_t now_us, struct trace *trace);

#endif
