/* test_pages: a night's pages: what they say, how wide, how safe, and that all of them say the same. */
#include "daemon/reports/digest_json.h"
#include "daemon/reports/pages.h"

#include "night.h"
#include "page_checks.h"

typedef void page_maker(const struct digest *d, enum page_lang lang, struct strbuf *out);

static char *made(page_maker *make, const struct digest *d, enum page_lang lang) {
	struct strbuf out;
	strbuf_init(&out);
	make(d, lang, &out);
	char *text = arena_strdup(&arena, out.data);
	assert_int_equal(strlen(text), out.len);
	strbuf_fini(&out);
	return text;
}

static void json(const struct digest *d, enum page_lang lang, struct strbuf *out) {
	(void)lang;
	digest_json(d, out);
}

/* ---- Text ---- */

static const char wanted[] = "【超期清单】彭浦镇 2026-11-23：超期 3 件（较昨日 +2）\n"
                             "数据截至 2026-11-23 22:00 (UTC+08:00)\n"
                             "\n"
                             "要点\n"
                             "==============================================================================\n"
                             "+-----------------+---------------+------------------------------------------+\n"
                             "| 指标            | 数值          | 备注                                     |\n"
                             "+-----------------+---------------+------------------------------------------+\n"
                             "| 超期案件        | 3 件          | 较昨日 +2                                |\n"
                             "| 较昨日新增      | 2 件          |                                          |\n"
                             "| 最长超期        | 17 小时 30 分 | 20261118-0000007 永和物业                |\n"
                             "| 24 小时内将到期 | 4 件          |                                          |\n"
                             "| 未送达通知      | 1 条          |                                          |\n"
                             "| 督办未结        | 1 份          | 尚无获采纳的答复                         |\n"
                             "| 挂账中          | 5 件          |                                          |\n"
                             "| 今日新增挂账    | 1 件          |                                          |\n"
                             "| 今日延期        | 1 件          | 20261120-0000011                         |\n"
                             "| 今日免责        | 0 件          |                                          |\n"
                             "| 今日补录        | 1 件          | 20261121-0000004                         |\n"
                             "+-----------------+---------------+------------------------------------------+\n"
                             "\n"
                             "各单位情况\n"
                             "==============================================================================\n"
                             "+-----------------------+------+------+---------------+--------+------+------+\n"
                             "| 单位                  | 超期 | 新增 |      最长超期 | 将到期 | 挂账 | 督办 |\n"
                             "+-----------------------+------+------+---------------+--------+------+------+\n"
                             "| 永和物业              |    1 |    0 | 17 小时 30 分 |      3 |    5 |    1 |\n"
                             "| 彭浦镇派出所          |    1 |    1 |        3 小时 |      0 |    0 |    0 |\n"
                             "| 镇网格中心            |    1 |    1 |     不足 1 分 |      1 |    0 |    0 |\n"
                             "+-----------------------+------+------+---------------+--------+------+------+\n"
                             "\n"
                             "超期案件清单\n"
                             "==============================================================================\n"
                             "按超期时间（工作时间）从长到短排列。\n"
                             "\n"
                             "  1. 20261118-0000007  超期 17 小时 30 分  [紧急]\n"
                             "     供水管道破损  永和二村 310106101-07\n"
                             "     永和物业  处置环节  时限 2026-11-21 18:00  自然 2 天 4 小时\n"
                             "     退单 1 次  催督 2 级  占用最久：永和物业 93.5%\n"
                             "     最近：签收 2026-11-19 22:00\n"
                             "\n"
                             "  2. 20261122-0000031  超期 3 小时  [新增]\n"
                             "     犬类扰民  310106101-02\n"
                             "     彭浦镇派出所  处置环节  时限 2026-11-23 19:00  自然 3 小时\n"
                             "     退单 0 次  催督 0 级  占用最久：镇网格中心 50.0%  尚无人操作\n"
                             "\n"
                             "  3. 20261123-0000002  超期 不足 1 分  [新增]\n"
                             "     类别未定  地点不详\n"
                             "     镇网格中心  核查环节  时限 2026-11-23 21:59  自然 不足 1 分\n"
                             "     退单 0 次  催督 0 级  尚无人操作\n"
                             "\n"
                             "口径说明\n"
                             "==============================================================================\n"
                             "- 超期案件：当前承办单位正在计时的时限已过的案件，每件计一次；挂账的不计，已免\n"
                             "  责的不计；到期前已申请、尚待审批的，改计中心的审批时限。\n"
                             "- 较昨日新增：上一晚清单时点尚未超期、此时已超期的案件。\n"
                             "- 最长超期：按该时限自身的工作时间计，超期最久的一件。\n"
                             "- 24 小时内将到期：如不办理，24 小时（自然时间）内将超期的案件时限数。\n"
                             "- 未送达通知：生成清单时已放弃投递或等待超过 1 小时仍未送达的通知；补算的清单\n"
                             "  无此数。\n"
                             "- 督办未结：已开出、答复尚未获采纳的督办单。\n"
                             "- 挂账中：时点上处于挂账状态的案件；挂账期间时限停走。\n"
                             "- 今日新增挂账：上一晚清单之后批准挂账的案件。\n"
                             "- 今日延期：上一晚清单之后批准延期的案件。\n"
                             "- 今日免责：上一晚清单之后免责的案件：超期事实保留，另加标记。\n"
                             "- 今日补录：上一晚清单之后录入、录入时已超过规则包补录时限的办理记录所涉案件。\n"
                             "- 超期时间（工作时间）：按该时限自己的日历只计工作时间；以小时和分计，不折算为\n"
                             "  天，因各日历的工作日长短不一。\n"
                             "- 超期时间（自然时间）：应办时限至数据时点的钟表时间，昼夜连续。\n"
                             "- 占用最久单位及比例：受理至今的工作时间中，经手最久的单位及其所占比例；不一定\n"
                             "  是现承办单位。\n"
                             "- 催督级别：按规则包催督阶梯已走到的级数，0 为尚未升级。\n"
                             "- 网格中心自身超期：派遣、核查等中心自身的时限与其他单位一样计入，单列一行。\n"
                             "- 镇（街道）：彭浦镇 (310106101)\n"
                             "- 数据时点：2026-11-23 22:00 (UTC+08:00)\n"
                             "- 生成方式：按时生成\n"
                             "- 规则包版本：12\n"
                             "- 数据格式 / 版面版本：1 / 1\n";

