/* night: a digest as lines of cells, in the words of one language. */
#include "daemon/reports/night.h"

#include "daemon/reports/chars.h"
#include "daemon/reports/pages.h"

#include <inttypes.h>

static const char *number(const struct night *n, int64_t v) { return arena_printf(n->page.arena, "%" PRId64, v); }

/* A code's name, clean and cut; `otherwise` where the case has none. */
static struct cell named(const struct night *n, const char *kind, const char *code) {
	return cell_text(&n->page, digest_name_of(n->d, kind, code, n->page.lang));
}

/* ---- Head ---- */

const char *night_mark_note(const struct night *n) {
	static const enum word notes[DIGEST_MARKS] = {
	    [DIGEST_LATE] = W_NIGHT_LATE_NOTE, [DIGEST_RECKONED] = W_NIGHT_RECKONED_NOTE};
	return n->d->mark == DIGEST_ON_TIME ? NULL : page_word(&n->page, notes[n->d->mark]);
}

const char *night_town(const struct night *n) {
	const char *name = n->page.lang == PAGE_EN ? n->d->town_en : n->d->town_zh;
	const struct cell town = cell_text(&n->page, name && *name ? name : n->d->town);
	return cell_said(&n->page, &town);
}

const char *night_change(const struct night *n) {
	const int64_t change = n->d->overdue - n->d->overdue_before;
	if (n->d->overdue_before < 0)
		return page_word(&n->page, W_CHANGE_UNKNOWN);
	if (change == 0)
		return page_word(&n->page, W_CHANGE_NONE);
	return page_say(&n->page, W_CHANGE, arena_printf(n->page.arena, "%+" PRId64, change));
}

static const char *instant(const struct night *n) {
	struct strbuf out;
	strbuf_init(&out);
	words_time(&out, n->d->at_us, n->d->offset_s);
	strbuf_adds(&out, " (");
	words_offset(&out, n->d->offset_s);
	strbuf_addc(&out, ')');
	return page_keep(&n->page, &out);
}

const char *night_as_of(const struct night *n) { return page_say(&n->page, W_NIGHT_AS_OF, instant(n)); }

void digest_subject(const struct digest *d, enum page_lang lang, struct strbuf *out) {
	static const enum word marks[DIGEST_MARKS] = {[DIGEST_LATE] = W_NIGHT_LATE, [DIGEST_RECKONED] = W_NIGHT_RECKONED};
	struct arena arena;
	arena_init(&arena);
	const struct night n = {d, {lang, d->offset_s, &arena}};
	const char *mark = d->mark == DIGEST_ON_TIME ? "" : word_in(lang, marks[d->mark]);
	const struct cell day = cell_text(&n.page, d->day);
	words_say(out, lang, W_NIGHT_SUBJECT, mark, night_town(&n), cell_said(&n.page, &day), number(&n, d->overdue),
	          night_change(&n));
	arena_fini(&arena);
}

void digest_file_name(const struct digest *d, struct strbuf *out) {
	strbuf_adds(out, "gridd-overdue-");
	chars_file_name(out, d->town);
	strbuf_addc(out, '-');
	chars_file_name(out, d->day);
}

/* ---- Key points ---- */

/* Figure and what stands with it; `measure`: the words it is said with. */
static const struct {
	enum word label, meaning, measure, sheet_measure;
	size_t offset; /* of the figure in the digest */
} points[NIGHT_POINTS] = {
#define POINT(symbol, measure, member)                                                                                      \
	[POINT_##symbol] = {W_P_##symbol, W_D_##symbol, W_##measure, W_SHEET_##measure, offsetof(struct digest, member)}
    POINT(OVERDUE, COUNT_CASES, overdue),
    POINT(FRESH, COUNT_CASES, fresh),
    POINT(LONGEST, COUNT_CASES, overdue),
    POINT(DUE_SOON, COUNT_CASES, due_soon),
    POINT(UNDELIVERED, COUNT_NOTICES, undelivered),
    POINT(ORDERS, COUNT_ORDERS, orders),
    POINT(SUSPENDED, COUNT_CASES, suspended),
    POINT(SUSPENDED_TODAY, COUNT_CASES, suspended_today),
    POINT(EXTENDED, COUNT_CASES, extended_today),
    POINT(WAIVED, COUNT_CASES, waived_today),
    POINT(LATE_ENTRIES, COUNT_CASES, late_entries_today),
#undef POINT
};

/* "20261120-0000011、20261120-0000012 等 25 件" */
static const char *numbers(const struct night *n, const struct strs *list, int64_t all) {
	struct strbuf out;
	strbuf_init(&out);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			strbuf_adds(&out, page_word(&n->page, W_AND));
		chars_clean(&out, list->v[i], CELL_COLUMNS);
	}
	if (list->n && (size_t)all > list->n) {
		strbuf_addc(&out, ' ');
		words_say(&out, n->page.lang, W_NAMED_MORE, number(n, all));
	}
	return page_keep(&n->page, &out);
}

