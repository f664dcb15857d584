/* text: columns and lines, by wcwidth(3). */
#include "clients/gridctl/term/text.h"

#include "clients/gridctl/term/term.h"
#include "daemon/base/utf8.h"

#include <string.h>
#include <wchar.h>

/* One character, and how many columns it takes; bytes that are none take one each. */
static size_t next_char(const char *text, int *columns) {
	uint32_t c;
	const size_t n = utf8_get((const unsigned char *)text, &c);
	const int wide = n ? wcwidth((wchar_t)c) : 1;
	*columns = wide < 0 ? 1 : wide;
	return n ? n : 1;
}

int text_width(const char *text) {
	int width = 0, columns;
	for (; *text; width += columns)
		text += next_char(text, &columns);
	return width;
}

size_t text_fit(const char *text, int columns) {
	size_t n = 0;
	int one;
	while (text[n]) {
		const size_t bytes = next_char(text + n, &one);
		if (one > columns)
			break;
		columns -= one;
		n += bytes;
	}
	return n;
}

/* Does one of these characters stand there? */
static bool is_one_of(const char *text, const char *signs) {
	int ignored;
	const size_t n = *text ? next_char(text, &ignored) : 0;
	char one[8] = "";
	if (n == 0 || n >= sizeof one)
		return false;
	memcpy(one, text, n);
	return strstr(signs, one) != NULL;
}

/* Chinese is never broken before a sign that closes, nor behind one that opens. */
static bool may_begin(const char *text) { return !is_one_of(text, "，。、；：）！？”’》】"); }
static bool may_end(const char *text) { return !is_one_of(text, "（“‘《【"); }

/* Where a line of at most `fit` bytes may end: 0 if nowhere but in the middle of a word. */
static size_t last_break(const char *text, size_t fit) {
	size_t best = 0, last = 0;
	int columns, before = 0;
	for (size_t n = 0; n <= fit; before = columns) {
		const size_t bytes = next_char(text + n, &columns);
		const bool space = n > 0 && (text[n - 1] == ' ' || (n == fit && text[n] == ' '));
		if (n > 0 && (space || ((columns == 2 || before == 2) && may_begin(text + n) && may_end(text + last))))
			best = n;
		last = n;
		n += bytes;
	}
	return best;
}

size_t text_line(const char *text, int columns, const char **rest) {
	const size_t newline = strcspn(text, "\n");
	size_t fit = text_fit(text, columns);
	if (fit >= newline) {
		*rest = text[newline] ? text + newline + 1 : NULL;
		return newline;
	}
	const size_t at = last_break(text, fit);
	int ignored;
	fit = at ? at : fit ? fit : next_char(text, &ignored);
	const char *next = text + fit + strspn(text + fit, " ");
	while (fit > 0 && text[fit - 1] == ' ')
		fit--;
	*rest = *next ? next : NULL;
	return fit;
}

void text_add_cell(struct strbuf *out, const char *text, int columns) {
	const int width = text_width(text);
	if (width <= columns) {
		strbuf_printf(out, "%s%*s", text, columns - width, "");
		return;
	}
	const size_t fit = text_fit(text, columns - 1);
	strbuf_add(out, text, fit);
	int left = columns - 1;
	for (size_t n = 0; n < fit;) {
		int one;
		n += next_char(text + n, &one);
		left -= one;
	}
	strbuf_printf(out, "%s%*s", term_ellipsis(), left, "");
}