static void the_text_of_a_small_night(void **state) {
	(void)state;
	const struct digest d = night(&arena);
	assert_string_equal(made(digest_text, &d, PAGE_ZH), wanted);
}

static void the_text_of_an_empty_night(void **state) {
	(void)state;
	const struct digest d = empty_night();
	const char *zh = made(digest_text, &d, PAGE_ZH), *en = made(digest_text, &d, PAGE_EN);
	assert_has(zh, "今晚无超期案件。\n");
	assert_has(zh, "| 超期案件        | 0 件 | 与昨日持平 ");
	assert_has(zh, "今晚各单位均无超期、临期、挂账和督办事项。\n");
	assert_has(zh, "- 规则包版本：12\n");
	assert_null(strstr(zh, "超期案件清单"));
	assert_has(en, "No case is overdue tonight.\n");
	assert_has(en, "| Overdue cases       | 0");
}

/* As bad as it can come: long names, and numbers that fill their types. */
static struct digest wide_night(void) {
	struct digest d = night(&arena);
	d.town_zh = d.town_en = long_name();
	for (size_t i = 0; i < d.names.n; i++)
		d.names.v[i].zh = d.names.v[i].en = long_name();
	for (int i = 0; i < 70; i++)
		*LIST_ADD(&d.rows, &arena) = d.rows.v[i % 3];
	for (int i = 0; i < DIGEST_NAMED; i++)
		STRS_ADD(&d.extended, &arena, "20261120-0000011");
	d.overdue = (int64_t)d.rows.n;
	d.extended_today = INT64_MAX;
	d.units.v[0] = (struct digest_unit){"property", 99999999, 99999999, INT64_MAX, 99999999, 99999999, 99999999};
	d.rows.v[0].worked_us = d.rows.v[0].natural_us = INT64_MAX;
	d.rows.v[0].number = d.rows.v[1].number = long_name();
	return d;
}

