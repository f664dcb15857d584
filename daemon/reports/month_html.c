/* month_html: the month as one page that needs nothing else and prints on A4, upright or across. */
#include "daemon/reports/chars.h"
#include "daemon/reports/monthly.h"
#include "daemon/reports/pages.h"
#include "daemon/reports/trend.h"

/* Heads of tables are repeated on each sheet of paper, rows and charts aren't torn apart. Shades print only where the
 * reader's browser prints them: nothing depends on it. */
static const char style[] =
    "@page{size:A4;margin:12mm}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:16px;max-width:1000px;color:#1c2733;background:#fff;"
    "font:13px/1.5 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',Arial,sans-serif}\n"
    "header{border-top:4px solid #1f3a5f;padding-top:10px}\n"
    "h1{font-size:21px;line-height:1.3;margin:0 0 2px}\n"
    "h2{font-size:16px;margin:22px 0 4px;break-after:avoid}\n"
    "h3{font-size:13px;margin:12px 0 2px;break-after:avoid}\n"
    "p{margin:0 0 4px;color:#5b6673;break-inside:avoid;break-after:avoid}\n"
    "p.note{color:#1c2733;border:1px solid #8a94a0;padding:4px 8px}\n"
    "table{width:100%;border-collapse:collapse;table-layout:fixed;margin:4px 0 12px;overflow-wrap:anywhere}\n"
    "thead{display:table-header-group}\n"
    "tr{break-inside:avoid}\n"
    "th,td{padding:4px 5px;border-bottom:1px solid #ccd3db;vertical-align:top;text-align:left;font-size:12px}\n"
    "th{border-top:1px solid #8a94a0;border-bottom:2px solid "
    "#5b6673;background:#eef1f5;vertical-align:bottom;line-height:1.35}\n"
    "th.n,td.n{text-align:right}\n"
    "td.n{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    "td small{display:block;color:#5b6673;font-size:10.5px;line-height:1.35}\n"
    "tr.town td{border-bottom:2px solid #5b6673;font-weight:bold}\n"
    "tr.town td small{font-weight:normal}\n"
    "table.key td{border:1px solid #ccd3db;padding:6px 8px}\n"
    "table.key b{display:block;font-size:20px;line-height:1.3}\n"
    "figure{margin:6px 0 12px;break-inside:avoid}\n"
    "figcaption{font-weight:bold;font-size:12px}\n"
    "svg{display:block;width:100%;height:auto}\n"
    "@media print{body{padding:0 1px;max-width:none;font-size:12px}}\n";

static void between(struct strbuf *out, const char *open, const char *clean, const char *close) {
	strbuf_adds(out, open);
	chars_html(out, clean);
	strbuf_adds(out, close);
}

static void columns_open(struct strbuf *out, const int *percents, size_t n) {
	strbuf_adds(out, "<table>\n<colgroup>");
	for (size_t i = 0; i < n; i++)
		strbuf_printf(out, "<col style=\"width:%d%%\">", percents[i]);
	strbuf_adds(out, "</colgroup>\n");
}

/* Columns from `numbers` on stand to the right. */
static void heads_row(const struct monthly *m, const enum word *heads, size_t n, size_t numbers, struct strbuf *out) {
	strbuf_adds(out, "<thead><tr>");
	for (size_t i = 0; i < n; i++)
		between(out, i >= numbers ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">", page_word(&m->page, heads[i]),
		        "</th>");
	strbuf_adds(out, "</tr></thead>\n<tbody>\n");
}

/* ---- Head ---- */

static void add_head(const struct monthly *m, struct strbuf *out) {
	const char *notes[MONTHLY_NOTES];
	struct strbuf subject;
	strbuf_init(&subject);
	kpi_subject(m->k, m->page.lang, &subject);
	strbuf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
	              page_word(&m->page, W_HTML_LANG));
	between(out, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>", subject.data, "</title>\n<style>\n");
	strbuf_fini(&subject);
	strbuf_adds(out, style);
	between(out, "</style>\n</head>\n<body>\n<header>\n<h1>", page_word(&m->page, W_MONTH_TITLE), " ");
	between(out, "", monthly_town(m), " ");
	between(out, "", monthly_period(m), "</h1>\n");
	between(out, "<p>", monthly_as_of(m), "</p>\n");
	monthly_notes(m, notes);
	for (size_t i = 0; i < MONTHLY_NOTES && notes[i]; i++)
		between(out, "<p class=\"note\">", notes[i], "</p>\n");
	between(out, "<p>", page_word(&m->page, W_FEW_NOTE_HTML), "</p>\n</header>\n");
}

/* ---- Figures ---- */

static void add_figure(const struct monthly *m, enum indicator i, const struct kpi_cell *c, struct strbuf *out) {
	const struct figure f = monthly_figure(m, i, c);
	between(out, "<td class=\"n\">", f.said, "");
	if (*f.parts)
		between(out, "<small>", f.parts, "</small>");
	if (f.few)
		between(out, "<small>", page_word(&m->page, W_FEW), "</small>");
	strbuf_adds(out, "</td>");
}

static void add_row(const struct monthly *m, const struct kpi_row *row, const indicator_list *of, struct strbuf *out) {
	strbuf_adds(out, row->key ? "<tr>" : "<tr class=\"town\">");
	between(out, "<td>", monthly_key(m, row->key), "</td>");
	for (size_t c = 0; c < of->n; c++)
		add_figure(m, of->v[c], &row->cells[of->v[c]], out);
	strbuf_adds(out, "</tr>\n");
}

static void add_piece(const struct monthly *m, const indicator_list *of, struct strbuf *out) {
	enum { KEY_PERCENT = 22 };
	int percents[16] = {KEY_PERCENT};
	for (size_t c = 1; c <= of->n; c++)
		percents[c] = (100 - KEY_PERCENT) / (int)of->n;
	columns_open(out, percents, of->n + 1);
	between(out, "<thead><tr><th scope=\"col\">", monthly_by(m), "</th>");
	for (size_t c = 0; c < of->n; c++)
		between(out, "<th scope=\"col\" class=\"n\">", indicator_name(of->v[c], m->page.lang), "</th>");
	strbuf_adds(out, "</tr></thead>\n<tbody>\n");
	if (!m->k->narrowed)
		add_row(m, &m->k->total, of, out);
	for (size_t i = 0; i < m->k->rows.n; i++)
		if (!monthly_blank(&m->k->rows.v[i], of))
			add_row(m, &m->k->rows.v[i], of, out);
	strbuf_adds(out, "</tbody></table>\n");
}

static void add_group(const struct monthly *m, enum indicator_group g, struct strbuf *out) {
	enum { FIT = 6 };
	indicator_list group = {0}, piece;
	monthly_group(m, g, &group);
	between(out, "<section>\n<h2>", page_say(&m->page, W_GROUP_BY, indicator_group_name(g, m->page.lang), monthly_by(m)),
	        "</h2>\n");
	if (g == GROUP_GAMED)
		between(out, "<p class=\"note\">", page_word(&m->page, W_GAMED_NOTE), "</p>\n");
	if (g == GROUP_CASES || g == GROUP_STAYS) {
		between(out, "<p>", page_word(&m->page, W_R_STAYS_MEANS), "");
		between(out, m->page.lang == PAGE_EN ? " " : "", page_word(&m->page, W_ROWS_LEFT_OUT), "</p>\n");
	}
	for (size_t n = 0; monthly_piece(&group, FIT, n, &piece); n++)
		add_piece(m, &piece, out);
	strbuf_adds(out, "</section>\n");
}

/* What a leader asks for first. */
static void add_key_figures(const struct monthly *m, struct strbuf *out) {
	static const enum indicator keys[] = {IND_REPORTED,        IND_CLOSED,   IND_CLOSED_OF_DUE,
	                                      IND_HANDLED_ON_TIME, IND_BREACHES, IND_SATISFACTION};
	if (m->k->narrowed)
		return;
	between(out, "<section>\n<h2>", page_word(&m->page, W_KEY_POINTS), "</h2>\n<table class=\"key\"><tbody><tr>\n");
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const struct figure f = monthly_figure(m, keys[i], &m->k->total.cells[keys[i]]);
		between(out, "<td>", indicator_name(keys[i], m->page.lang), "");
		between(out, "<b>", f.said, "</b>");
		between(out, "<small>", f.parts, f.few ? " " : "");
		between(out, "", f.few ? page_word(&m->page, W_FEW) : "", "</small></td>\n");
	}
	strbuf_adds(out, "</tr></tbody></table>\n</section>\n");
}

