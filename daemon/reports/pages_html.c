/* pages_html: the night as HTML for mail.
 *
 * Made for what opens it at an office: Outlook lays out by Word's rules, webmail takes <style>, classes and everything active out.
 * So: tables, widths as attributes, style in each cell, a bar is a cell with a border (it prints without background colours), and
 * whatever colour says is said in words beside it. */
#include "daemon/reports/chars.h"
#include "daemon/reports/night.h"
#include "daemon/reports/pages.h"

#include <inttypes.h>

#define INK "#1c2733"
#define PALE "#5b6673"
#define LINE "#ccd3db"
#define SHADE "#eef1f5"
#define ALARM "#b3261e"
#define CALM "#1e6b34"
#define FONT "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',Arial,sans-serif"

#define TABLE "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\""
#define DATA_TABLE                                                                                                          \
	"<table width=\"656\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"width:100%;table-layout:fixed;"           \
	"border-collapse:collapse;word-wrap:break-word;word-break:break-word;\">\n"
#define CELL_STYLE "padding:5px 6px;border-bottom:1px solid " LINE ";color:" INK ";font:12px/1.5 " FONT ";"
#define HEAD_STYLE                                                                                                          \
	"padding:5px 6px;border-top:1px solid " LINE ";border-bottom:2px solid " PALE ";color:" INK ";font:bold 12px/1.4 " FONT ";"
#define SMALL(text_open) "<span style=\"color:" PALE ";font-size:11px;\">" text_open

enum { BAR_PX = 96 };

/* ---- Pieces ---- */

static void between(struct strbuf *out, const char *open, const char *clean, const char *close) {
	strbuf_adds(out, open);
	chars_html(out, clean);
	strbuf_adds(out, close);
}

static void section(const struct night *n, struct strbuf *out, enum word title) {
	between(out,
	        "<tr><td style=\"padding:22px 12px 6px;color:" INK ";font:bold 15px/1.4 " FONT ";\">", page_word(&n->page, title),
	        "</td></tr>\n<tr><td style=\"padding:0 12px;\">\n");
}

static void section_end(struct strbuf *out) { strbuf_adds(out, "</td></tr>\n"); }

static void paragraph(struct strbuf *out, const char *clean) {
	between(out, "<p style=\"margin:0 0 6px;color:" PALE ";font:12px/1.5 " FONT ";\">", clean, "</p>\n");
}

/* width 0: what is left. */
static void heading(struct strbuf *out, const char *clean, int width, const char *align) {
	strbuf_printf(out, "<th scope=\"col\" align=\"%s\" valign=\"bottom\" bgcolor=\"" SHADE "\"", align);
	if (width)
		strbuf_printf(out, " width=\"%d\"", width);
	strbuf_adds(out, " style=\"text-align:");
	strbuf_adds(out, align);
	if (width)
		strbuf_printf(out, ";width:%dpx", width);
	between(out, ";" HEAD_STYLE "\">", clean, "</th>\n");
}

static void cell_open(struct strbuf *out, const char *align) {
	strbuf_printf(out, "<td valign=\"top\" align=\"%s\" style=\"text-align:%s;" CELL_STYLE "\">", align, align);
}

static void cell(struct strbuf *out, const char *clean, const char *align) {
	cell_open(out, align);
	chars_html(out, clean);
	strbuf_adds(out, "</td>\n");
}

/* As wide as `part` is of `whole`; the figure stands above it in words. */
static void bar(struct strbuf *out, int64_t part, int64_t whole) {
	const double share = whole > 0 && part > 0 ? (double)part / (double)whole : 0;
	const int px = share > 1 ? BAR_PX : (int)(share * BAR_PX + 0.5);
	if (part <= 0)
		return;
	strbuf_printf(out,
	              "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td width=\"%d\" height=\"6\" "
	              "bgcolor=\"" ALARM "\" style=\"width:%dpx;height:6px;border:1px solid " ALARM
	              ";font-size:1px;line-height:6px;\">&nbsp;</td></tr></table>",
	              px < 2 ? 2 : px, px < 2 ? 2 : px);
}

/* ---- Head ---- */

static void add_start(const struct night *n, struct strbuf *out) {
	struct strbuf subject;
	strbuf_init(&subject);
	digest_subject(n->d, n->page.lang, &subject);
	strbuf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", page_word(&n->page, W_HTML_LANG));
	between(out, "<meta name=\"viewport\" content=\"width=device-width\">\n<title>", subject.data, "</title>\n</head>\n");
	strbuf_fini(&subject);
	strbuf_adds(out, "<body style=\"margin:0;padding:0;\">\n" TABLE "><tr><td align=\"center\">\n"
	                 "<table role=\"presentation\" width=\"680\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
	                 "style=\"width:680px;max-width:100%;text-align:left;\">\n");
}

