/* why: why a case is overdue and whose time it was, on one screen: the verdict first. */
#include "clients/gridctl/views/why.h"

#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/term/span.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "clients/gridctl/views/clockline.h"
#include "clients/gridctl/views/show_parts.h"
#include "clients/gridctl/views/steps.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_EVENTS = 500, MOST_DAYS = 7, DATE_CHARS = 10, MONTH_AT = 5, HOUR = 3600, MINUTE = 60 };

static bool same(const char *a, const char *b) { return a && b && strcmp(a, b) == 0; }

/* ---- what is asked besides ---- */

/* That very clock, with the pieces of its time. */
static void find_detail(struct ctl *ctl, const char *number, struct json_object *over) {
	struct json_object *params = steps_params(ctl, number);
	tree_put(params, "clock", json_object_new_string(tree_str(over, "clock") ? tree_str(over, "clock") : ""));
	struct json_object *found = steps_ask(ctl, "case.clock", params);
	for (size_t i = 0; i < tree_count(found, "clocks"); i++) {
		struct json_object *clock = tree_at(found, "clocks", i);
		if (same(tree_str(clock, "started_at"), tree_str(over, "started_at")))
			tree_put(over, "detail", json_object_get(clock));
	}
	json_object_put(found);
}

/* Overdues that were taken back: they are events only. */
static void find_corrected(struct ctl *ctl, const char *number, struct json_object *result) {
	struct json_object *params = steps_params(ctl, number);
	tree_put(params, "limit", json_object_new_int64(MOST_EVENTS));
	struct json_object *history = steps_ask(ctl, "case.history", params);
	for (size_t i = 0; i < tree_count(history, "events"); i++)
		if (same(tree_str(tree_at(history, "events", i), "type"), "clock.corrected"))
			tree_add(result, "corrected", json_object_get(tree_at(history, "events", i)));
	json_object_put(history);
}

void complete_why(struct ctl *ctl, struct json_object *result) {
	const char *number = tree_str(result, "case");
	if (own_bool(&ctl->args, "json") || !number)
		return;
	struct json_object *about = steps_ask(ctl, "case.get", steps_params(ctl, number));
	struct json_object *ledger = steps_ask(ctl, "case.ledger", steps_params(ctl, number));
	if (ledger)
		tree_put(result, "ledger", json_object_get(ledger));
	for (size_t i = 0; i < tree_count(result, "overdue"); i++)
		find_detail(ctl, number, tree_at(result, "overdue", i));
	find_corrected(ctl, number, result);
	if (about) {
		steps_find(ctl, about);
		tree_put(result, "about", json_object_get(about));
	}
	json_object_put(ledger);
	json_object_put(about);
}

/* ---- the verdict ---- */

static void add_over(struct strbuf *out, struct json_object *over) {
	span_add(out, tree_int(over, "overdue_clock_seconds"), clock_day_seconds(tree_get(over, "detail")));
}

/* An excused one is less, and one that is nobody's; then by the wall: their own times can't be compared. */
static bool is_worse(struct json_object *a, struct json_object *b) {
	if (!tree_str(a, "waived") != !tree_str(b, "waived"))
		return !tree_str(a, "waived");
	if (!tree_str(a, "unit") != !tree_str(b, "unit"))
		return tree_str(a, "unit") != NULL;
	return tree_int(a, "overdue_seconds") > tree_int(b, "overdue_seconds");
}

static struct json_object *worst_of(struct json_object *result) {
	struct json_object *worst = NULL;
	for (size_t i = 0; i < tree_count(result, "overdue"); i++)
		if (!worst || is_worse(tree_at(result, "overdue", i), worst))
			worst = tree_at(result, "overdue", i);
	return worst;
}

/* "handle: overdue by 2 d 5 h (working time); 87% of the case's working time was that of Firm A" */
static void print_verdict(struct json_object *result, struct json_object *over, struct page *p) {
	const char *clock = tree_name(over, "clock"), *unit = tree_name(over, "unit"), *waived = tree_name(over, "waived");
	const bool of_calendar = clock_day_seconds(tree_get(over, "detail")) > 0;
	const int share = share_of_bearer(result, over);
	struct strbuf text = {0};
	strbuf_printf(&text, T("%s: overdue by ", "%s超期 "), clock ? clock : "?");
	add_over(&text, over);
	strbuf_adds(&text, of_calendar ? T(" (working time)", "（工作时间）") : T(" (natural time)", "（自然时间）"));
	if (unit && share >= 0)
		strbuf_printf(&text, T("; %d%% of the case's working time was that of %s", "；全程工作时间中 %2$s 占 %1$d%%"), share, unit);
	if (waived)
		strbuf_printf(&text, T("; excused (%s)", "；已免责（%s）"), waived);
	page_line(p, waived ? TONE_SOON : TONE_BAD, text.data);
	strbuf_fini(&text);
}

/* ---- one clock ---- */