/* ---- Trends ---- */

static void add_trends(const struct monthly *m, struct strbuf *out) {
	if (m->k->days.n == 0)
		return;
	between(out, "<section>\n<h2>", page_word(&m->page, W_TREND), "</h2>\n");
	between(out, "<figure>\n<figcaption>", page_word(&m->page, W_TREND_CASES), "</figcaption>\n");
	trend_write(m, (const enum trend_line[]){TREND_RECEIVED, TREND_CLOSED, TREND_BREACHED}, 3, out);
	between(out, "</figure>\n<figure>\n<figcaption>", page_word(&m->page, W_TREND_OPEN), "</figcaption>\n");
	trend_write(m, (const enum trend_line[]){TREND_STILL_OPEN}, 1, out);
	strbuf_adds(out, "</figure>\n</section>\n");
}

/* ---- Corrections ---- */

static void add_corrected(const struct figure *f, struct strbuf *out) {
	between(out, "<td class=\"n\">", f->said, "");
	if (*f->parts)
		between(out, "<small>", f->parts, "</small>");
	strbuf_adds(out, "</td>");
}

static void add_corrections(const struct monthly *m, struct strbuf *out) {
	static const enum word heads[] = {W_M_NAME, W_M_INDICATOR, W_M_BEFORE, W_M_AFTER};
	static const int percents[] = {32, 32, 18, 18};
	if (m->k->sent_at_us == NO_TIME)
		return;
	between(out, "<section>\n<h2>", page_word(&m->page, W_CORRECTIONS), "</h2>\n");
	if (m->k->corrections.n == 0) {
		between(out, "<p>", page_word(&m->page, W_CORRECTIONS_NONE), "</p>\n</section>\n");
		return;
	}
	columns_open(out, percents, sizeof percents / sizeof percents[0]);
	heads_row(m, heads, sizeof heads / sizeof heads[0], 2, out);
	for (size_t i = 0; i < m->k->corrections.n; i++) {
		struct correction c;
		if (!monthly_correction(m, &m->k->corrections.v[i], &c))
			continue;
		between(out, "<tr><td>", c.name, "</td>");
		between(out, "<td>", indicator_name(c.indicator, m->page.lang), "</td>");
		add_corrected(&c.before, out);
		add_corrected(&c.after, out);
		strbuf_adds(out, "</tr>\n");
	}
	strbuf_adds(out, "</tbody></table>\n</section>\n");
}