static const char *longest_note(const struct night *n) {
	struct cell row[ROW_COLUMNS];
	if (n->d->rows.n == 0)
		return "";
	night_row(n, 1, row);
	return arena_printf(n->page.arena, "%s %s", cell_said(&n->page, &row[ROW_NUMBER]), cell_said(&n->page, &row[ROW_UNIT]));
}

static const char *point_note(const struct night *n, enum night_point which) {
	switch (which) {
	case POINT_OVERDUE:
		return night_change(n);
	case POINT_LONGEST:
		return longest_note(n);
	case POINT_ORDERS:
		return n->d->orders ? page_word(&n->page, W_ORDERS_NOTE) : "";
	case POINT_EXTENDED:
		return numbers(n, &n->d->extended, n->d->extended_today);
	case POINT_WAIVED:
		return numbers(n, &n->d->waived, n->d->waived_today);
	case POINT_LATE_ENTRIES:
		return numbers(n, &n->d->late_entries, n->d->late_entries_today);
	default:
		return "";
	}
}

struct point night_point(const struct night *n, enum night_point which) {
	const int64_t figure = *(const int64_t *)((const char *)n->d + points[which].offset);
	struct cell value = cell_int(CELL_COUNT, figure < 0 ? NO_TIME : figure);
	if (which == POINT_LONGEST)
		value = cell_int(CELL_WORKED, n->d->rows.n ? n->d->rows.v[0].worked_us : NO_TIME);
	const char *said = cell_said(&n->page, &value);
	if (value.kind == CELL_COUNT && !cell_empty(&value))
		said = page_say(&n->page, points[which].measure, said);
	return (struct point){page_word(&n->page, points[which].label), page_word(&n->page, points[which].meaning), value, said,
	                      point_note(n, which)};
}

const struct column point_columns[POINT_COLUMNS] = {
    [POINT_LABEL] = {W_FIGURE, W_FIGURE, 24},     [POINT_VALUE] = {W_VALUE, W_VALUE, 12},
    [POINT_MEASURE] = {W_MEASURE, W_MEASURE, 10}, [POINT_NOTE] = {W_REMARK, W_REMARK, 60},
    [POINT_MEANING] = {W_MEANING, W_MEANING, 80},
};

void night_point_cells(const struct night *n, enum night_point which, struct cell out[POINT_COLUMNS]) {
	const struct page *p = &n->page;
	const struct point point = night_point(n, which);
	const enum word measure = which == POINT_LONGEST ? W_SHEET_HOURS : points[which].sheet_measure;
	out[POINT_LABEL] = cell_text(p, point.label);
	out[POINT_VALUE] = point.value;
	out[POINT_MEASURE] = cell_text(p, page_word(p, measure));
	out[POINT_NOTE] = cell_text(p, point.note);
	out[POINT_MEANING] = cell_text(p, point.meaning);
}

/* ---- Units ---- */

const struct column unit_columns[UNIT_COLUMNS] = {
    [UNIT_NAME] = {W_U_UNIT, W_U_UNIT, 28},
    [UNIT_OVERDUE] = {W_U_OVERDUE, W_U_OVERDUE, 10},
    [UNIT_FRESH] = {W_U_FRESH, W_U_FRESH, 10},
    [UNIT_LONGEST] = {W_U_LONGEST, W_U_LONGEST_HOURS, 22},
    [UNIT_DUE_SOON] = {W_U_DUE_SOON, W_U_DUE_SOON, 10},
    [UNIT_SUSPENDED] = {W_U_SUSPENDED, W_U_SUSPENDED, 10},
    [UNIT_ORDERS] = {W_U_ORDERS, W_U_ORDERS, 10},
};

void night_unit(const struct night *n, const struct digest_unit *u, struct cell out[UNIT_COLUMNS]) {
	out[UNIT_NAME] = named(n, "unit", u->unit);
	out[UNIT_OVERDUE] = cell_int(CELL_COUNT, u->overdue);
	out[UNIT_FRESH] = cell_int(CELL_COUNT, u->fresh);
	out[UNIT_LONGEST] = cell_int(CELL_WORKED, u->overdue ? u->longest_us : NO_TIME);
	out[UNIT_DUE_SOON] = cell_int(CELL_COUNT, u->due_soon);
	out[UNIT_SUSPENDED] = cell_int(CELL_COUNT, u->suspended);
	out[UNIT_ORDERS] = cell_int(CELL_COUNT, u->orders);
}

