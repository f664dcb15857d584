/* faults_print: shows faults of files as people want to read them: place, sentence, source line, caret. */
#include "daemon/base/strbuf.h"
#include "daemon/base/yaml.h"

#include <string.h>

enum { SHOWN_CHARS = 110 }; /* of a longer source line a piece around the column is shown */

struct code_range {
	uint32_t from, to;
};

/* East Asian Wide and Fullwidth, in the blocks that people write in. */
static const struct code_range wide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97C},
                                         {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},
                                         {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
static const struct code_range narrowless[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};

static bool in_ranges(uint32_t c, const struct code_range *ranges, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].from && c <= ranges[i].to)
			return true;
	return false;
}

static int columns_of(uint32_t c) {
	if (in_ranges(c, narrowless, sizeof narrowless / sizeof narrowless[0]))
		return 0;
	return in_ranges(c, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}

/* One character from [p, end); a broken one counts as one byte. */
static size_t char_at(const char *p, const char *end, uint32_t *code) {
	const unsigned char c = (unsigned char)*p;
	const size_t want = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
	size_t n = 1;
	uint32_t value = want == 1 ? c : c & (0x7Fu >> want);
	while (n < want && p + n < end && ((unsigned char)p[n] & 0xC0) == 0x80)
		value = value << 6 | ((unsigned char)p[n++] & 0x3F);
	*code = n == want ? value : '?';
	return n;
}

static const char *skip_chars(const char *p, const char *end, int chars) {
	for (uint32_t code; chars > 0 && p < end; chars--)
		p += char_at(p, end, &code);
	return p;
}

static void add_visible(struct strbuf *out, const char *p, size_t n, uint32_t code) {
	if (code < 0x20 || code == 0x7F)
		strbuf_addc(out, code == '\t' ? ' ' : '?');
	else if (code == '?')
		strbuf_addc(out, '?');
	else
		strbuf_add(out, p, n);
}

static void print_source(struct strbuf *out, const char *line, const char *end, int col) {
	const int skipped = col > SHOWN_CHARS - 30 ? col - SHOWN_CHARS / 2 : 0;
	const char *from = skip_chars(line, end, skipped);
	strbuf_adds(out, skipped ? "    ..." : "    ");
	int width = skipped ? 3 : 0, shown = 0;
	uint32_t code;
	const char *p = from;
	for (; p < end && shown < SHOWN_CHARS; shown++) {
		const size_t n = char_at(p, end, &code);
		if (skipped + shown < col - 1)
			width += columns_of(code);
		add_visible(out, p, n, code);
		p += n;
	}
	strbuf_printf(out, "%s\n    %*s^\n", p < end ? "..." : "", width, "");
}

static const char *line_of(const char *text, int line) {
	for (; text && line > 1; line--) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text;
}

static void print_fault(const struct fault *f, const char *text, struct strbuf *out) {
	strbuf_printf(out, "%s:%d:%d: %s", f->file ? f->file : "-", f->line, f->col, f->message);
	if (f->suggestion)
		strbuf_printf(out, "; did you mean `%s`?", f->suggestion);
	strbuf_addc(out, '\n');
	const char *line = line_of(text, f->line);
	if (line && *line)
		print_source(out, line, line + strcspn(line, "\r\n"), f->col);
}

void faults_print(const struct faults *f, const char *(*text_of)(const char *file, void *ctx), void *ctx,
                  struct strbuf *out) {
	for (size_t i = 0; i < f->list.n; i++) {
		const struct fault *fault = &f->list.v[i];
		print_fault(fault, fault->file && text_of ? text_of(fault->file, ctx) : NULL, out);
	}
	if (f->total > f->list.n)
		strbuf_printf(out, "and %zu further faults\n", f->total - f->list.n);
}