static void lines_fit(void **state) {
	(void)state;
	const struct digest nights[] = {night(&arena), empty_night(), wide_night()};
	for (size_t i = 0; i < sizeof nights / sizeof nights[0]; i++)
		for (int lang = 0; lang < PAGE_LANGS; lang++)
			assert_laid_out(made(digest_text, &nights[i], (enum page_lang)lang));
}

static void the_list_is_cut_at_fifty(void **state) {
	(void)state;
	const struct digest d = wide_night();
	assert_has(made(digest_text, &d, PAGE_ZH), "\n 50. ");
	assert_null(strstr(made(digest_text, &d, PAGE_ZH), "\n 51. "));
	assert_has(made(digest_text, &d, PAGE_ZH), "另有 23 件，见附表。\n");
	assert_has(made(digest_html, &d, PAGE_ZH), "另有 23 件，见附表。");
	assert_has(made(digest_html, &d, PAGE_EN), "23 more: see the workbook attached.");
	assert_has(made(json, &d, PAGE_ZH), "\"more\":true}");
}

/* ---- Subject and names ---- */

static void subjects_say_count_and_change(void **state) {
	(void)state;
	struct digest d = night(&arena);
	assert_string_equal(made(digest_subject, &d, PAGE_ZH), "【超期清单】彭浦镇 2026-11-23：超期 3 件（较昨日 +2）");
	assert_string_equal(made(digest_subject, &d, PAGE_EN),
	                    "[Overdue list] Pengpu Town 2026-11-23: 3 overdue (+2 since yesterday)");
	d.overdue_before = 9;
	d.mark = DIGEST_LATE;
	assert_string_equal(made(digest_subject, &d, PAGE_ZH), "【超期清单】【补发】彭浦镇 2026-11-23：超期 3 件（较昨日 -6）");
	d.overdue_before = 3;
	d.mark = DIGEST_RECKONED;
	assert_string_equal(made(digest_subject, &d, PAGE_ZH), "【超期清单】【补算】彭浦镇 2026-11-23：超期 3 件（与昨日持平）");
	d.overdue_before = -1;
	d.town_zh = NULL;
	assert_string_equal(made(digest_subject, &d, PAGE_ZH),
	                    "【超期清单】【补算】310106101 2026-11-23：超期 3 件（无昨日数据）");
	d.town_zh = "彭浦\r\nBcc: everybody";
	const char *subject = made(digest_subject, &d, PAGE_ZH);
	assert_null(strpbrk(subject, "\r\n"));
	assert_has(subject, "彭浦[U+000D][U+000A]Bcc: everybody");
	assert_has(made(digest_text, &d, PAGE_ZH), "本期为补算");
	assert_has(made(digest_html, &d, PAGE_ZH), "本期为补算");
}

static void file_names_are_ascii(void **state) {
	(void)state;
	struct strbuf out;
	strbuf_init(&out);
	struct digest d = night(&arena);
	digest_file_name(&d, &out);
	assert_string_equal(out.data, "gridd-overdue-310106101-2026-11-23");
	strbuf_fini(&out);
}

static void lengths_of_time(void **state) {
	(void)state;
	static const struct {
		int64_t us;
		const char *worked, *natural, *worked_en, *natural_en;
	} lengths[] = {
	    {0, "不足 1 分", "不足 1 分", "under 1 min", "under 1 min"},
	    {MINUTE_US - 1, "不足 1 分", "不足 1 分", "under 1 min", "under 1 min"},
	    {MINUTE_US, "1 分", "1 分", "1 min", "1 min"},
	    {17 * HOUR_US + 30 * MINUTE_US, "17 小时 30 分", "17 小时 30 分", "17 h 30 min", "17 h 30 min"},
	    {52 * HOUR_US + 59 * MINUTE_US, "52 小时 59 分", "2 天 4 小时", "52 h 59 min", "2 d 4 h"},
	    {48 * HOUR_US, "48 小时", "2 天", "48 h", "2 d"},
	    {-MINUTE_US, "不足 1 分", "不足 1 分", "under 1 min", "under 1 min"},
	};
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct strbuf out;
		strbuf_init(&out);
		page_worked(lengths[i].us, PAGE_ZH, &out);
		strbuf_addc(&out, '|');
		page_natural(lengths[i].us, PAGE_ZH, &out);
		strbuf_addc(&out, '|');
		page_worked(lengths[i].us, PAGE_EN, &out);
		strbuf_addc(&out, '|');
		page_natural(lengths[i].us, PAGE_EN, &out);
		assert_string_equal(out.data, arena_printf(&arena, "%s|%s|%s|%s", lengths[i].worked, lengths[i].natural,
		                                           lengths[i].worked_en, lengths[i].natural_en));
		strbuf_fini(&out);
	}
}