/* ---- Cases ---- */

const struct column row_columns[ROW_COLUMNS] = {
    [ROW_RANK] = {W_C_RANK, W_C_RANK, 6},
    [ROW_NUMBER] = {W_C_NUMBER, W_C_NUMBER, 19},
    [ROW_MARKS] = {W_C_MARKS, W_C_MARKS, 12},
    [ROW_CLASS] = {W_C_CLASS, W_C_CLASS, 24},
    [ROW_PLACE] = {W_C_PLACE, W_C_PLACE, 30},
    [ROW_UNIT] = {W_C_UNIT, W_C_UNIT, 22},
    [ROW_CLOCK] = {W_C_CLOCK, W_C_CLOCK, 12},
    [ROW_RECEIVED] = {W_C_RECEIVED, W_C_RECEIVED, 17},
    [ROW_DUE] = {W_C_DUE, W_C_DUE, 17},
    [ROW_WORKED] = {W_C_WORKED, W_C_WORKED_HOURS, 17},
    [ROW_NATURAL] = {W_C_NATURAL, W_C_NATURAL_HOURS, 17},
    [ROW_LONGEST] = {W_C_LONGEST, W_C_LONGEST, 22},
    [ROW_SHARE] = {W_C_SHARE, W_C_SHARE, 11},
    [ROW_RETURNS] = {W_C_RETURNS, W_C_RETURNS, 10},
    [ROW_LEVEL] = {W_C_LEVEL, W_C_LEVEL, 10},
    [ROW_LAST_ACT] = {W_C_LAST_ACT, W_C_LAST_ACT, 14},
    [ROW_LAST_ACT_AT] = {W_C_LAST_ACT_AT, W_C_LAST_ACT_AT, 17},
};

static struct cell marks(const struct night *n, const struct digest_row *r) {
	const struct page *p = &n->page;
	const char *text = NULL;
	if (r->emergency)
		text = page_word(p, W_MARK_EMERGENCY);
	if (r->fresh)
		text = text ? arena_printf(p->arena, "%s%s%s", text, page_word(p, W_AND), page_word(p, W_MARK_FRESH))
		            : page_word(p, W_MARK_FRESH);
	return (struct cell){.kind = CELL_TEXT, .text = text};
}

static struct cell place(const struct night *n, const struct digest_row *r) {
	const struct cell estate = named(n, "estate", r->estate), grid = named(n, "grid", r->grid);
	if (cell_empty(&estate))
		return grid;
	if (cell_empty(&grid))
		return estate;
	return (struct cell){.kind = CELL_TEXT, .text = arena_printf(n->page.arena, "%s %s", estate.text, grid.text)};
}

void night_row(const struct night *n, size_t rank, struct cell out[ROW_COLUMNS]) {
	const struct digest_row *r = &n->d->rows.v[rank - 1];
	out[ROW_RANK] = cell_int(CELL_COUNT, (int64_t)rank);
	out[ROW_NUMBER] = cell_text(&n->page, r->number);
	out[ROW_MARKS] = marks(n, r);
	out[ROW_CLASS] = named(n, "class", r->class_code);
	out[ROW_PLACE] = place(n, r);
	out[ROW_UNIT] = named(n, "unit", r->unit);
	out[ROW_CLOCK] = named(n, "clock", r->clock);
	out[ROW_RECEIVED] = cell_int(CELL_TIME, r->received_at_us);
	out[ROW_DUE] = cell_int(CELL_TIME, r->due_at_us);
	out[ROW_WORKED] = cell_int(CELL_WORKED, r->worked_us);
	out[ROW_NATURAL] = cell_int(CELL_NATURAL, r->natural_us);
	out[ROW_LONGEST] = named(n, "unit", r->longest);
	out[ROW_SHARE] = cell_int(CELL_PERMILLE, r->longest ? r->longest_permille : NO_TIME);
	out[ROW_RETURNS] = cell_int(CELL_COUNT, r->returns);
	out[ROW_LEVEL] = cell_int(CELL_COUNT, r->level);
	out[ROW_LAST_ACT] = named(n, "event", r->last_act);
	out[ROW_LAST_ACT_AT] = cell_int(CELL_TIME, r->last_act ? r->last_act_at_us : NO_TIME);
}

size_t night_listed(const struct night *n) { return n->d->rows.n < DIGEST_LISTED ? n->d->rows.n : DIGEST_LISTED; }

