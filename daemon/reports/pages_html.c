/* pages_html: the night as HTML for mail.
 *
 * Made for what opens it at an office: Outlook lays out by Word's rules, webmail takes <style>, classes and everything
 * active out. So: tables, widths as attributes, style in each cell, a bar is a cell with a border (it prints without
 * background colours), and whatever colour says is said in words beside it. */
#include "daemon/reports/chars.h"
#include "daemon/reports/night.h"
#include "daemon/reports/pages.h"

#include <string.h>

#define INK   "#1c2733"
#define PALE  "#5b6673"
#define LINE  "#ccd3db"
#define SHADE "#eef1f5"
#define ALARM "#b3261e"
#define CALM  "#1e6b34"
#define FONT  "'Microsoft YaHei',Arial,sans-serif"

#define LAYOUT_TABLE "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\""
#define DATA_TABLE                                                                                                          \
	"<table width=\"656\" cellpadding=\"5\" cellspacing=\"0\" border=\"0\" style=\"width:100%;table-layout:fixed;"          \
	"border-collapse:collapse;word-wrap:break-word;color:" INK ";\">\n"
#define DATA_HEAD  "<thead style=\"display:table-header-group;\"><tr valign=\"bottom\" bgcolor=\"" SHADE "\">\n"
#define DATA_BODY  "</tr></thead>\n<tbody>\n"
#define DATA_END   "</tbody></table>\n"
#define ROW        "<tr valign=\"top\" style=\"page-break-inside:avoid;\">\n"
#define CELL_STYLE " style=\"border-bottom:1px solid " LINE ";font:12px/1.5 " FONT ";\">"
#define NOTE_STYLE " style=\"border-bottom:1px solid " LINE ";font:11px/1.5 " FONT ";\">"
#define PARAGRAPH  "<p style=\"margin:0 0 6px;page-break-after:avoid;color:" PALE ";font:12px/1.5 " FONT ";\">"
#define SMALL      "<span style=\"color:" PALE ";font-size:11px;\">"

enum { BAR_PX = 96 };

/* ---- Pieces ---- */

/* Numbers of cases and dates stay in one piece: a browser would break them at their hyphens. */
static size_t unbroken(const char *text) {
	const size_t n = strspn(text, "0123456789-");
	return n >= sizeof "2026-11-23" - 1 && memchr(text, '-', n) ? n : 0;
}

static void put(struct strbuf *out, const char *clean) {
	static const char digits[] = "0123456789-";
	for (size_t n; *clean; clean += n) {
		n = unbroken(clean);
		if (n > 0) {
			strbuf_printf(out, "<span style=\"white-space:nowrap\">%.*s</span>", (int)n, clean);
			continue;
		}
		n = strspn(clean, digits);
		n = n ? n : strcspn(clean, digits);
		chars_htmln(out, clean, n);
	}
}

static void between(struct strbuf *out, const char *open, const char *clean, const char *close) {
	strbuf_adds(out, open);
	put(out, clean);
	strbuf_adds(out, close);
}

static void section(const struct night *n, struct strbuf *out, enum word title) {
	between(out,
	        "<tr><td style=\"padding:18px 12px 0;\">\n<h2 style=\"margin:0 0 6px;page-break-after:avoid;color:" INK
	        ";font:bold 15px/1.4 " FONT ";\">",
	        page_word(&n->page, title), "</h2>\n");
}

static void section_end(struct strbuf *out) { strbuf_adds(out, "</td></tr>\n"); }

/* width 0: what is left. */
static void heading(struct strbuf *out, const char *clean, int width, const char *align) {
	strbuf_printf(out, "<th scope=\"col\" align=\"%s\"", align);
	if (width)
		strbuf_printf(out, " width=\"%d\"", width);
	strbuf_printf(out,
	              " style=\"text-align:%s;border-top:1px solid " LINE ";border-bottom:2px solid " PALE
	              ";font:bold 12px/1.4 " FONT ";\">",
	              align);
	put(out, clean);
	strbuf_adds(out, "</th>\n");
}

static void cell(struct strbuf *out, const char *clean) { between(out, "<td" CELL_STYLE, clean, "</td>\n"); }
static void cell_right(struct strbuf *out, const char *clean) {
	between(out, "<td align=\"right\"" CELL_STYLE, clean, "</td>\n");
}

