/* safe: text that others wrote, made harmless for a terminal. */
#include "clients/gridctl/term/term.h"
#include "daemon/base/utf8.h"

#include <string.h>

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
		else if (utf8_is_unsafe(c) && c != '\t' && c != '\n')
			add_sign(out, c, how);
		else
			strbuf_add(out, s, n);
		s += n;
	}
}