/* ---- HTML ---- */

static void assert_mail_html(const char *html) {
	assert_safe_html(html, (const char *const[]){"<svg", "<style", "class=", NULL});
}

static void html_is_fit_for_mail(void **state) {
	(void)state;
	const struct digest nights[] = {night(&arena), empty_night(), wide_night()};
	for (size_t i = 0; i < sizeof nights / sizeof nights[0]; i++) {
		assert_mail_html(made(digest_html, &nights[i], PAGE_ZH));
		assert_mail_html(made(digest_html, &nights[i], PAGE_EN));
	}
	assert_has(made(digest_html, &nights[0], PAGE_ZH), "<html lang=\"zh-CN\">");
	assert_has(made(digest_html, &nights[0], PAGE_EN), "<html lang=\"en\">");
	assert_has(made(digest_html, &nights[0], PAGE_ZH),
	           "<title>【超期清单】彭浦镇 2026-11-23：超期 3 件（较昨日 +2）</title>");
}

/* ---- What others wrote ---- */

static struct digest evil_night(void) {
	struct digest d = night(&arena);
	d.town = d.town_zh = d.town_en = d.day = evil;
	for (size_t i = 0; i < d.names.n; i++)
		d.names.v[i].zh = d.names.v[i].en = evil;
	for (size_t i = 0; i < d.rows.n; i++)
		d.rows.v[i].number = d.rows.v[i].grid = d.rows.v[i].estate = evil;
	d.extended.v[0] = d.late_entries.v[0] = evil;
	return d;
}

static void nothing_of_it_is_live(void **state) {
	(void)state;
	const struct digest d = evil_night();
	for (int lang = 0; lang < PAGE_LANGS; lang++) {
		const char *html = made(digest_html, &d, (enum page_lang)lang), *text = made(digest_text, &d, (enum page_lang)lang);
		assert_mail_html(html);
		assert_has(html, "&lt;script&gt;");
		assert_laid_out(text);
		assert_lacks(text, "\xe2\x80\xae");
		assert_lacks(text, "\nBcc");
		assert_null(strpbrk(made(digest_subject, &d, (enum page_lang)lang), "\r\n"));
	}
	assert_lacks(made(json, &d, PAGE_ZH), "\r\n");
}

/* ---- Agreement ---- */

static void all_pages_say_the_same(void **state) {
	(void)state;
	const struct digest d = night(&arena);
	const char *text = made(digest_text, &d, PAGE_ZH), *html = without_tags(made(digest_html, &d, PAGE_ZH));
	const char *program = made(json, &d, PAGE_ZH);
	static const char *const figures[][2] = {{"3 件", "\"overdue\":3,"},  {"2 件", "\"fresh\":2,"},
	                                         {"4 件", "\"due_soon\":4,"}, {"1 条", "\"undelivered\":1,"},
	                                         {"1 份", "\"orders\":1,"},   {"5 件", "\"suspended\":5,"}};
	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
		assert_has(text, figures[i][0]);
		assert_has(html, figures[i][0]);
		assert_has(program, figures[i][1]);
	}
	static const char *const words[] = {"永和物业",      "20261118-0000007",
	                                    "供水管道破损",  "永和二村 310106101-07",
	                                    "17 小时 30 分", "2 天 4 小时",
	                                    "93.5%",         "退单 1 次",
	                                    "催督 2 级",     "紧急",
	                                    "较昨日 +2",     "20261120-0000011",
	                                    "类别未定",      "地点不详",
	                                    "尚无人操作"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		assert_has(text, words[i]);
		assert_has(html, words[i]);
	}
	assert_has(program, "\"case\":\"20261118-0000007\"");
	assert_has(program, "\"unit\":\"property\",\"unit_name\":\"永和物业\",\"unit_name_en\":\"Yonghe property\"");
	assert_has(program, "\"overdue_seconds\":187200,\"overdue_clock_seconds\":63000");
	assert_has(program, "\"due_at\":\"2026-11-21T18:00:00+08:00\"");
}

