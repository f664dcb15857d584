/* test_month_pages: a month's pages: what they say, how wide, how safe, and that all of them say the same. */
#include "daemon/reports/pages.h"

#include "page_checks.h"

#include <stdlib.h>

/* 2026-11-01T00:00:00+08:00 and a month later */
#define FROM_US (INT64_C(1793462400) * SECOND_US)
#define TO_US   (FROM_US + 30 * DAY_US)

typedef void page_maker(const struct kpi *k, enum page_lang lang, struct strbuf *out);

static char *made(page_maker *make, const struct kpi *k, enum page_lang lang) {
	struct strbuf out;
	strbuf_init(&out);
	make(k, lang, &out);
	char *text = arena_strdup(&arena, out.data);
	assert_int_equal(strlen(text), out.len);
	strbuf_fini(&out);
	return text;
}

static void json(const struct kpi *k, enum page_lang lang, struct strbuf *out) {
	(void)lang;
	kpi_json(k, out);
}

static void set(struct kpi_row *row, enum indicator i, int64_t numerator, int64_t denominator) {
	row->cells[i] = (struct kpi_cell){numerator, denominator};
}

static struct kpi month_of(int64_t from_us, int64_t to_us) {
	return (struct kpi){.format = KPI_FORMAT,
	                    .town = "310106101",
	                    .town_zh = "彭浦镇",
	                    .town_en = "Pengpu Town",
	                    .from_us = from_us,
	                    .to_us = to_us,
	                    .as_of_us = TO_US + 9 * HOUR_US,
	                    .offset_s = 8 * 3600,
	                    .by = KPI_UNIT,
	                    .pack_version = 12,
	                    .sent_at_us = NO_TIME};
}

/* Two units, one of them with little to do; three days; names in the order of codes. */
static struct kpi small_month(void) {
	struct kpi k = month_of(FROM_US, TO_US);
	struct kpi_row police = {.key = "police"}, property = {.key = "property"}, idle = {.key = "idle"};
	set(&k.total, IND_REPORTED, 320, 0);
	set(&k.total, IND_CLOSED, 300, 0);
	set(&k.total, IND_HANDLED_ON_TIME, 280, 300);
	set(&k.total, IND_SATISFACTION, 88400, 100000);
	set(&k.total, IND_SCORE_DEPARTMENT, 87500, 1000);
	set(&k.total, IND_TOO_FAST, 3, 290);
	set(&police, IND_HANDLED_ON_TIME, 2, 3);
	set(&property, IND_HANDLED_ON_TIME, 278, 297);
	set(&property, IND_BREACHES, 19, 0);
	*LIST_ADD(&k.rows, &arena) = idle;
	*LIST_ADD(&k.rows, &arena) = police;
	*LIST_ADD(&k.rows, &arena) = property;
	*LIST_ADD(&k.days, &arena) = (struct kpi_day){"2026-11-01", 11, 7, 2, 120};
	*LIST_ADD(&k.days, &arena) = (struct kpi_day){"2026-11-02", 24, 9, 0, 135};
	*LIST_ADD(&k.days, &arena) = (struct kpi_day){"2026-11-03", 5, 21, 1, 119};
	*LIST_ADD(&k.names, &arena) = (struct digest_name){"unit", "idle", "无事单位", "Idle unit"};
	*LIST_ADD(&k.names, &arena) = (struct digest_name){"unit", "police", "彭浦镇派出所", "Pengpu police station"};
	*LIST_ADD(&k.names, &arena) = (struct digest_name){"unit", "property", "永和物业", "Yonghe property"};
	return k;
}

static struct kpi sent_month(void) {
	struct kpi k = small_month();
	k.sent_at_us = TO_US + 9 * HOUR_US;
	*LIST_ADD(&k.corrections, &arena) = (struct kpi_correction){NULL, "reported", 319, 0, 320, 0};
	*LIST_ADD(&k.corrections, &arena) = (struct kpi_correction){"police", "handled_on_time", 0, 0, 2, 3};
	return k;
}

