/* safe: text that others wrote, made harmless for a terminal. */
#include "clients/gridctl/term/term.h"
#include "daemon/base/utf8.h"

#include <string.h>
#include <wchar.h>

enum { MOST_MARKS = 2 };

struct range {
	uint32_t from, to;
};

/* Characters that take no column, or one that terminals don't agree about: they would move what stands behind them. */
static const struct range upsetting[] = {
    {0xad, 0xad},       {0x34f, 0x34f},     {0x115f, 0x11ff}, /* soft hyphen, joiners, Hangul that is put together */
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200d}, /* zero width */
    {0x2060, 0x206f},   {0x3164, 0x3164},   {0xd7b0, 0xd7ff}, {0xe000, 0xf8ff}, /* private use */
    {0xfe00, 0xfe0f},   {0xffa0, 0xffa0},   {0xfff0, 0xfffc}, {0xfffe, 0xffff}, {0x1f1e6, 0x1f1ff}, /* flags, in pairs */
    {0x1f3fb, 0x1f3ff}, {0xe0000, 0x10ffff}};

static bool is_upsetting(uint32_t c) {
	for (size_t i = 0; i < sizeof upsetting / sizeof upsetting[0]; i++)
		if (c >= upsetting[i].from && c <= upsetting[i].to)
			return true;
	return false;
}

/* Whether it may be shown as it is; *marks: how many accents stand on the character before, -1 where there is none to carry. */
static bool is_shown(uint32_t c, int *marks) {
	const int columns = wcwidth((wchar_t)c);
	if (utf8_is_unsafe(c) || is_upsetting(c) || columns < 0 || (columns == 0 && (*marks < 0 || *marks >= MOST_MARKS))) {
		*marks = -1;
		return false;
	}
	*marks = columns > 0 ? (c == ' ' ? -1 : 0) : *marks + 1;
	return true;
}

static void add_sign(struct strbuf *out, uint32_t c, enum safe_how how) {
	/* U+2400.. are pictures of the controls: ␛ ␡ */
	if (how != SAFE_JSON && c < 0x20)
		strbuf_printf(out, "\xe2\x90%c", (char)(0x80 + c));
	else if (how != SAFE_JSON && c == 0x7f)
		strbuf_adds(out, "\u2421");
	else if (c > 0xffff)
		strbuf_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
	else
		strbuf_printf(out, "\\u%04x", c);
}

/* False: the line ends there. */
static bool add_one(struct strbuf *out, const char *text, uint32_t c, enum safe_how how) {
	if (how == SAFE_LINE && (c == '\n' || c == '\r')) {
		if (text[strspn(text, "\r\n \t")])
			strbuf_printf(out, " %s", term_ellipsis());
		return false;
	}
	/* A tab goes to a place that nobody here knows. */
	if (c == '\t' && how != SAFE_JSON)
		strbuf_addc(out, ' ');
	else if (c == '\n')
		strbuf_addc(out, '\n');
	else
		add_sign(out, c, how);
	return true;
}

void safe_add(struct strbuf *out, const char *text, enum safe_how how) {
	int marks = -1;
	while (*text) {
		uint32_t c;
		const size_t n = utf8_get((const unsigned char *)text, &c);
		if (n == 0) {
			strbuf_printf(out, "\\x%02x", (unsigned char)*text++);
			marks = -1;
			continue;
		}
		if (is_shown(c, &marks))
			strbuf_add(out, text, n);
		else if (!add_one(out, text, c, how))
			return;
		text += n;
	}
}
