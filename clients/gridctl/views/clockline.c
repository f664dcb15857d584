/* clockline: clocks in words, sorted by how much they press. */
#include "clients/gridctl/views/clockline.h"

#include "clients/gridctl/term/span.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SOON_PART = 5, NOT_PRESSING = 3 };

static bool state_is(struct json_object *clock, const char *state) {
	const char *text = tree_str(clock, "state");
	return text && strcmp(text, state) == 0;
}

/* Also by nothing: one that was stopped because it ran out. */
static bool is_over(struct json_object *clock) { return tree_get(clock, "overdue_seconds") != NULL; }

/* By how much, in its own time: natural time where the daemon tells no other. */
static int64_t over_by(struct json_object *clock) {
	return tree_get(clock, "overdue_clock_seconds") ? tree_int(clock, "overdue_clock_seconds") : tree_int(clock, "overdue_seconds");
}

int64_t clock_day_seconds(struct json_object *clock) { return tree_int(clock, "day_seconds"); }

void clock_add_standing(struct strbuf *out, struct json_object *clock) {
	const int64_t day = clock_day_seconds(clock);
	if (is_over(clock) && tree_int(clock, "overdue_seconds") == 0)
		strbuf_adds(out, T("ran out", "到期未办"));
	else if (is_over(clock))
		span_add_left(out, over_by(clock) ? -over_by(clock) : -1, day);
	else if (tree_get(clock, "remaining") && !state_is(clock, "stopped"))
		span_add_left(out, tree_int(clock, "remaining"), day);
}

enum tone clock_tone(struct json_object *clock) {
	if (is_over(clock))
		return tree_str(clock, "waived") || state_is(clock, "stopped") ? TONE_SOON : TONE_BAD;
	const int64_t left = tree_int(clock, "remaining"), day = clock_day_seconds(clock);
	return state_is(clock, "running") && tree_get(clock, "remaining") && left < (day ? day : 86400) / SOON_PART ? TONE_SOON : TONE_PLAIN;
}

/* Smaller presses more: what runs and is over, what runs, what stands still, what was over. */
static int rank_of(struct json_object *clock) {
	if (state_is(clock, "stopped"))
		return is_over(clock) ? NOT_PRESSING - 1 : NOT_PRESSING;
	if (is_over(clock))
		return 0;
	return state_is(clock, "paused") ? NOT_PRESSING - 1 : 1;
}

/* By the wall: their own times can't be compared. What has no due time comes last. */
static int compare(const void *a, const void *b) {
	struct json_object *x = *(struct json_object *const *)a, *y = *(struct json_object *const *)b;
	const int rank = rank_of(x) - rank_of(y);
	if (rank != 0)
		return rank;
	const int64_t over_x = tree_int(x, "overdue_seconds"), over_y = tree_int(y, "overdue_seconds");
	if (over_x != over_y)
		return over_x < over_y ? 1 : -1;
	const char *due_x = tree_str(x, "due_at"), *due_y = tree_str(y, "due_at");
	return due_x && due_y ? strcmp(due_x, due_y) : !due_x - !due_y;
}

/* Its clocks, the worst first. The caller's to free(); NULL: there are none. */
static struct json_object **sorted(struct json_object *one, size_t *n) {
	*n = tree_count(one, "clocks");
	struct json_object **list = *n ? calloc(*n, sizeof *list) : NULL;
	if (!list)
		*n = 0;
	for (size_t i = 0; i < *n; i++)
		list[i] = tree_at(one, "clocks", i);
	if (list)
		qsort(list, *n, sizeof *list, compare);
	return list;
}

struct json_object *clock_worst(struct json_object *one) {
	size_t n;
	struct json_object **list = sorted(one, &n), *worst = n > 0 && rank_of(list[0]) <= 1 ? list[0] : NULL;
	free(list);
	return worst;
}

static void add_time(struct strbuf *out, struct both what, const char *at) {
	if (!at)
		return;
	strbuf_printf(out, "%s%s ", out->len ? T(", ", "，") : "", both_text(what));
	when_add(out, at, false);
}