/* ---- End ---- */

static void add_indicators(const struct monthly *m, struct strbuf *out) {
	static const enum word heads[] = {W_M_INDICATOR, W_M_NUMERATOR, W_M_DENOMINATOR, W_M_SOURCE};
	static const int percents[] = {22, 37, 33, 8};
	columns_open(out, percents, sizeof percents / sizeof percents[0]);
	heads_row(m, heads, sizeof heads / sizeof heads[0], SIZE_MAX, out);
	for (int i = 0; i < INDICATORS; i++) {
		const struct indicator_def *d = &indicators[i];
		const bool en = m->page.lang == PAGE_EN;
		const char *denominator = en ? d->denominator_en : d->denominator_zh;
		between(out, "<tr><td>", indicator_name((enum indicator)i, m->page.lang), "</td>");
		between(out, "<td>", en ? d->numerator_en : d->numerator_zh, "</td>");
		between(out, "<td>", denominator ? denominator : page_word(&m->page, W_NOTHING), "</td>");
		between(out, "<td>", d->source, "</td></tr>\n");
	}
	strbuf_adds(out, "</tbody></table>\n");
}

static void add_notes(const struct monthly *m, struct strbuf *out) {
	static const int percents[] = {22, 78};
	note_list notes = {0};
	between(out, "<section>\n<h2>", page_word(&m->page, W_DEFINITIONS), "</h2>\n");
	add_indicators(m, out);
	monthly_rules(m, &notes);
	monthly_versions(m, &notes);
	columns_open(out, percents, sizeof percents / sizeof percents[0]);
	strbuf_adds(out, "<tbody>\n");
	for (size_t i = 0; i < notes.n; i++) {
		between(out, "<tr><td>", notes.v[i].name, "</td>");
		between(out, "<td>", notes.v[i].text, "</td></tr>\n");
	}
	strbuf_adds(out, "</tbody></table>\n</section>\n</body>\n</html>\n");
}

void kpi_html(const struct kpi *k, enum page_lang lang, struct strbuf *out) {
	struct arena arena;
	arena_init(&arena);
	const struct monthly m = {k, {lang, k->offset_s, &arena}};
	add_head(&m, out);
	add_key_figures(&m, out);
	add_trends(&m, out);
	for (int g = 0; g < INDICATOR_GROUPS; g++)
		add_group(&m, (enum indicator_group)g, out);
	add_corrections(&m, out);
	add_notes(&m, out);
	arena_fini(&arena);
}
