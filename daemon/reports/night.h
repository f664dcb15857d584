/* night: a digest as lines of cells, in the words of one language: what its text, its HTML and its workbook all show.
 *
 * Each of them only lays cells out, so they cannot disagree. Texts in cells are clean (chars.h) and live in the arena. */
#ifndef GRIDD_REPORTS_NIGHT_H
#define GRIDD_REPORTS_NIGHT_H

#include "daemon/reports/cell.h"

struct night {
	const struct digest *d;
	struct page page;
};

/* How it was made, besides on time; NULL: nothing to say. */
const char *night_mark_note(const struct night *n);
const char *night_town(const struct night *n);
const char *night_change(const struct night *n);       /* "较昨日 +3" */
const char *night_as_of(const struct night *n);        /* "数据截至 2026-11-23 22:00（UTC+08:00）" */

/* ---- Key points ---- */

enum night_point {
	POINT_OVERDUE, POINT_FRESH, POINT_LONGEST, POINT_DUE_SOON, POINT_UNDELIVERED, POINT_ORDERS, POINT_SUSPENDED,
	POINT_SUSPENDED_TODAY, POINT_EXTENDED, POINT_WAIVED, POINT_LATE_ENTRIES, NIGHT_POINTS
};
struct point {
	const char *label, *meaning;
	struct cell value;                  /* nothing where it isn't known */
	const char *said;                   /* the value with its measure: "3 件" */
	const char *note;                   /* "": none */
};
struct point night_point(const struct night *n, enum night_point which);
/* The same as cells of a table. */
enum point_column { POINT_LABEL, POINT_VALUE, POINT_MEASURE, POINT_NOTE, POINT_MEANING, POINT_COLUMNS };
extern const struct column point_columns[POINT_COLUMNS];
void night_point_cells(const struct night *n, enum night_point which, struct cell out[POINT_COLUMNS]);

/* ---- Units ---- */

enum unit_column { UNIT_NAME, UNIT_OVERDUE, UNIT_FRESH, UNIT_LONGEST, UNIT_DUE_SOON, UNIT_SUSPENDED, UNIT_ORDERS, UNIT_COLUMNS };
extern const struct column unit_columns[UNIT_COLUMNS];
void night_unit(const struct night *n, const struct digest_unit *u, struct cell out[UNIT_COLUMNS]);

/* ---- Cases ---- */

enum row_column {
	ROW_RANK, ROW_NUMBER, ROW_MARKS, ROW_CLASS, ROW_PLACE, ROW_UNIT, ROW_CLOCK, ROW_RECEIVED, ROW_DUE, ROW_WORKED, ROW_NATURAL,
	ROW_LONGEST, ROW_SHARE, ROW_RETURNS, ROW_LEVEL, ROW_LAST_ACT, ROW_LAST_ACT_AT, ROW_COLUMNS
};
extern const struct column row_columns[ROW_COLUMNS];
/* rank: from 1. */
void night_row(const struct night *n, size_t rank, struct cell out[ROW_COLUMNS]);
size_t night_listed(const struct night *n);            /* rows in the mail; the rest is in the workbook */
const char *night_more(const struct night *n);         /* "另有 N 件，见附表。"; "" where the list has all */

/* Whatever is sent says a case's course in the same pieces; NULL: nothing to say. */
enum row_piece {
	PIECE_NUMBER, PIECE_MARKS, PIECE_CLASS, PIECE_PLACE, PIECE_UNIT, PIECE_CLOCK, PIECE_DUE, PIECE_WORKED, PIECE_HOW_LATE,
	PIECE_NATURAL, PIECE_LONGEST, PIECE_RETURNS, PIECE_LEVEL, PIECE_LAST_ACT, ROW_PIECES
};
const char *night_piece(const struct night *n, const struct cell row[ROW_COLUMNS], enum row_piece which);

/* ---- What stands at the end: pairs of a name and what it means ---- */

struct note {
	const char *name, *text;
};
typedef LIST_OF(struct note) note_list;
void night_definitions(const struct night *n, note_list *out);
void night_versions(const struct night *n, note_list *out);

#endif
