/* explain: what a rule asked, in its own words, and why the answer is what it is. */
#ifndef GRIDD_RULES_EXPLAIN_H
#define GRIDD_RULES_EXPLAIN_H

#include "daemon/rules/conditions.h"

enum { TRACE_LINES = 1000 };

/* "estate.kind", "attrs.floor" */
const char *cond_name(const struct pack *p, const struct cond *c);
/* What is missing when a condition cannot tell: "no estate is known". */
const char *cond_missing(const struct cond *c);
/* "estate.kind: [售后房, 公房]" */
const char *cond_text(const struct pack *p, const struct cond *c, struct arena *a);
const char *cond_because(const struct cond *c, const struct seen *s, struct arena *a);

/* The conditions of the rules up to and with the deciding one, each rule's until its first no. */
void trace_fill(struct trace *t, const struct seen *s, size_t deciding, struct arena *a);

#endif