static void add_word(struct strbuf *out, const char *first, const char *second) {
	strbuf_printf(out, "%s%s%s", out->len ? T(", ", "，") : "", first, second ? second : "");
}

/* What else is to be said of it. */
static void add_remarks(struct strbuf *out, struct json_object *clock) {
	const char *bearer = tree_name(clock, "bearer"), *waived = tree_name(clock, "waived");
	if (tree_bool(clock, "outside"))
		add_word(out, T("set from outside", "外部规定"), NULL);
	if (tree_bool(clock, "provisional"))
		add_word(out, T("provisional", "暂定（放假安排未公布）"), NULL);
	if (state_is(clock, "paused"))
		tree_str(clock, "paused_at") ? add_time(out, (struct both){"paused since", "停走，自"}, tree_str(clock, "paused_at"))
		                             : add_word(out, T("paused", "停走"), NULL);
	if (state_is(clock, "stopped"))
		add_time(out, (struct both){"stopped", "停于"}, tree_str(clock, "stopped_at"));
	if (tree_int(clock, "extensions") > 0) {
		add_word(out, T("extended ", "延期 "), NULL);
		strbuf_printf(out, T("%" PRId64 "x", "%" PRId64 " 次"), tree_int(clock, "extensions"));
	}
	if (waived) {
		add_word(out, T("excused (", "免责（"), waived);
		strbuf_adds(out, T(")", "）"));
	}
	if (bearer)
		add_word(out, T("borne by ", "责任 "), bearer);
}

static void clock_row(struct page_rows *r, struct json_object *clock) {
	const enum tone tone = clock_tone(clock);
	struct strbuf text = {0};
	rows_next(r);
	rows_cell(r, tone, is_over(clock) && rank_of(clock) == 0 ? "!" : " ");
	rows_cell(r, TONE_PLAIN, tree_name(clock, "name"));
	clock_add_standing(&text, clock);
	rows_cell(r, tone, text.data);
	strbuf_clear(&text);
	if (tree_str(clock, "due_at"))
		add_time(&text, (struct both){"due", "到期"}, tree_str(clock, "due_at"));
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_clear(&text);
	if (tree_str(clock, "limit"))
		strbuf_printf(&text, T("of %s", "限 %s"), tree_str(clock, "limit"));
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_clear(&text);
	add_remarks(&text, clock);
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

static bool same_name(struct json_object *a, struct json_object *b) {
	const char *x = tree_str(a, "name"), *y = tree_str(b, "name");
	return x && y && strcmp(x, y) == 0;
}

/* Each name once, and how often. */
static void add_kept(struct strbuf *out, struct json_object *one) {
	const size_t n = tree_count(one, "clocks");
	for (size_t i = 0; i < n; i++) {
		struct json_object *clock = tree_at(one, "clocks", i);
		int times = 0;
		bool first = rank_of(clock) == NOT_PRESSING;
		for (size_t j = 0; j < n && first; j++) {
			const bool same = rank_of(tree_at(one, "clocks", j)) == NOT_PRESSING && same_name(clock, tree_at(one, "clocks", j));
			times += same;
			first = !same || j >= i;
		}
		if (!first)
			continue;
		strbuf_printf(out, "%s%s", out->len ? T(", ", "、") : "", tree_name(clock, "name") ? tree_name(clock, "name") : "?");
		if (times > 1)
			strbuf_printf(out, T(" (%dx)", " %d 次"), times);
	}
}

void clocks_print(struct json_object *one, struct page *p) {
	static const struct both heading = {"clocks", "时限"}, kept_heading = {"in time", "按时完成"};
	struct strbuf kept = {0};
	struct page_rows r;
	size_t n;
	struct json_object **list = sorted(one, &n);
	rows_begin(&r, 6);
	for (size_t i = 0; i < n; i++)
		if (rank_of(list[i]) < NOT_PRESSING)
			clock_row(&r, list[i]);
	add_kept(&kept, one);
	rows_print(&r, p, heading);
	page_short(p, kept_heading, kept.data);
	strbuf_fini(&kept);
	free(list);
}
