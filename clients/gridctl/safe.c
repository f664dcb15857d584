/* safe: text that others wrote, made harmless for a terminal. */
#include "clients/gridctl/term.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct range {
	uint32_t from, to;
};

/* Characters that move the cursor, change the terminal's state or the direction of what follows. */
static const struct range unsafe[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},       /* controls of both sets, DEL */
    {0x061c, 0x061c}, {0x200e, 0x200f},   /* direction marks */
    {0x2028, 0x202e},                     /* line and paragraph ends, embeddings and overrides */
    {0x2066, 0x2069}, {0xfeff, 0xfeff},   /* isolates; a stray byte order mark */
    {0xfff9, 0xfffb}, {0xe0000, 0xe007f}, /* annotations, invisible tags */
};

static bool is_unsafe(uint32_t c) {
	for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
		if (c >= unsafe[i].from && c <= unsafe[i].to)
			return true;
	return false;
}

/* The character at s, and its bytes; 0 bytes: not UTF-8. */
static size_t utf8_get(const unsigned char *s, uint32_t *c) {
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;
	if (n == 0)
		return 0;
	*c = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3fu);
	}
	return *c >= least[n] && *c <= 0x10ffff ? n : 0;
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

void safe_add(struct strbuf *out, const char *text, enum safe_how how) {
	const unsigned char *s = (const unsigned char *)text;
	while (*s) {
		uint32_t c;
		const size_t n = utf8_get(s, &c);
		if (n == 0) {
			strbuf_printf(out, "\\x%02x", *s++);
			continue;
		}
		if (how == SAFE_LINE && (c == '\n' || c == '\r')) {
			if (s[strspn(text + (s - (const unsigned char *)text), "\r\n \t")])
				strbuf_adds(out, " …");
			return;
		}
		if (c == '\t' && how == SAFE_LINE)
			strbuf_addc(out, ' ');
		else if (is_unsafe(c) && c != '\t' && c != '\n')
			add_sign(out, c, how);
		else
			strbuf_add(out, s, n);
		s += n;
	}
}