static void add_head(const struct night *n, struct strbuf *out) {
	const char *note = night_mark_note(n);
	const struct cell day = cell_text(&n->page, n->d->day);
	strbuf_adds(out, "<tr><td style=\"padding:14px 12px 2px;border-top:4px solid #1f3a5f;color:" INK ";font:bold 19px/1.4 " FONT
	                 ";\">");
	between(out, "", page_word(&n->page, W_NIGHT_TITLE), " ");
	between(out, "", night_town(n), " ");
	between(out, "", cell_said(&n->page, &day), "</td></tr>\n<tr><td style=\"padding:0 12px 8px;\">\n");
	paragraph(out, night_as_of(n));
	if (note)
		between(out, "<p style=\"margin:0 0 6px;padding:6px 8px;border:1px solid " ALARM ";color:" INK ";font:13px/1.5 " FONT ";\">",
		        note, "</p>\n");
	section_end(out);
}

/* ---- Key points ---- */

static void add_tile(const struct night *n, enum night_point which, struct strbuf *out) {
	const struct point p = night_point(n, which);
	strbuf_adds(out, "<td width=\"25%\" valign=\"top\" style=\"padding:8px 10px;border:1px solid " LINE ";\">");
	between(out, "<div style=\"color:" PALE ";font:12px/1.4 " FONT ";\">", p.label, "</div>");
	strbuf_printf(out, "<div style=\"color:%s;font:bold 24px/1.3 " FONT ";\">", p.value.n > 0 ? ALARM : CALM);
	between(out, "", p.said, "</div>");
	between(out, "<div style=\"color:" PALE ";font:11px/1.4 " FONT ";\">", *p.note ? p.note : " ", "</div></td>\n");
}

static void add_points(const struct night *n, struct strbuf *out) {
	static const enum night_point tiles[] = {POINT_OVERDUE, POINT_FRESH, POINT_DUE_SOON, POINT_ORDERS};
	static const enum night_point lines[] = {POINT_LONGEST, POINT_UNDELIVERED, POINT_SUSPENDED, POINT_SUSPENDED_TODAY,
	                                         POINT_EXTENDED, POINT_WAIVED, POINT_LATE_ENTRIES};
	_Static_assert(sizeof tiles / sizeof tiles[0] + sizeof lines / sizeof lines[0] == NIGHT_POINTS, "every point is shown");
	section(n, out, W_KEY_POINTS);
	if (n->d->overdue == 0)
		between(out, "<p style=\"margin:0 0 8px;color:" CALM ";font:bold 15px/1.5 " FONT ";\">",
		        page_word(&n->page, W_NIGHT_NONE), "</p>\n");
	strbuf_adds(out, TABLE " style=\"border-collapse:collapse;\"><tr>\n");
	for (size_t i = 0; i < sizeof tiles / sizeof tiles[0]; i++)
		add_tile(n, tiles[i], out);
	strbuf_adds(out, "</tr></table>\n<div style=\"font-size:1px;line-height:8px;\">&nbsp;</div>\n" DATA_TABLE "<thead "
	                 "style=\"display:table-header-group;\"><tr>\n");
	heading(out, page_word(&n->page, W_FIGURE), 150, "left");
	heading(out, page_word(&n->page, W_VALUE), 130, "left");
	heading(out, page_word(&n->page, W_REMARK), 0, "left");
	strbuf_adds(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		const struct point p = night_point(n, lines[i]);
		strbuf_adds(out, "<tr>\n");
		cell(out, p.label, "left");
		cell_open(out, "left");
		between(out, "<b>", p.said, "</b></td>\n");
		cell(out, p.note, "left");
		strbuf_adds(out, "</tr>\n");
	}
	strbuf_adds(out, "</tbody></table>\n");
	section_end(out);
}

/* ---- Units ---- */

static void add_unit(const struct night *n, const struct digest_unit *u, int64_t most, struct strbuf *out) {
	struct cell cells[UNIT_COLUMNS];
	night_unit(n, u, cells);
	strbuf_adds(out, "<tr style=\"page-break-inside:avoid;\">\n");
	cell(out, cell_said(&n->page, &cells[UNIT_NAME]), "left");
	cell_open(out, "left");
	between(out, "<b>", cell_said(&n->page, &cells[UNIT_OVERDUE]), "</b>");
	bar(out, u->overdue, most);
	strbuf_adds(out, "</td>\n");
	for (int c = UNIT_FRESH; c < UNIT_COLUMNS; c++)
		cell(out, cell_said(&n->page, &cells[c]), "right");
	strbuf_adds(out, "</tr>\n");
}