/* As wide as `part` is of `whole`; the figure stands above it in words. */
static void bar(struct strbuf *out, int64_t part, int64_t whole) {
	const double share = whole > 0 && part > 0 ? (double)part / (double)whole : 0;
	const int wanted = share > 1 ? BAR_PX : (int)(share * BAR_PX + 0.5), px = wanted < 2 ? 2 : wanted;
	if (part <= 0)
		return;
	strbuf_printf(out,
	              LAYOUT_TABLE "><tr><td width=\"%d\" height=\"6\" bgcolor=\"" ALARM "\" style=\"border:1px solid " ALARM
	                           ";font-size:1px;line-height:6px;\">&nbsp;</td></tr></table>",
	              px);
}

/* ---- Head ---- */

static void add_start(const struct night *n, struct strbuf *out) {
	struct strbuf subject;
	strbuf_init(&subject);
	digest_subject(n->d, n->page.lang, &subject);
	strbuf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
	              page_word(&n->page, W_HTML_LANG));
	strbuf_adds(out, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	chars_html(out, subject.data);
	strbuf_fini(&subject);
	strbuf_adds(out, "</title>\n</head>\n<body style=\"margin:0;padding:0;\">\n" LAYOUT_TABLE
	                 " width=\"100%\"><tr><td align=\"center\">\n" LAYOUT_TABLE
	                 " width=\"680\" style=\"width:680px;max-width:100%;text-align:left;\">\n");
}

static void add_head(const struct night *n, struct strbuf *out) {
	const char *note = night_mark_note(n);
	const struct cell day = cell_text(&n->page, n->d->day);
	strbuf_adds(out,
	            "<tr><td style=\"padding:14px 12px 0;border-top:4px solid #1f3a5f;\">\n<h1 style=\"margin:0 0 2px;color:" INK
	            ";font:bold 19px/1.4 " FONT ";\">");
	between(out, "", page_word(&n->page, W_NIGHT_TITLE), " ");
	between(out, "", night_town(n), " ");
	between(out, "", cell_said(&n->page, &day), "</h1>\n");
	between(out, PARAGRAPH, night_as_of(n), "</p>\n");
	if (note)
		between(out,
		        "<p style=\"margin:0 0 6px;padding:6px 8px;border:1px solid " ALARM ";color:" INK ";font:13px/1.5 " FONT
		        ";\">",
		        note, "</p>\n");
	section_end(out);
}

/* ---- Key points ---- */

static void add_tile(const struct night *n, enum night_point which, struct strbuf *out) {
	const struct point p = night_point(n, which);
	const char *colour = which != POINT_OVERDUE ? INK : n->d->overdue > 0 ? ALARM : CALM;
	strbuf_adds(out, "<td width=\"25%\" valign=\"top\" style=\"padding:8px 10px;border:1px solid " LINE ";\">");
	between(out, "<div style=\"color:" PALE ";font:12px/1.4 " FONT ";\">", p.label, "</div>");
	strbuf_printf(out, "<div style=\"color:%s;font:bold 24px/1.3 " FONT ";\">", colour);
	between(out, "", p.said, "</div>");
	if (*p.note)
		between(out, "<div style=\"color:" PALE ";font:11px/1.4 " FONT ";\">", p.note, "</div>");
	strbuf_adds(out, "</td>\n");
}

static void add_point(const struct night *n, enum night_point which, struct strbuf *out) {
	const struct point p = night_point(n, which);
	strbuf_adds(out, ROW);
	cell(out, p.label);
	between(out, "<td" CELL_STYLE "<b>", p.said, "</b></td>\n");
	cell(out, p.note);
	strbuf_adds(out, "</tr>\n");
}