static void add_at(struct strbuf *out, struct both what, const char *at) {
	if (!at)
		return;
	strbuf_printf(out, "%s%s ", out->len ? T(", ", "，") : "", both_text(what));
	when_add(out, at, false);
}

static void print_clock_line(struct json_object *over, struct page *p) {
	const char *name = tree_name(over, "clock"), *limit = tree_str(over, "detail.limit"), *calendar = tree_str(over, "detail.calendar");
	struct strbuf text = {0};
	strbuf_adds(&text, name ? name : "?");
	if (limit)
		strbuf_printf(&text, T(", limit %s", "，限 %s"), limit);
	if (limit && calendar)
		strbuf_printf(&text, T(" (calendar %s)", "（日历 %s）"), calendar);
	if (tree_bool(over, "detail.outside"))
		strbuf_adds(&text, T(", set from outside", "，外部规定"));
	if (tree_int(over, "extensions") > 0)
		strbuf_printf(&text, T(", extended %" PRId64 "x", "，延期 %" PRId64 " 次"), tree_int(over, "extensions"));
	add_at(&text, (struct both){"started", "起"}, tree_str(over, "started_at"));
	add_at(&text, (struct both){"due", "到期"}, tree_str(over, "due_at"));
	if (tree_str(over, "stopped_at"))
		add_at(&text, (struct both){"stopped", "停于"}, tree_str(over, "stopped_at"));
	else
		strbuf_adds(&text, T(", still running", "，仍在计时"));
	page_item(p, (struct both){"clock", "时限"}, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

static int64_t piece_seconds(struct json_object *piece) {
	int64_t seconds = 0;
	(void)when_between(tree_str(piece, "from"), tree_str(piece, "to"), &seconds);
	return seconds;
}

static void add_hours(struct strbuf *out, int64_t seconds) {
	strbuf_printf(out, "%" PRId64 ":%02d", seconds / HOUR, (int)(seconds % HOUR / MINUTE));
}

/* "11-23 1:00 + 11-24 6:30 + ... = 7:30": what a day had, in hours and minutes; of many days the first. */
static void add_days(struct strbuf *out, struct json_object *over) {
	const size_t n = tree_count(over, "detail.segments");
	int days = 0;
	int64_t sum = 0;
	for (size_t i = 0; i < n;) {
		const char *day = tree_str(tree_at(over, "detail.segments", i), "from");
		int64_t seconds = 0;
		size_t next = i;
		while (next < n && when_same_day(day, tree_str(tree_at(over, "detail.segments", next), "from")))
			seconds += piece_seconds(tree_at(over, "detail.segments", next++));
		if (next == i)
			return;
		i = next;
		sum += seconds;
		if (++days > MOST_DAYS)
			continue;
		strbuf_printf(out, "%s%.*s ", days > 1 ? " + " : "", DATE_CHARS - MONTH_AT, day + MONTH_AT);
		add_hours(out, seconds);
	}
	if (days > MOST_DAYS)
		strbuf_printf(out, T(" + %d more days", " + 另 %d 天"), days - MOST_DAYS);
	strbuf_adds(out, " = ");
	add_hours(out, sum);
	if (!tree_str(over, "stopped_at"))
		strbuf_adds(out, T(" (to the due time)", "（计至到期）"));
}

static void print_counted(struct json_object *over, struct page *p) {
	const int64_t day = clock_day_seconds(tree_get(over, "detail")), spent = tree_int(over, "detail.spent_seconds");
	struct strbuf text = {0};
	if (!tree_get(over, "detail.spent_seconds"))
		return;
	strbuf_adds(&text, T("used ", "已用 "));
	span_add(&text, spent, day);
	strbuf_adds(&text, T(" of ", "，限 "));
	span_add(&text, tree_int(over, "detail.budget_seconds"), day);
	strbuf_adds(&text, T(", over by ", "，超出 "));
	add_over(&text, over);
	if (day > 0) {
		strbuf_adds(&text, T(" (a day is ", "（一个工作日 "));
		span_add(&text, day, 0);
		strbuf_adds(&text, T(")", "）"));
	}
	if (tree_count(over, "detail.segments") > 0) {
		strbuf_adds(&text, "\n");
		add_days(&text, over);
	}
	page_item(p, (struct both){"counted", "计时"}, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

/* Who bears it, by which rule of the trade, and by which rule of the town the limit is. */
static void print_bearer(struct json_object *result, struct json_object *over, struct page *p) {
	const char *unit = tree_name(over, "unit"), *rule = tree_str(result, "about.rule.id"), *file = tree_str(result, "about.rule.file");
	struct strbuf text = {0};
	if (!unit)
		strbuf_adds(&text, T("nobody: this clock is no unit's", "不归单位：该时限不属任何单位的承办时间"));
	else if (tree_bool(over, "detail.outside"))
		strbuf_printf(&text, T("%s: it had the case when the deadline passed", "%s：外部时限到期时由其承办"), unit);
	else
		strbuf_printf(&text, T("%s: the clock ran out in its time", "%s：该时限在其承办期间到期"), unit);
	if (rule)
		strbuf_printf(&text, T("; limits by rule %s", "；时限依据 %s"), rule);
	if (rule && file)
		strbuf_printf(&text, "  %s:%" PRId64, file, tree_int(result, "about.rule.line"));
	page_item(p, (struct both){"borne by", "责任"}, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

static void other_row(struct page_rows *r, struct json_object *over) {
	const char *waived = tree_name(over, "waived"), *unit = tree_name(over, "unit");
	struct strbuf text = {0};
	rows_next(r);
	rows_cell(r, TONE_PLAIN, tree_name(over, "clock"));
	add_over(&text, over);
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_clear(&text);
	add_at(&text, (struct both){"due", "到期"}, tree_str(over, "due_at"));
	if (unit)
		strbuf_printf(&text, T(", borne by %s", "，责任 %s"), unit);
	if (waived)
		strbuf_printf(&text, T(", excused (%s)", "，免责（%s）"), waived);
	rows_cell(r, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

static void print_others(struct json_object *result, struct json_object *worst, struct page *p) {
	struct page_rows r;
	rows_begin(&r, 3);
	for (size_t i = 0; i < tree_count(result, "overdue"); i++)
		if (tree_at(result, "overdue", i) != worst)
			other_row(&r, tree_at(result, "overdue", i));
	rows_print(&r, p, (struct both){"also late", "另有超期"});
}

/* ---- what else ---- */

/* What took time besides: counts that aren't 0. */
static void print_troubles(struct json_object *result, struct page *p) {
	static const struct {
		const char *member;
		struct both text;
	} counts[] = {{"returns", {"returned", "退单"}},
	              {"rounds", {"reworked", "返工"}},
	              {"requests", {"requests", "申请"}},
	              {"suspensions", {"suspended", "挂账"}}};
	struct strbuf text = {0};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (tree_int(result, counts[i].member) > 0)
			strbuf_printf(&text, T("%s%s: %" PRId64, "%s%s %" PRId64 " 次"), text.len ? T(", ", "，") : "", both_text(counts[i].text),
			              tree_int(result, counts[i].member));
	for (size_t i = 0; i < tree_count(result, "returned_by"); i++) {
		struct json_object *one = tree_at(result, "returned_by", i);
		const char *unit = tree_name(one, "unit"), *reason = tree_name(one, "reason");
		strbuf_addc(&text, '\n');
		when_add(&text, tree_str(one, "at"), false);
		strbuf_printf(&text, T("  %s  returned it: %s", "  %s  退单：%s"), unit ? unit : "?", reason ? reason : "");
	}
	page_item(p, (struct both){"so far", "曲折"}, TONE_PLAIN, text.data);
	page_item(p, (struct both){"arbitrated", "裁定责任"}, TONE_PLAIN, tree_name(result, "fault"));
	strbuf_clear(&text);
	add_excused(&text, result);
	page_item(p, (struct both){"excused", "免责"}, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

static const char *fired_clock(struct json_object *event) {
	for (size_t i = 0; i < tree_count(event, "data.changes"); i++)
		if (same(tree_str(tree_at(event, "data.changes", i), "what"), "fired"))
			return tree_name(tree_at(event, "data.changes", i), "clock");
	return NULL;
}

static void print_corrected(struct json_object *result, struct page *p) {
	struct strbuf text = {0};
	for (size_t i = 0; i < tree_count(result, "corrected"); i++) {
		struct json_object *event = tree_at(result, "corrected", i);
		const char *clock = fired_clock(event), *actor = tree_str(event, "actor");
		strbuf_adds(&text, text.len ? "\n" : "");
		when_add(&text, tree_str(event, "at"), false);
		strbuf_printf(&text, T("  %s: the overdue was taken back (%s)", "  %s：超期标记已撤回（%s）"), clock ? clock : "?",
		              actor ? actor : "?");
	}
	page_item(p, (struct both){"corrected", "更正"}, TONE_PLAIN, text.data);
	strbuf_fini(&text);
}

void print_why(struct json_object *result) {
	const char *number = tree_str(result, "case"), *state = tree_name(result, "state"), *class = tree_name(tree_get(result, "about"), "class");
	struct json_object *worst = worst_of(result), *about = tree_get(result, "about");
	struct strbuf text = {0};
	struct page p;
	page_begin(&p);
	strbuf_printf(&text, "%s  %s%s%s", number ? number : "-", state ? state : "", class ? "  " : "", class ? class : "");
	page_line(&p, TONE_STRONG, text.data);
	strbuf_fini(&text);
	if (worst) {
		print_verdict(result, worst, &p);
		print_clock_line(worst, &p);
		print_counted(worst, &p);
		shares_print(result, worst, &p);
		print_bearer(result, worst, &p);
		print_others(result, worst, &p);
	} else {
		page_line(&p, TONE_PLAIN, T("nothing of it is overdue", "没有超期的时限"));
	}
	print_troubles(result, &p);
	print_corrected(result, &p);
	print_orders_of(result, &p);
	if (about)
		steps_print(about, &p);
	page_end(&p);
}
