/* board_text: the dispatch board as one table: open, due today and overdue by unit. */
#include "clients/gridctl/cli/pages.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seconds until the present holder's clock runs out, negative when it has; false: none runs. */
static bool seconds_left(struct json_object *one, const char *now, int64_t *left) {
	return when_between(now, tree_str(one, "due_at"), left);
}

/* One row of the board. */
struct holding {
	char *unit, *name;
	int64_t open, due_today, overdue, longest_s;
};

struct board {
	struct holding *v;
	size_t n;
	char *now;
};

static struct holding *board_find(struct board *b, const char *unit, const char *name) {
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->v[i].unit, unit) == 0)
			return &b->v[i];
	b->v = realloc(b->v, (b->n + 1) * sizeof *b->v);
	CHECK(b->v != NULL);
	struct holding *h = &b->v[b->n++];
	*h = (struct holding){.unit = strdup(unit), .name = strdup(name)};
	CHECK(h->unit && h->name);
	return h;
}

static void board_fini(struct board *b) {
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].unit);
		free(b->v[i].name);
	}
	free(b->v);
	free(b->now);
}

static void on_board_page(struct json_object *page, void *ctx) {
	struct board *b = ctx;
	const char *now = tree_str(page, "now");
	if (!b->now && now)
		b->now = strdup(now);
	const size_t n = tree_count(page, "cases");
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = tree_at(page, "cases", i);
		const char *unit = tree_str(one, "unit"), *name = tree_name(one, "unit");
		struct holding *h = board_find(b, unit ? unit : "", name ? name : T("(nobody)", "（无）"));
		int64_t left = 0;
		h->open++;
		if (!seconds_left(one, now, &left))
			continue;
		h->overdue += left < 0;
		h->due_today += left >= 0 && when_same_day(now, tree_str(one, "due_at"));
		if (-left > h->longest_s)
			h->longest_s = -left;
	}
}

static int worst_first(const void *pa, const void *pb) {
	const struct holding *a = pa, *b = pb;
	if (a->overdue != b->overdue)
		return a->overdue < b->overdue ? 1 : -1;
	if (a->open != b->open)
		return a->open < b->open ? 1 : -1;
	return strcmp(a->unit, b->unit);
}

static void board_row(struct table *t, const struct holding *h) {
	struct strbuf longest = {0};
	if (h->longest_s > 0)
		when_add_span(&longest, h->longest_s);
	table_row(t);
	table_cell(t, h->name);
	table_cell_int(t, h->open);
	table_cell_int(t, h->due_today);
	table_cell_int(t, h->overdue);
	if (h->overdue > 0)
		table_color(t, "red");
	table_cell(t, longest.data);
	strbuf_fini(&longest);
}

static struct holding board_total(const struct board *b) {
	struct holding total = {.name = (char *)T("total", "合计")};
	for (size_t i = 0; i < b->n; i++) {
		total.open += b->v[i].open;
		total.due_today += b->v[i].due_today;
		total.overdue += b->v[i].overdue;
		if (b->v[i].longest_s > total.longest_s)
			total.longest_s = b->v[i].longest_s;
	}
	return total;
}

static void board_print(struct board *b) {
	static const struct column columns[] = {{{"unit", "承办单位"}, COLUMN_CUT},
	                                        {{"open", "在办"}, COLUMN_RIGHT},
	                                        {{"due today", "今日到期"}, COLUMN_RIGHT},
	                                        {{"overdue", "超期"}, COLUMN_RIGHT},
	                                        {{"longest", "最长超期"}, COLUMN_RIGHT}};
	struct strbuf at = {0};
	when_add(&at, b->now, false);
	term_print(T("dispatch board, %s\n\n", "派遣看板 %s\n\n"), at.data);
	strbuf_fini(&at);
	struct table t;
	table_init(&t, columns, COUNT_OF(columns));
	for (size_t i = 0; i < b->n; i++)
		board_row(&t, &b->v[i]);
	const struct holding total = board_total(b);
	board_row(&t, &total);
	table_print(&t);
}

static struct json_object *holding_json(const struct holding *h) {
	struct json_object *row = json_object_new_object();
	if (h->unit)
		tree_put(row, "unit", json_object_new_string(h->unit));
	tree_put(row, "open", json_object_new_int64(h->open));
	tree_put(row, "due_today", json_object_new_int64(h->due_today));
	tree_put(row, "overdue", json_object_new_int64(h->overdue));
	tree_put(row, "longest_overdue_seconds", json_object_new_int64(h->longest_s));
	return row;
}

static struct json_object *board_json(const struct board *b) {
	struct json_object *tree = json_object_new_object();
	tree_put(tree, "now", json_object_new_string(b->now ? b->now : ""));
	tree_put(tree, "units", json_object_new_array());
	for (size_t i = 0; i < b->n; i++)
		tree_add(tree, "units", holding_json(&b->v[i]));
	const struct holding total = board_total(b);
	tree_put(tree, "total", holding_json(&total));
	return tree;
}

int run_board(struct ctl *ctl) {
	static const char *const open_states[] = {"triage", "dispatched", "handling", "finished", "suspended"};
	struct board b = {0};
	struct json_object *params = ctl->args.params;
	for (size_t i = 0; i < COUNT_OF(open_states); i++)
		tree_add(params, "state", json_object_new_string(open_states[i]));
	const struct pages every = {.method = "case.list", .params = params, .all = true, .on_page = on_board_page, .ctx = &b};
	const int rc = pages_each(ctl, &every);
	if (rc == EXIT_DONE) {
		if (b.n > 1)
			qsort(b.v, b.n, sizeof *b.v, worst_first);
		struct json_object *tree = board_json(&b);
		if (!ctl_json(ctl, tree))
			board_print(&b);
		json_object_put(tree);
	}
	board_fini(&b);
	return rc;
}