static void add_units(const struct night *n, struct strbuf *out) {
	static const int widths[UNIT_COLUMNS] = {0, BAR_PX + 14, 48, 104, 60, 48, 52};
	int64_t most = 0;
	section(n, out, W_BY_UNIT);
	if (n->d->units.n == 0) {
		paragraph(out, page_word(&n->page, W_NIGHT_NO_UNIT));
		section_end(out);
		return;
	}
	strbuf_adds(out, DATA_TABLE "<thead style=\"display:table-header-group;\"><tr>\n");
	for (int c = 0; c < UNIT_COLUMNS; c++)
		heading(out, page_word(&n->page, unit_columns[c].heading), widths[c], c <= UNIT_OVERDUE ? "left" : "right");
	strbuf_adds(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < n->d->units.n; i++)
		most = n->d->units.v[i].overdue > most ? n->d->units.v[i].overdue : most;
	for (size_t i = 0; i < n->d->units.n; i++)
		add_unit(n, &n->d->units.v[i], most, out);
	strbuf_adds(out, "</tbody></table>\n");
	section_end(out);
}

/* ---- Cases ---- */

/* Pieces one below the other in one cell; the first is the one that counts. */
static void add_pieces(const struct night *n, const struct cell *row, const enum row_piece *pieces, struct strbuf *out) {
	for (size_t i = 0; pieces[i] != ROW_PIECES; i++) {
		const char *said = night_piece(n, row, pieces[i]);
		if (!said)
			continue;
		if (i)
			strbuf_adds(out, "<br>");
		between(out, i ? SMALL("") : "<b>", said, i ? "</span>" : "</b>");
	}
}

static void add_case(const struct night *n, size_t rank, struct strbuf *out) {
	static const enum row_piece unit[] = {PIECE_UNIT, PIECE_CLOCK, PIECE_DUE, ROW_PIECES};
	static const enum row_piece overdue[] = {PIECE_WORKED, PIECE_NATURAL, ROW_PIECES};
	static const enum row_piece course[] = {PIECE_LONGEST, PIECE_RETURNS, PIECE_LEVEL, PIECE_LAST_ACT};
	struct cell row[ROW_COLUMNS];
	night_row(n, rank, row);
	strbuf_adds(out, "<tr style=\"page-break-inside:avoid;\">\n");
	cell(out, cell_said(&n->page, &row[ROW_RANK]), "right");
	cell_open(out, "left");
	between(out, "<b>", cell_said(&n->page, &row[ROW_NUMBER]), "</b>");
	if (!cell_empty(&row[ROW_MARKS]))
		between(out, " <span style=\"color:" ALARM ";font-weight:bold;\">[", cell_said(&n->page, &row[ROW_MARKS]), "]</span>");
	between(out, "<br>", night_piece(n, row, PIECE_CLASS), "<br>");
	between(out, SMALL(""), night_piece(n, row, PIECE_PLACE), "</span></td>\n");
	cell_open(out, "left");
	add_pieces(n, row, unit, out);
	strbuf_adds(out, "</td>\n");
	cell_open(out, "left");
	add_pieces(n, row, overdue, out);
	bar(out, n->d->rows.v[rank - 1].worked_us, n->d->rows.v[0].worked_us);
	strbuf_adds(out, "</td>\n");
	cell_open(out, "left");
	for (size_t i = 0; i < sizeof course / sizeof course[0]; i++) {
		const char *said = night_piece(n, row, course[i]);
		if (said)
			between(out, i ? "<br>" : "", said, "");
	}
	strbuf_adds(out, "</td>\n</tr>\n");
}

static void add_list(const struct night *n, struct strbuf *out) {
	static const struct {
		enum word heading;
		int width;
	} columns[] = {{W_CASE_CASE, 196}, {W_CASE_UNIT, 150}, {W_CASE_OVERDUE, BAR_PX + 14}, {W_CASE_COURSE, 0}};
	const size_t listed = night_listed(n);
	if (listed == 0)
		return;
	section(n, out, W_LIST);
	paragraph(out, page_word(&n->page, W_LIST_ORDER));
	strbuf_adds(out, DATA_TABLE "<thead style=\"display:table-header-group;\"><tr>\n");
	heading(out, "", 22, "right");
	for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
		heading(out, page_word(&n->page, columns[c].heading), columns[c].width, "left");
	strbuf_adds(out, "</tr></thead>\n<tbody>\n");
	for (size_t rank = 1; rank <= listed; rank++)
		add_case(n, rank, out);
	strbuf_adds(out, "</tbody></table>\n");
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
		between(out,
		        "<tr style=\"page-break-inside:avoid;\">\n<td valign=\"top\" width=\"150\" style=\"width:150px;padding:3px 6px;border-bottom:1px solid "
		        LINE ";color:" INK ";font:11px/1.5 " FONT ";\">",
		        notes.v[i].name, "</td>\n");
		between(out,
		        "<td valign=\"top\" style=\"padding:3px 6px;border-bottom:1px solid " LINE ";color:" PALE ";font:11px/1.5 " FONT ";\">",
		        notes.v[i].text, "</td>\n</tr>\n");
	}
	strbuf_adds(out, "</tbody></table>\n");
	section_end(out);
	strbuf_adds(out, "<tr><td style=\"font-size:1px;line-height:16px;\">&nbsp;</td></tr>\n</table>\n</td></tr></table>\n</body>\n</html>\n");
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
