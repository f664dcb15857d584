/* book: workbooks by libxlsxwriter, made in memory. */
#include "daemon/reports/book.h"

#include "daemon/reports/chars.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

/* A cell takes 32,767 characters. */
enum { SHEET_TEXT_COLUMNS = 30000, PAPER_A4 = 9 };

static const struct {
	const char *number; /* NULL: general */
	bool bold, shaded, wrapped;
	int size;
} looks[BOOK_FORMATS] = {
    [BOOK_TEXT] = {.size = 10},
    [BOOK_WRAPPED] = {.wrapped = true, .size = 10},
    [BOOK_TITLE] = {.bold = true, .size = 14},
    [BOOK_HEAD] = {.bold = true, .shaded = true, .wrapped = true, .size = 10},
    [BOOK_COUNT] = {.number = "0", .size = 10},
    [BOOK_HOURS] = {.number = "0.00", .size = 10},
    [BOOK_SHARE] = {.number = "0.0%", .size = 10},
    [BOOK_POINTS] = {.number = "0.0##", .size = 10},
    [BOOK_TIME] = {.number = "yyyy-mm-dd hh:mm", .size = 10},
};

static void note(struct book *b, lxw_error error) {
	if (b->bad == LXW_NO_ERROR)
		b->bad = (int)error;
}

/* ---- The file ---- */