static void what_is_not_known_is_not_zero(void **state) {
	(void)state;
	struct digest d = night(&arena);
	d.undelivered = d.overdue_before = -1;
	assert_has(made(digest_text, &d, PAGE_ZH), "| 未送达通知      | -   ");
	assert_null(strstr(made(json, &d, PAGE_ZH), "\"undelivered\""));
	assert_null(strstr(made(json, &d, PAGE_ZH), "\"overdue_before\""));
}

/* What report.overdue answers of a night, so many cases of it, is in what a webhook gets, as it stands. */
static void programs_are_told_what_the_methods_answer(void **state) {
	(void)state;
	const struct digest nights[] = {night(&arena), empty_night(), wide_night()};
	for (size_t i = 0; i < sizeof nights / sizeof nights[0]; i++) {
		struct strbuf answer;
		struct json_out j;
		strbuf_init(&answer);
		jout_init(&j, &answer);
		digest_figures_write(&nights[i], &j);
		digest_units_write(&nights[i], &j);
		digest_cases_write(&nights[i], DIGEST_LISTED, &j);
		assert_true(answer.len > 100);
		assert_has(made(json, &nights[i], PAGE_ZH), answer.data);
		strbuf_fini(&answer);
	}
	assert_has(made(json, &nights[0], PAGE_ZH), "\"report\":\"nightly\",\"format\":1,\"pages\":1,"
	                                            "\"town_name\":\"彭浦镇\",\"town_name_en\":\"Pengpu Town\",");
}

/* ---- Bytes ---- */

static struct strbuf workbook_of(const struct digest *d, enum page_lang lang) {
	struct strbuf out;
	struct err e = {0};
	strbuf_init(&out);
	if (!digest_workbook(d, lang, &out, &e))
		fail_msg("%s", e.text);
	return out;
}

static void the_same_night_gives_the_same_bytes(void **state) {
	(void)state;
	const struct digest nights[] = {night(&arena), empty_night(), wide_night(), evil_night()};
	for (size_t i = 0; i < sizeof nights / sizeof nights[0]; i++) {
		struct strbuf one = workbook_of(&nights[i], PAGE_ZH), other = workbook_of(&nights[i], PAGE_ZH);
		assert_true(one.len > 1000);
		assert_memory_equal(one.data, "PK\3\4", 4);
		assert_int_equal(one.len, other.len);
		assert_memory_equal(one.data, other.data, one.len);
		strbuf_fini(&one);
		strbuf_fini(&other);
		assert_string_equal(made(digest_html, &nights[i], PAGE_ZH), made(digest_html, &nights[i], PAGE_ZH));
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_text_of_a_small_night),
	    cmocka_unit_test(the_text_of_an_empty_night),
	    cmocka_unit_test(lines_fit),
	    cmocka_unit_test(the_list_is_cut_at_fifty),
	    cmocka_unit_test(subjects_say_count_and_change),
	    cmocka_unit_test(file_names_are_ascii),
	    cmocka_unit_test(lengths_of_time),
	    cmocka_unit_test(html_is_fit_for_mail),
	    cmocka_unit_test(nothing_of_it_is_live),
	    cmocka_unit_test(all_pages_say_the_same),
	    cmocka_unit_test(what_is_not_known_is_not_zero),
	    cmocka_unit_test(programs_are_told_what_the_methods_answer),
	    cmocka_unit_test(the_same_night_gives_the_same_bytes),
	};
	return cmocka_run_group_tests(tests, arena_up, arena_down);
}