static void add_points(const struct night *n, struct strbuf *out) {
	static const enum night_point tiles[] = {POINT_OVERDUE, POINT_FRESH, POINT_DUE_SOON, POINT_ORDERS};
	static const enum night_point lines[] = {POINT_LONGEST,  POINT_UNDELIVERED, POINT_SUSPENDED,   POINT_SUSPENDED_TODAY,
	                                         POINT_EXTENDED, POINT_WAIVED,      POINT_LATE_ENTRIES};
	_Static_assert(sizeof tiles / sizeof tiles[0] + sizeof lines / sizeof lines[0] == NIGHT_POINTS, "every point is shown");
	section(n, out, W_KEY_POINTS);
	if (n->d->overdue == 0)
		between(out, "<p style=\"margin:0 0 8px;color:" CALM ";font:bold 15px/1.5 " FONT ";\">",
		        page_word(&n->page, W_NIGHT_NONE), "</p>\n");
	strbuf_adds(out, LAYOUT_TABLE " width=\"100%\" style=\"border-collapse:collapse;\"><tr>\n");
	for (size_t i = 0; i < sizeof tiles / sizeof tiles[0]; i++)
		add_tile(n, tiles[i], out);
	strbuf_adds(out, "</tr></table>\n<div style=\"font-size:1px;line-height:8px;\">&nbsp;</div>\n" DATA_TABLE DATA_HEAD);
	heading(out, page_word(&n->page, W_FIGURE), 130, "left");
	heading(out, page_word(&n->page, W_VALUE), 120, "left");
	heading(out, page_word(&n->page, W_REMARK), 0, "left");
	strbuf_adds(out, DATA_BODY);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		add_point(n, lines[i], out);
	strbuf_adds(out, DATA_END);
	section_end(out);
}

/* ---- Units ---- */

static void add_unit(const struct night *n, const struct digest_unit *u, int64_t most, struct strbuf *out) {
	struct cell cells[UNIT_COLUMNS];
	night_unit(n, u, cells);
	strbuf_adds(out, ROW);
	cell(out, cell_said(&n->page, &cells[UNIT_NAME]));
	between(out, "<td" CELL_STYLE "<b>", cell_said(&n->page, &cells[UNIT_OVERDUE]), "</b>");
	bar(out, u->overdue, most);
	strbuf_adds(out, "</td>\n");
	for (int c = UNIT_FRESH; c < UNIT_COLUMNS; c++)
		cell_right(out, cell_said(&n->page, &cells[c]));
	strbuf_adds(out, "</tr>\n");
}

static void add_units(const struct night *n, struct strbuf *out) {
	static const int widths[UNIT_COLUMNS] = {0, BAR_PX + 14, 44, 100, 60, 48, 48};
	int64_t most = 0;
	section(n, out, W_BY_UNIT);
	if (n->d->units.n == 0) {
		between(out, PARAGRAPH, page_word(&n->page, W_NIGHT_NO_UNIT), "</p>\n");
		section_end(out);
		return;
	}
	strbuf_adds(out, DATA_TABLE DATA_HEAD);
	for (int c = 0; c < UNIT_COLUMNS; c++)
		heading(out, page_word(&n->page, unit_columns[c].heading), widths[c], c <= UNIT_OVERDUE ? "left" : "right");
	strbuf_adds(out, DATA_BODY);
	for (size_t i = 0; i < n->d->units.n; i++)
		most = n->d->units.v[i].overdue > most ? n->d->units.v[i].overdue : most;
	for (size_t i = 0; i < n->d->units.n; i++)
		add_unit(n, &n->d->units.v[i], most, out);
	strbuf_adds(out, DATA_END);
	section_end(out);
}

/* ---- Cases ---- */

/* How a piece stands in its cell. */
struct piece {
	enum row_piece which;
	bool follows; /* on the line of the piece before */
	const char *open, *close;
};

static void add_pieces(const struct night *n, const struct cell *row, const struct piece *pieces, struct strbuf *out) {
	bool any = false;
	strbuf_adds(out, "<td" CELL_STYLE);
	for (const struct piece *p = pieces; p->which != ROW_PIECES; p++) {
		const char *said = night_piece(n, row, p->which);
		if (!said)
			continue;
		strbuf_adds(out, !any ? "" : p->follows ? " &nbsp;" : "<br>");
		between(out, p->open, said, p->close);
		any = true;
	}
}

