/* shares: whose time a case was: bars, and what happened in each share. */
#include "clients/gridctl/views/why.h"

#include "clients/gridctl/term/span.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BAR_WIDE = 20, BAR_NARROW = 10, NARROW = 100 };

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

/* Is it one's: of a unit by who that is, of nobody by why. */
static bool is_of(struct json_object *span, struct json_object *holder) {
	const char *unit = tree_str(holder, "unit");
	return same(tree_str(span, "unit"), unit) && (unit || same(tree_str(span, "why"), tree_str(holder, "why")));
}

/* Of the case from receipt on; where that isn't known, of the time that the clock ran. */
static struct json_object *whole_of(struct json_object *why, struct json_object *over) {
	return tree_count(why, "ledger.holders") > 0 ? tree_get(why, "ledger") : over;
}

static int64_t worked_all(struct json_object *whole) {
	int64_t sum = 0;
	for (size_t i = 0; i < tree_count(whole, "holders"); i++)
		sum += tree_int(tree_at(whole, "holders", i), "working_seconds");
	return sum;
}

static int percent(int64_t part, int64_t all) { return all > 0 ? (int)((100 * part + all / 2) / all) : 0; }

static bool bears(struct json_object *over, struct json_object *holder) {
	return tree_str(over, "unit") && same(tree_str(holder, "unit"), tree_str(over, "unit"));
}

int share_of_bearer(struct json_object *why, struct json_object *over) {
	struct json_object *whole = whole_of(why, over);
	const int64_t all = worked_all(whole);
	for (size_t i = 0; all > 0 && i < tree_count(whole, "holders"); i++)
		if (bears(over, tree_at(whole, "holders", i)))
			return percent(tree_int(tree_at(whole, "holders", i), "working_seconds"), all);
	return -1;
}

/* ---- what happened ---- */

static void add_part(struct strbuf *out, const char *text) { strbuf_printf(out, "%s%s", out->len ? T(", ", "，") : "", text); }

static void add_waited(struct strbuf *out, const char *what, const char *from, const char *to) {
	int64_t seconds;
	if (!when_between(from, to, &seconds))
		return;
	add_part(out, what);
	strbuf_addc(out, ' ');
	/* As people wait: on the wall. */
	span_add(out, seconds, 0);
}

/* Of a unit's tasks: how long until it accepted, and how it lost them. */
static void add_tasks(struct strbuf *out, struct json_object *why, struct json_object *holder) {
	for (size_t i = 0; i < tree_count(why, "about.tasks"); i++) {
		struct json_object *task = tree_at(why, "about.tasks", i);
		const char *state = tree_str(task, "state"), *reason = tree_name(task, "reason"), *given = tree_str(task, "given_at");
		const char *accepted = tree_str(task, "accepted_at"), *ended = tree_str(task, "ended_at");
		if (!same(tree_str(task, "unit"), tree_str(holder, "unit")) || !same(tree_str(task, "kind"), "lead"))
			continue;
		add_waited(out, accepted ? T("accepted after", "接单用时") : T("not accepted for", "未接单"), given,
		           accepted ? accepted : ended ? ended : tree_str(why, "now"));
		if (same(state, "returned") || same(state, "withdrawn"))
			add_part(out, tree_name(task, "state"));
		if (reason && (same(state, "returned") || same(state, "withdrawn")))
			strbuf_printf(out, T(" (%s)", "（%s）"), reason);
	}
}

/* What the desk was doing, or why it was nobody's: each word once, and how often. */
static void add_stretches(struct strbuf *out, struct json_object *why, struct json_object *holder) {
	static const char *const words[] = {"register", "triage", "verify", "suspended", "merged", NULL};
	for (size_t w = 0; words[w]; w++) {
		int times = 0;
		const char *name = NULL;
		for (size_t i = 0; i < tree_count(why, "ledger.spans"); i++) {
			struct json_object *span = tree_at(why, "ledger.spans", i);
			if (is_of(span, holder) && same(tree_str(span, "why"), words[w])) {
				name = tree_name(span, "why");
				times++;
			}
		}
		if (times == 0)
			continue;
		add_part(out, name);
		if (times > 1)
			strbuf_printf(out, T(" %dx", " %d 次"), times);
	}
}

static void add_happened(struct strbuf *out, struct json_object *why, struct json_object *holder) {
	if (tree_str(holder, "unit"))
		add_tasks(out, why, holder);
	add_stretches(out, why, holder);
	if (out->len == 0 && tree_name(holder, "why"))
		strbuf_adds(out, tree_name(holder, "why"));
}

static void share_row(struct page_rows *r, struct json_object *why, struct json_object *over, struct json_object *holder, int bar) {
	const int64_t seconds = tree_int(holder, "working_seconds");
	const int part = percent(seconds, worked_all(whole_of(why, over)));
	const enum tone tone = bears(over, holder) ? TONE_BAD : TONE_PLAIN;
	struct strbuf text = {0};
	char percents[16];
	rows_next(r);
	rows_cell(r, tone, tree_str(holder, "unit") ? tree_name(holder, "unit") : T("(nobody)", "（无单位）"));
	for (int i = 0; i < bar; i++)
		strbuf_addc(&text, i < (part * bar + 50) / 100 ? '#' : '.');
	rows_cell(r, tone, text.data);
	(void)snprintf(percents, sizeof percents, "%3d%%", part);
	rows_cell(r, TONE_PLAIN, percents);
	strbuf_clear(&text);
	span_add(&text, seconds, tree_int(over, "detail.day_seconds"));
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_clear(&text);
	add_happened(&text, why, holder);
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

void shares_print(struct json_object *why, struct json_object *over, struct page *p) {
	struct json_object *whole = whole_of(why, over);
	const int bar = p->width < NARROW ? BAR_NARROW : BAR_WIDE;
	struct page_rows r;
	rows_begin(&r, 5);
	for (size_t i = 0; i < tree_count(whole, "holders"); i++)
		share_row(&r, why, over, tree_at(whole, "holders", i), bar);
	rows_print(&r, p, (struct both){"whose time", "谁的时间"});
}
