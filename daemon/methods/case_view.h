/* case_view: how a case, its clocks and its parts look in a reply. */
#ifndef GRIDD_METHODS_CASE_VIEW_H
#define GRIDD_METHODS_CASE_VIEW_H

#include "daemon/call/call.h"

/* Columns of every statement that returns whole cases (schema/statements: case_get, case_list), in their order. */
enum case_column { CASE_COL_ID, CASE_COL_NUMBER, CASE_COL_AGG, CASE_COL_TEXT, CASE_COL_ADDRESS, CASE_COL_NAME, CASE_COL_PHONE, CASE_COL_CONFIDENTIAL, CASE_COL_ATTACHMENTS, CASE_COL_ATTRS,
	               CASE_COL_X, CASE_COL_Y, CASE_COL_CRS, CASE_COL_CURSOR, CASE_COLUMNS };

/* Writes the case object of one row into c->out. */
bool case_view_row(struct call *c, const struct rows *rows, size_t row, struct err *e) MUST_CHECK;
/* Writes `[clock, ...]`, as of at_us. */
void case_view_clocks(struct call *c, const struct case_rec *cr, int64_t at_us);

#endif
