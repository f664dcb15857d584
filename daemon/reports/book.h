/* book: a workbook (.xlsx) made of cells: the same cells give the same bytes.
 *
 * Texts are written as texts whatever they begin with; counts, shares, hours and instants are numbers. Rows are written from
 * above to below and go out as they come: memory doesn't grow with them. No file has a name, so none can be left behind. Errors
 * are kept until book_close. */
#ifndef GRIDD_REPORTS_BOOK_H
#define GRIDD_REPORTS_BOOK_H

#include "daemon/reports/cell.h"

struct lxw_workbook;
struct lxw_worksheet;
struct lxw_format;

enum book_format {
	BOOK_TEXT, BOOK_WRAPPED, BOOK_TITLE, BOOK_HEAD, BOOK_COUNT, BOOK_HOURS, BOOK_SHARE, BOOK_POINTS, BOOK_TIME, BOOK_FORMATS
};
struct book {
	struct page page;
	struct lxw_workbook *workbook;
	struct lxw_format *formats[BOOK_FORMATS];
	int fd;                             /* memory, where the file is made */
	int bad;                            /* the first lxw_error */
};

struct sheet {
	struct book *book;
	struct lxw_worksheet *worksheet;
	uint32_t row;                       /* that is written next */
};

struct book_about {
	const char *title;
	int64_t made_at_us;                 /* what stands for the time it was made; after 1970 */
};
bool book_open(struct book *b, const struct page *p, const struct book_about *about, struct err *e) MUST_CHECK;
/* Appends the file to `out`; the book is gone in any case. */
bool book_close(struct book *b, struct strbuf *out, struct err *e) MUST_CHECK;

/* A4 landscape, as wide as the paper. */
struct sheet sheet_add(struct book *b, const char *name);
/* The head of a table that goes on below: stays in sight, and is printed on every page. */
void sheet_head(struct sheet *s, const struct column *columns, size_t n);
void sheet_row(struct sheet *s, const struct cell *cells, size_t n);
void sheet_filter(struct sheet *s, uint32_t head, size_t columns);     /* from the head's row down to here */
void sheet_widths(struct sheet *s, const int *widths, size_t n);
void sheet_line(struct sheet *s, enum book_format format, const char *const *texts, size_t n);

#endif
