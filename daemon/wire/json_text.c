/* json_text: UTF-8 and escapes, character by character. */
#include "daemon/wire/json_text.h"

#include <string.h>

static bool trails(unsigned char c) { return (c & 0xC0) == 0x80; }

/* The second byte's range depends on the first, so that nothing overlong, no surrogate and nothing above U+10FFFF passes. */
size_t utf8_length(const unsigned char *p, const unsigned char *end) {
	const size_t left = (size_t)(end - p);
	const unsigned char c = p[0];
	if (c < 0x80)
		return 1;
	if (c >= 0xE0 && c <= 0xEF) {
		if (left < 3 || !trails(p[1]) || !trails(p[2]))
			return 0;
		return (c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) ? 0 : 3;
	}
	if (c >= 0xC2 && c <= 0xDF)
		return left >= 2 && trails(p[1]) ? 2 : 0;
	if (c < 0xF0 || c > 0xF4 || left < 4 || !trails(p[1]) || !trails(p[2]) || !trails(p[3]))
		return 0;
	return (c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F) ? 0 : 4;
}

void utf8_add(struct strbuf *s, uint32_t character) {
	static const unsigned char lead[] = {0x00, 0xC0, 0xE0, 0xF0};
	const int trail = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
	strbuf_addc(s, (char)(lead[trail] | character >> (6 * trail)));
	for (int i = trail - 1; i >= 0; i--)
		strbuf_addc(s, (char)(0x80 | (character >> (6 * i) & 0x3F)));
}

static int hex_value(unsigned char c) {
	if (c >= '0' && c <= '9')
		return c - '0';
	const unsigned char lower = c | 0x20;
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

enum { HEX_ESCAPE_BYTES = 6 }; /* \uXXXX */

/* The number of the \u escape at p; -1: there is none. */
static int32_t hex_escape(const unsigned char *p, const unsigned char *end) {
	if (end - p < HEX_ESCAPE_BYTES || p[0] != '\\' || p[1] != 'u')
		return -1;
	int32_t v = 0;
	for (int i = 2; i < HEX_ESCAPE_BYTES; i++) {
		const int digit = hex_value(p[i]);
		if (digit < 0)
			return -1;
		v = v << 4 | digit;
	}
	return v;
}

static bool say(const char **fault, const char *why) {
	*fault = why;
	return false;
}

static bool hex_escape_read(const unsigned char **p, const unsigned char *end, uint32_t *character, const char **fault) {
	const int32_t first = hex_escape(*p, end);
	if (first < 0)
		return say(fault, "\\u takes four hexadecimal digits");
	if (first == 0)
		return say(fault, "\\u0000 is not taken");
	*p += HEX_ESCAPE_BYTES;
	*character = (uint32_t)first;
	if (first < 0xD800 || first > 0xDFFF)
		return true;
	const int32_t second = hex_escape(*p, end);
	if (first >= 0xDC00 || second < 0xDC00 || second > 0xDFFF)
		return say(fault, "an escape is half of a surrogate pair, without its other half");
	*p += HEX_ESCAPE_BYTES;
	*character = 0x10000u + (((uint32_t)first - 0xD800u) << 10) + ((uint32_t)second - 0xDC00u);
	return true;
}

bool escape_read(const unsigned char **p, const unsigned char *end, uint32_t *character, const char **fault) {
	static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	if (end - *p < 2)
		return say(fault, "the text ends inside a string");
	const char letter = (char)(*p)[1];
	if (letter == 'u')
		return hex_escape_read(p, end, character, fault);
	const char *known = letter ? strchr(letters, letter) : NULL;
	if (!known)
		return say(fault, "a backslash stands before one of \" \\ / b f n r t u");
	*character = (unsigned char)means[known - letters];
	*p += 2;
	return true;
}
