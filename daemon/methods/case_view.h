/* case_view: how a case, its clocks and its parts look in a reply. */
#ifndef GRIDD_METHODS_CASE_VIEW_H
#define GRIDD_METHODS_CASE_VIEW_H

#include "daemon/call/call.h"
#include "daemon/store/reader.h"

/* Writes the case object of one row into c->out. */
bool case_view_row(struct call *c, const struct rows *rows, size_t row, struct err *e) MUST_CHECK;
/* Writes `[clock, ...]`, as of at_us. */
void case_view_clocks(struct call *c, const struct case_rec *cr, int64_t at_us);
/* The members of one clock, inside an open object. */
void case_view_clock(struct call *c, const struct clock *k, int64_t at_us);
/* A unit's id, and its names as KEY_name and KEY_name_en. */
void case_view_unit(struct call *c, const char *key, const char *id);
/* The same of a class and of an estate, as `class` and `estate`. */
void case_view_class(struct call *c, const char *code);
void case_view_estate(struct call *c, const char *id);
/* What waits beside the state: suspended, request, supervisions, waived. */
void case_view_pending(struct call *c, const struct case_rec *cr, const char *number);
/* Time as seconds, exact to the microsecond: 90, 0.000001. */
void case_view_seconds(struct json_out *j, const char *key, int64_t us);

#endif
