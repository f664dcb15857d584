/* table: libsmartcols, with text made safe. */
#include "clients/gridctl/term/table.h"

#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>

void table_init(struct table *t, const struct column *columns, size_t n) {
	*t = (struct table){.scols = scols_new_table()};
	CHECK(t->scols != NULL);
	(void)scols_table_enable_colors(t->scols, term_colors());
	/* Cells are made safe before they come here; smartcols would show Chinese as \x.. in some locales. */
	(void)scols_table_enable_noencoding(t->scols, 1);
	(void)scols_table_set_column_separator(t->scols, "  ");
	/* smartcols takes a part of the width below 1 as what the column may be cut to. */
	static const struct {
		double part;
		int flags;
	} kinds[] = {[COLUMN_TEXT] = {1, 0},
	             [COLUMN_CUT] = {0.18, SCOLS_FL_TRUNC},
	             [COLUMN_REST] = {0.05, SCOLS_FL_TRUNC},
	             [COLUMN_RIGHT] = {1, SCOLS_FL_RIGHT}};
	for (size_t i = 0; i < n; i++)
		CHECK(scols_table_new_column(t->scols, both_text(columns[i].heading), kinds[columns[i].kind].part,
		                             kinds[columns[i].kind].flags) != NULL);
}

void table_row(struct table *t) {
	t->row = scols_table_new_line(t->scols, NULL);
	CHECK(t->row != NULL);
	t->at = 0;
}

void table_cell(struct table *t, const char *text) {
	struct strbuf safe = {0};
	safe_add(&safe, text ? text : "", SAFE_LINE);
	CHECK(scols_line_set_data(t->row, t->at++, safe.len ? safe.data : "-") == 0);
	strbuf_fini(&safe);
}

void table_cell_int(struct table *t, int64_t v) {
	char text[32];
	(void)snprintf(text, sizeof text, "%" PRId64, v);
	table_cell(t, text);
}

void table_cell_time(struct table *t, const char *rfc3339) {
	struct strbuf text = {0};
	when_add(&text, rfc3339, false);
	table_cell(t, text.data);
	strbuf_fini(&text);
}

void table_color(struct table *t, const char *color) {
	struct libscols_cell *cell = scols_line_get_cell(t->row, t->at - 1);
	if (cell && term_colors())
		(void)scols_cell_set_color(cell, color);
}

void table_print(struct table *t) {
	if (scols_table_get_nlines(t->scols) > 0)
		(void)scols_print_table(t->scols);
	scols_unref_table(t->scols);
	*t = (struct table){0};
}