const char *night_more(const struct night *n) {
	const size_t more = n->d->rows.n - night_listed(n);
	return more ? page_say(&n->page, W_MORE, number(n, (int64_t)more)) : "";
}

const char *night_piece(const struct night *n, const struct cell row[ROW_COLUMNS], enum row_piece which) {
	static const struct {
		enum word word;
		enum row_column first, second; /* second = first: it is one */
		enum word without;             /* NOTHING: then there is no such piece */
	} pieces[] = {
	    [PIECE_NUMBER] = {W_SAID, ROW_NUMBER, ROW_NUMBER, W_NOTHING},
	    [PIECE_MARKS] = {W_CASE_MARKS, ROW_MARKS, ROW_MARKS, W_NOTHING},
	    [PIECE_CLASS] = {W_SAID, ROW_CLASS, ROW_CLASS, W_CLASS_UNKNOWN},
	    [PIECE_PLACE] = {W_SAID, ROW_PLACE, ROW_PLACE, W_PLACE_UNKNOWN},
	    [PIECE_UNIT] = {W_SAID, ROW_UNIT, ROW_UNIT, W_NOTHING},
	    [PIECE_CLOCK] = {W_CASE_CLOCK, ROW_CLOCK, ROW_CLOCK, W_NOTHING},
	    [PIECE_DUE] = {W_CASE_DUE, ROW_DUE, ROW_DUE, W_NOTHING},
	    [PIECE_WORKED] = {W_CASE_WORKED, ROW_WORKED, ROW_WORKED, W_NOTHING},
	    [PIECE_HOW_LATE] = {W_SAID, ROW_WORKED, ROW_WORKED, W_NOTHING},
	    [PIECE_NATURAL] = {W_CASE_NATURAL, ROW_NATURAL, ROW_NATURAL, W_NOTHING},
	    [PIECE_LONGEST] = {W_CASE_LONGEST, ROW_LONGEST, ROW_SHARE, W_NOTHING},
	    [PIECE_RETURNS] = {W_CASE_RETURNS, ROW_RETURNS, ROW_RETURNS, W_NOTHING},
	    [PIECE_LEVEL] = {W_CASE_LEVEL, ROW_LEVEL, ROW_LEVEL, W_NOTHING},
	    [PIECE_LAST_ACT] = {W_CASE_LAST_ACT, ROW_LAST_ACT, ROW_LAST_ACT_AT, W_LAST_ACT_NONE},
	};
	const struct page *p = &n->page;
	if (cell_empty(&row[pieces[which].first]))
		return pieces[which].without == W_NOTHING ? NULL : page_word(p, pieces[which].without);
	return page_say(p, pieces[which].word, cell_said(p, &row[pieces[which].first]),
	                cell_said(p, &row[pieces[which].second]));
}

/* ---- At the end ---- */

void night_definitions(const struct night *n, note_list *out) {
	static const enum word others[][2] = {
	    {W_D_WORKED, W_D_WORKED_MEANS}, {W_D_NATURAL, W_D_NATURAL_MEANS}, {W_D_SHARE, W_D_SHARE_MEANS},
	    {W_D_LEVEL, W_D_LEVEL_MEANS},   {W_D_CENTRE, W_D_CENTRE_MEANS},
	};
	for (int i = 0; i < NIGHT_POINTS; i++)
		*LIST_ADD(out, n->page.arena) =
		    (struct note){page_word(&n->page, points[i].label), page_word(&n->page, points[i].meaning)};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		*LIST_ADD(out, n->page.arena) = (struct note){page_word(&n->page, others[i][0]), page_word(&n->page, others[i][1])};
}

void night_versions(const struct night *n, note_list *out) {
	static const enum word made[DIGEST_MARKS] = {W_MADE_ON_TIME, W_MADE_LATE, W_MADE_RECKONED};
	const struct page *p = &n->page;
	const struct cell town = cell_text(p, n->d->town);
	const struct note notes[] = {
	    {page_word(p, W_VERSION_TOWN), arena_printf(p->arena, "%s (%s)", night_town(n), cell_said(p, &town))},
	    {page_word(p, W_VERSION_AT), instant(n)},
	    {page_word(p, W_VERSION_MARK), page_word(p, made[n->d->mark])},
	    {page_word(p, W_VERSION_PACK), number(n, n->d->pack_version)},
	    {page_word(p, W_VERSION_FORMAT), arena_printf(p->arena, "%" PRId64 " / %d", n->d->format, PAGES_VERSION)},
	};
	for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
		*LIST_ADD(out, p->arena) = notes[i];
}