static struct kpi own_month(void) {
	struct kpi k = sent_month();
	struct strs keys = {0};
	STRS_ADD(&keys, &arena, "police");
	kpi_narrow(&k, &keys);
	return k;
}

/* ---- Subject and names ---- */

static void subjects_say_the_period(void **state) {
	(void)state;
	struct kpi k = small_month();
	assert_string_equal(made(kpi_subject, &k, PAGE_ZH),
	                    "【月度考核】彭浦镇 2026 年 11 月：上报 320 件，结案 300 件，按期处置率 93.3%");
	assert_string_equal(made(kpi_subject, &k, PAGE_EN),
	                    "[Figures of the month] Pengpu Town 2026-11: 320 reported, 300 closed, handled on time 93.3%");
	k.town_zh = "彭浦\r\nBcc: x";
	assert_null(strpbrk(made(kpi_subject, &k, PAGE_ZH), "\r\n"));
	const struct kpi own = own_month();
	assert_string_equal(made(kpi_subject, &own, PAGE_ZH), "【月度考核】彭浦镇 2026 年 11 月（本单位）");
}

static void periods_have_their_names(void **state) {
	(void)state;
	static const struct {
		int64_t from_us, to_us;
		const char *zh, *file;
	} periods[] = {
	    {FROM_US, TO_US, "2026 年 11 月", "gridd-month-310106101-2026-11"},
	    {FROM_US, FROM_US + DAY_US, "2026-11-01 至 2026-11-01", "gridd-month-310106101-2026-11-01-2026-11-01"},
	    {FROM_US + 2 * DAY_US, TO_US, "2026-11-03 至 2026-11-30", "gridd-month-310106101-2026-11-03-2026-11-30"},
	    {FROM_US, TO_US + 31 * DAY_US, "2026-11-01 至 2026-12-31", "gridd-month-310106101-2026-11-01-2026-12-31"},
	    {FROM_US + HOUR_US, TO_US, "2026-11-01 01:00 至 2026-12-01 00:00", "gridd-month-310106101-2026-11-01-2026-11-30"},
	};
	for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
		const struct kpi k = month_of(periods[i].from_us, periods[i].to_us);
		struct strbuf name;
		strbuf_init(&name);
		kpi_file_name(&k, &name);
		assert_string_equal(name.data, periods[i].file);
		strbuf_fini(&name);
		assert_has(made(kpi_subject, &k, PAGE_ZH), periods[i].zh);
	}
}

/* ---- Text ---- */

static void the_text_has_figures_with_their_parts(void **state) {
	(void)state;
	const struct kpi k = small_month();
	const char *text = made(kpi_text, &k, PAGE_ZH);
	assert_laid_out(text);
	assert_laid_out(made(kpi_text, &k, PAGE_EN));
	assert_has(text, "| 按期处置率   | 93.3% |   280/300 | 分子：其中按期处置（含免责）；分母：应  |");
	assert_has(text, "| 市民满意率 | 88.4% |  88.4/100 |");
	assert_has(text, "| 部门综合得分 | 87.5 |           |");
	assert_has(text, "| 返工率     |    - |           |");
	assert_has(text, "| 66.7%* 2/3 |");
	assert_has(text, "带 * 的比率分母少于 10");
	assert_has(text, "数据异常提示（按单位）");
	assert_has(text, "不计入考核得分");
	assert_has(text, "故各单位之和不必等于全镇");
	assert_lacks(text, "无事单位"); /* it had nothing to do */
	assert_lacks(text, "发送以来无更正");
}

static void corrections_have_before_and_after(void **state) {
	(void)state;
	struct kpi k = sent_month();
	const char *text = made(kpi_text, &k, PAGE_ZH), *html = without_tags(made(kpi_html, &k, PAGE_ZH));
	assert_laid_out(text);
	assert_has(text, "本期已于 2026-12-01 09:00 (UTC+08:00) 发送");
	assert_has(text, "| 上报数     |    319 |        320 |\n");
	assert_has(text, "| 按期处置率 |      - | 66.7%* 2/3 |\n");
	assert_has(html, "319320\n");
	assert_has(html, "彭浦镇派出所按期处置率-66.7%2/3");
	assert_has(made(json, &k, PAGE_ZH), "\"before\":{\"numerator\":319,");
	k.corrections.n = 0;
	assert_has(made(kpi_text, &k, PAGE_ZH), "发送以来无更正。");
	assert_has(made(kpi_html, &k, PAGE_ZH), "发送以来无更正。");
}

