/* case_view: how a case, its clocks and its parts look in a reply. */
#ifndef GRIDD_METHODS_CASE_VIEW_H
#define GRIDD_METHODS_CASE_VIEW_H

#include "daemon/call/call.h"
#include "daemon/store/reader.h"

/* Writes the case object of one row into c->out. */
bool case_view_row(struct call *c, const struct rows *rows, size_t row, struct err *e) MUST_CHECK;
/* Writes `[clock, ...]`, as of at_us. */
void case_view_clocks(struct call *c, const struct case_rec *cr, int64_t at_us);

#endif