static void add_case(const struct night *n, size_t rank, struct strbuf *out) {
	static const struct piece place[] = {{PIECE_NUMBER, false, "<b>", "</b>"},
	                                     {PIECE_MARKS, false, "<b style=\"color:" ALARM ";\">", "</b>"},
	                                     {PIECE_CLASS, false, "", ""},
	                                     {PIECE_PLACE, false, SMALL, "</span>"},
	                                     {ROW_PIECES, false, "", ""}};
	static const struct piece unit[] = {{PIECE_UNIT, false, "<b>", "</b>"},
	                                    {PIECE_CLOCK, false, SMALL, "</span>"},
	                                    {PIECE_DUE, false, SMALL, "</span>"},
	                                    {ROW_PIECES, false, "", ""}};
	static const struct piece overdue[] = {
	    {PIECE_HOW_LATE, false, "<b>", "</b>"}, {PIECE_NATURAL, false, SMALL, "</span>"}, {ROW_PIECES, false, "", ""}};
	static const struct piece course[] = {{PIECE_RETURNS, false, "", ""},
	                                      {PIECE_LEVEL, true, "", ""},
	                                      {PIECE_LONGEST, false, SMALL, "</span>"},
	                                      {PIECE_LAST_ACT, false, SMALL, "</span>"},
	                                      {ROW_PIECES, false, "", ""}};
	struct cell row[ROW_COLUMNS];
	night_row(n, rank, row);
	strbuf_adds(out, ROW);
	cell_right(out, cell_said(&n->page, &row[ROW_RANK]));
	add_pieces(n, row, place, out);
	strbuf_adds(out, "</td>\n");
	add_pieces(n, row, unit, out);
	strbuf_adds(out, "</td>\n");
	add_pieces(n, row, overdue, out);
	bar(out, n->d->rows.v[rank - 1].worked_us, n->d->rows.v[0].worked_us);
	strbuf_adds(out, "</td>\n");
	add_pieces(n, row, course, out);
	strbuf_adds(out, "</td>\n</tr>\n");
}

static void add_list(const struct night *n, struct strbuf *out) {
	static const struct {
		enum word heading;
		int width;
	} columns[] = {{W_CASE_CASE, 160}, {W_CASE_UNIT, 138}, {W_CASE_OVERDUE, BAR_PX + 10}, {W_CASE_COURSE, 0}};
	const size_t listed = night_listed(n);
	if (listed == 0)
		return;
	section(n, out, W_LIST);
	between(out, PARAGRAPH, page_word(&n->page, W_LIST_ORDER), "</p>\n");
	strbuf_adds(out, DATA_TABLE DATA_HEAD);
	heading(out, "", 20, "right");
	for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
		heading(out, page_word(&n->page, columns[c].heading), columns[c].width, "left");
	strbuf_adds(out, DATA_BODY);
	for (size_t rank = 1; rank <= listed; rank++)
		add_case(n, rank, out);
	strbuf_adds(out, DATA_END);
	if (n->d->rows.n > listed)
		between(out, "<p style=\"margin:8px 0 0;color:" INK ";font:bold 13px/1.5 " FONT ";\">", night_more(n), "</p>\n");
	section_end(out);
}

/* ---- End ---- */

static void add_notes(const struct night *n, struct strbuf *out) {
	note_list notes = {0};
	night_definitions(n, &notes);
	night_versions(n, &notes);
	section(n, out, W_DEFINITIONS);
	strbuf_adds(out, DATA_TABLE "<tbody>\n");
	for (size_t i = 0; i < notes.n; i++) {
		between(out, ROW "<td width=\"130\"" NOTE_STYLE, notes.v[i].name, "</td>\n");
		between(out, "<td" NOTE_STYLE, notes.v[i].text, "</td>\n</tr>\n");
	}
	strbuf_adds(out, DATA_END);
	section_end(out);
	strbuf_adds(out, "<tr><td style=\"font-size:1px;line-height:16px;\">&nbsp;</td></tr>\n</table>\n</td></tr></table>\n"
	                 "</body>\n</html>\n");
}

void digest_html(const struct digest *d, enum page_lang lang, struct strbuf *out) {
	struct arena arena;
	arena_init(&arena);
	const struct night n = {d, {lang, d->offset_s, &arena}};
	add_start(&n, out);
	add_head(&n, out);
	add_points(&n, out);
	add_units(&n, out);
	add_list(&n, out);
	add_notes(&n, out);
	arena_fini(&arena);
}