static void a_unit_sees_its_own_rows_alone(void **state) {
	(void)state;
	const struct kpi k = own_month();
	const char *const pages[] = {made(kpi_text, &k, PAGE_ZH), made(kpi_html, &k, PAGE_ZH), made(kpi_csv, &k, PAGE_ZH),
	                             made(json, &k, PAGE_ZH)};
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		assert_has(pages[i], "彭浦镇派出所");
		assert_lacks(pages[i], "永和物业");
		assert_lacks(pages[i], "280");
		assert_lacks(pages[i], "88.4");
		assert_lacks(pages[i], "2026-11-02");
	}
	assert_laid_out(pages[0]);
	assert_has(pages[0], "本表只列本单位");
	assert_has(pages[0], "- 按期处置率：分子："); /* the formulas are there all the same */
}

/* ---- CSV ---- */

static void csv_is_one_figure_a_line(void **state) {
	(void)state;
	const struct kpi k = small_month();
	const char *csv = made(kpi_csv, &k, PAGE_ZH);
	assert_memory_equal(csv, "\xef\xbb\xbf代码,名称,", strlen("\xef\xbb\xbf代码,名称,"));
	assert_has(csv, ",全镇,处置,handled_on_time,按期处置率,93.3%,280,300,,");
	assert_has(csv, "\r\npolice,彭浦镇派出所,处置,handled_on_time,按期处置率,66.7%,2,3,少于10,");
	assert_has(csv, ",全镇,市民评价,satisfaction,市民满意率,88.4%,88.4,100,,");
	assert_has(csv, ",全镇,综合得分,score_department,部门综合得分,87.5,87.5,100,,");
	assert_has(csv, ",全镇,案件,reported,上报数,320,,,,");
	assert_has(csv, ",全镇,案件,rework,返工率,-,0,0,,");
	assert_has(csv, ",2026-11-01 00:00,2026-12-01 00:00,2026-12-01 09:00\r\n");
	size_t lines = 0;
	for (const char *p = csv; (p = strstr(p, "\r\n")); p += 2)
		lines++;
	assert_int_equal(lines, 1 + INDICATORS * (1 + k.rows.n));
	for (const char *p = csv; (p = strchr(p, '\n')); p++)
		assert_int_equal(p[-1], '\r');
}

/* ---- HTML ---- */

static struct kpi evil_month(void) {
	struct kpi k = sent_month();
	k.town = k.town_zh = k.town_en = evil;
	for (size_t i = 0; i < k.names.n; i++)
		k.names.v[i].zh = k.names.v[i].en = i % 2 ? evil : long_name();
	k.days.v[1].day = evil;
	return k;
}

static void assert_page(const char *html) {
	assert_safe_html(html, (const char *const[]){" href", " src", NULL});
	assert_has(html, "<svg viewBox");
	assert_has(html, "display:table-header-group");
}

static void html_stands_alone(void **state) {
	(void)state;
	const struct kpi months[] = {small_month(), sent_month(), evil_month()};
	for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
		assert_page(made(kpi_html, &months[i], PAGE_ZH));
		assert_page(made(kpi_html, &months[i], PAGE_EN));
		assert_laid_out(made(kpi_text, &months[i], PAGE_EN));
	}
	const struct kpi own = own_month(), nothing = month_of(FROM_US, TO_US);
	assert_safe_html(made(kpi_html, &own, PAGE_ZH), (const char *const[]){"<svg", NULL});
	assert_safe_html(made(kpi_html, &nothing, PAGE_ZH), (const char *const[]){"<svg", NULL});
	assert_laid_out(made(kpi_text, &nothing, PAGE_ZH));
}