static void add_formats(struct book *b) {
	for (int i = 0; i < BOOK_FORMATS; i++) {
		lxw_format *const f = b->formats[i] = workbook_add_format(b->workbook);
		if (!f) {
			note(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
			return;
		}
		format_set_font_name(f, "Microsoft YaHei");
		format_set_font_size(f, looks[i].size);
		format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
		if (looks[i].number)
			format_set_num_format(f, looks[i].number);
		if (looks[i].bold)
			format_set_bold(f);
		if (looks[i].wrapped)
			format_set_text_wrap(f);
		if (looks[i].shaded) {
			format_set_bg_color(f, 0xEEF1F5);
			format_set_bottom(f, LXW_BORDER_THIN);
		}
	}
}

/* The library takes names only, and would put the time of day into the properties. */
bool book_open(struct book *b, const struct page *p, const struct book_about *about, struct err *e) {
	char path[64];
	*b = (struct book){.page = *p, .fd = memfd_create("workbook", MFD_CLOEXEC)};
	if (b->fd < 0)
		return err_sys(e, "no memory for a workbook");
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", b->fd);
	b->workbook = workbook_new_opt(path, &(lxw_workbook_options){.constant_memory = LXW_TRUE});
	if (!b->workbook) {
		(void)close(b->fd);
		return err_set(e, E_IO, "a workbook cannot be begun");
	}
	lxw_doc_properties about_it = {
	    .title = (char *)(uintptr_t)about->title, .author = "gridd", .created = (time_t)(about->made_at_us / SECOND_US)};
	note(b, workbook_set_properties(b->workbook, &about_it));
	add_formats(b);
	return true;
}

static bool take_file(int fd, struct strbuf *out, struct err *e) {
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_sys(e, "a workbook cannot be read back");
	const size_t size = (size_t)st.st_size;
	char *const to = strbuf_reserve(out, size);
	for (size_t done = 0; done < size;) {
		const ssize_t got = pread(fd, to + done, size - done, (off_t)done);
		if (got <= 0)
			return err_sys(e, "a workbook cannot be read back");
		done += (size_t)got;
	}
	out->len += size;
	out->data[out->len] = '\0';
	return true;
}

bool book_close(struct book *b, struct strbuf *out, struct err *e) {
	const lxw_error closed = workbook_close(b->workbook);
	note(b, closed);
	const bool ok = b->bad == LXW_NO_ERROR
	                    ? take_file(b->fd, out, e)
	                    : err_set(e, E_IO, "a workbook cannot be written: %s", lxw_strerror((lxw_error)b->bad));
	(void)close(b->fd);
	return ok;
}

/* ---- Sheets ---- */

struct sheet sheet_add(struct book *b, const char *name) {
	struct sheet s = {.book = b, .worksheet = workbook_add_worksheet(b->workbook, name)};
	if (!s.worksheet) {
		note(b, LXW_ERROR_CREATING_TMPFILE);
		return s;
	}
	worksheet_set_landscape(s.worksheet);
	worksheet_set_paper(s.worksheet, PAPER_A4);
	worksheet_fit_to_pages(s.worksheet, 1, 0);
	worksheet_set_margins(s.worksheet, 0.4, 0.4, 0.5, 0.6);
	note(b, worksheet_set_footer(s.worksheet, page_word(&b->page, W_PAGE_OF)));
	return s;
}

void sheet_widths(struct sheet *s, const int *widths, size_t n) {
	for (size_t c = 0; s->worksheet && c < n; c++)
		note(s->book, worksheet_set_column(s->worksheet, (lxw_col_t)c, (lxw_col_t)c, widths[c], NULL));
}

static void write_text(struct sheet *s, size_t column, const char *text, enum book_format format) {
	struct strbuf fit;
	if (!text || !*text)
		return;
	strbuf_init(&fit);
	chars_clean(&fit, text, SHEET_TEXT_COLUMNS);
	note(s->book, worksheet_write_string(s->worksheet, s->row, (lxw_col_t)column, fit.data, s->book->formats[format]));
	strbuf_fini(&fit);
}

void sheet_line(struct sheet *s, enum book_format format, const char *const *texts, size_t n) {
	for (size_t c = 0; s->worksheet && c < n; c++)
		write_text(s, c, texts[c], format);
	s->row++;
}

void sheet_head(struct sheet *s, const struct column *columns, size_t n) {
	if (!s->worksheet)
		return;
	for (size_t c = 0; c < n; c++) {
		note(s->book, worksheet_set_column(s->worksheet, (lxw_col_t)c, (lxw_col_t)c, columns[c].sheet_width, NULL));
		write_text(s, c, page_word(&s->book->page, columns[c].sheet_heading), BOOK_HEAD);
	}
	note(s->book, worksheet_repeat_rows(s->worksheet, s->row, s->row));
	s->row++;
	worksheet_freeze_panes(s->worksheet, s->row, 0);
}

/* Days since 1899-12-30, as the town's clocks on the wall show it. */
static double sheet_day(int64_t at_us, int64_t offset_s) {
	static const int64_t epoch_days = 25569;
	return (double)(at_us / SECOND_US + offset_s) / 86400.0 + (double)epoch_days;
}

static void write_cell(struct sheet *s, size_t column, const struct cell *c) {
	static const enum book_format formats[] = {
	    [CELL_TEXT] = BOOK_TEXT,    [CELL_COUNT] = BOOK_COUNT,        [CELL_PERMILLE] = BOOK_SHARE,
	    [CELL_WORKED] = BOOK_HOURS, [CELL_NATURAL] = BOOK_HOURS,      [CELL_TIME] = BOOK_TIME,
	    [CELL_SHARE] = BOOK_SHARE,  [CELL_THOUSANDTHS] = BOOK_POINTS,
	};
	double number = (double)c->n;
	if (cell_empty(c))
		return;
	switch (c->kind) {
	case CELL_TEXT:
		write_text(s, column, c->text, BOOK_TEXT);
		return;
	case CELL_COUNT:
		break;
	case CELL_SHARE:
		number /= (double)c->of;
		break;
	case CELL_PERMILLE:
	case CELL_THOUSANDTHS:
		number /= 1000;
		break;
	case CELL_WORKED:
	case CELL_NATURAL:
		number /= (double)HOUR_US;
		break;
	case CELL_TIME:
		number = sheet_day(c->n, s->book->page.offset_s);
		break;
	}
	note(s->book,
	     worksheet_write_number(s->worksheet, s->row, (lxw_col_t)column, number, s->book->formats[formats[c->kind]]));
}

void sheet_row(struct sheet *s, const struct cell *cells, size_t n) {
	for (size_t c = 0; s->worksheet && c < n; c++)
		write_cell(s, c, &cells[c]);
	s->row++;
}

void sheet_filter(struct sheet *s, uint32_t head, size_t columns) {
	if (s->worksheet)
		note(s->book,
		     worksheet_autofilter(s->worksheet, head, 0, s->row > head + 1 ? s->row - 1 : head, (lxw_col_t)(columns - 1)));
}