static void what_others_wrote_is_no_formula(void **state) {
	(void)state;
	struct kpi k = small_month();
	k.names.v[1].zh = "=cmd|' /C calc'!A0";
	k.names.v[2].zh = "永和\"物业\",\r\n";
	const char *csv = made(kpi_csv, &k, PAGE_ZH);
	assert_has(csv, "\r\npolice,\"'=cmd|' /C calc'!A0\",");
	assert_has(csv, "\r\nproperty,\"永和\"\"物业\"\",[U+000D][U+000A]\",");
}

/* The highest point of a line is within the field, and one day alone is a dot. */
static void trends_are_drawn(void **state) {
	(void)state;
	struct kpi k = small_month();
	const char *html = made(kpi_html, &k, PAGE_ZH);
	assert_has(html, "受理  最高 24（2026-11-02）");
	assert_has(html, "<polyline fill=\"none\" stroke=\"#1f3a5f\" stroke-width=\"2\" stroke-dasharray=\"none\" "
	                 "points=\"44,117 397,40 750,153\"/>");
	assert_has(html, ">11-02</text>");
	k.days.n = 1;
	html = made(kpi_html, &k, PAGE_ZH);
	assert_has(html, "<circle ");
	k.days.v[0] = (struct kpi_day){"2026-11-01", INT64_MAX, 0, 0, INT64_MAX};
	assert_page(made(kpi_html, &k, PAGE_ZH));
	k.days.n = 0;
	assert_lacks(made(kpi_html, &k, PAGE_ZH), "<svg");
}

/* ---- Agreement and bytes ---- */

static void all_pages_say_the_same(void **state) {
	(void)state;
	const struct kpi k = small_month();
	const char *text = made(kpi_text, &k, PAGE_ZH), *html = without_tags(made(kpi_html, &k, PAGE_ZH));
	for (int i = 0; i < INDICATORS; i++) {
		char said[24];
		kpi_cell_text((enum indicator)i, &k.total.cells[i], said, NULL);
		assert_has(text, said);
		assert_has(html, said);
		assert_has(text, indicators[i].zh);
		assert_has(html, indicators[i].zh);
		assert_has(made(json, &k, PAGE_ZH), indicators[i].id);
		assert_has(made(kpi_csv, &k, PAGE_ZH), indicators[i].id);
	}
	assert_has(made(json, &k, PAGE_ZH), "{\"report\":\"monthly\",\"format\":1,\"pages\":1,\"town\":\"310106101\"");
}

static void the_same_month_gives_the_same_bytes(void **state) {
	(void)state;
	const struct kpi months[] = {small_month(), sent_month(), evil_month(), own_month(), month_of(FROM_US, TO_US)};
	for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
		struct strbuf one, other;
		struct err e = {0};
		strbuf_init(&one);
		strbuf_init(&other);
		assert_true(kpi_workbook(&months[i], PAGE_ZH, &one, &e));
		assert_true(kpi_workbook(&months[i], PAGE_ZH, &other, &e));
		assert_memory_equal(one.data, "PK\3\4", 4);
		assert_int_equal(one.len, other.len);
		assert_memory_equal(one.data, other.data, one.len);
		strbuf_fini(&one);
		strbuf_fini(&other);
		assert_string_equal(made(kpi_html, &months[i], PAGE_ZH), made(kpi_html, &months[i], PAGE_ZH));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(subjects_say_the_period),
	    cmocka_unit_test(periods_have_their_names),
	    cmocka_unit_test(the_text_has_figures_with_their_parts),
	    cmocka_unit_test(corrections_have_before_and_after),
	    cmocka_unit_test(a_unit_sees_its_own_rows_alone),
	    cmocka_unit_test(csv_is_one_figure_a_line),
	    cmocka_unit_test(html_stands_alone),
	    cmocka_unit_test(what_others_wrote_is_no_formula),
	    cmocka_unit_test(trends_are_drawn),
	    cmocka_unit_test(all_pages_say_the_same),
	    cmocka_unit_test(the_same_month_gives_the_same_bytes),
	};
	return cmocka_run_group_tests(tests, arena_up, arena_down);
}
