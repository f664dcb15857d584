/* chars: text that others chose, cleaned, measured, cut and escaped. */
#include "daemon/reports/chars.h"

#include "daemon/wire/json_text.h"

#include <inttypes.h>
#include <string.h>

struct span {
	uint32_t from, to;
};

/* Characters that show nothing themselves and change how others are shown. */
static const struct span hidden[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C},
    {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

/* Set over the character before. Marks of scripts that no town writes its names in count as one column: too wide, never too
 * narrow. */
static const struct span combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
    {0x20D0, 0x20FF}, {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE20, 0xFE2F},
};

/* UAX #11 W and F, with what is not assigned between them. */
static const struct span wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x23F0, 0x23F0},   {0x23F3, 0x23F3},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},
    {0x26F2, 0x26F3},   {0x26F5, 0x26F5},   {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},
    {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C},
    {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596},
    {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6DF}, {0x1F6EB, 0x1F6EC},
    {0x1F6F4, 0x1F6FF}, {0x1F7E0, 0x1F7FF}, {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

#define IN(spans, character) in_spans((spans), sizeof(spans) / sizeof(spans)[0], (character))

static bool in_spans(const struct span *spans, size_t n, uint32_t character) {
	while (n > 0) {
		const size_t half = n / 2;
		if (character < spans[half].from) {
			n = half;
		} else if (character > spans[half].to) {
			spans += half + 1;
			n -= half + 1;
		} else {
			return true;
		}
	}
	return false;
}

/* The character at p; *bytes: its length. Bytes that are none count one by one, as U+FFFD. */
static uint32_t character_at(const char *text, size_t left, size_t *bytes) {
	static const unsigned char lead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	const unsigned char *p = (const unsigned char *)text;
	const size_t n = utf8_length(p, p + left);
	*bytes = n ? n : 1;
	if (n == 0)
		return 0xFFFD;
	uint32_t character = p[0] & lead[n];
	for (size_t i = 1; i < n; i++)
		character = character << 6 | (p[i] & 0x3Fu);
	return character;
}

static size_t character_width(uint32_t character) {
	if (character < 0x300)
		return 1;
	return IN(combining, character) ? 0 : IN(wide, character) ? 2 : 1;
}

void chars_spaces(struct strbuf *out, size_t n) {
	if (n > 0) {
		memset(strbuf_reserve(out, n), ' ', n);
		out->len += n;
		out->data[out->len] = '\0';
	}
}

/* Appends one character as it is shown; its width. */
static size_t add_shown(struct strbuf *out, const char *text, size_t left, size_t *bytes) {
	const uint32_t character = character_at(text, left, bytes);
	if (IN(hidden, character)) {
		const size_t before = out->len;
		strbuf_printf(out, "[U+%04" PRIX32 "]", character);
		return out->len - before;
	}
	utf8_add(out, character);
	return character_width(character);
}

void chars_clean(struct strbuf *out, const char *text, size_t columns) {
	static const char mark[] = "..";
	const size_t mark_width = sizeof mark - 1;
	size_t left = text ? strlen(text) : 0, width = 0, bytes;
	size_t keep = out->len; /* up to here the mark would still fit behind */
	for (; left > 0; text += bytes, left -= bytes) {
		width += add_shown(out, text, left, &bytes);
		if (columns && width > columns) {
			out->len = keep;
			strbuf_adds(out, mark);
			return;
		}
		if (width + mark_width <= columns)
			keep = out->len;
	}
}

size_t chars_width(const char *clean) {
	size_t width = 0, bytes;
	for (size_t left = strlen(clean); left > 0; clean += bytes, left -= bytes)
		width += character_width(character_at(clean, left, &bytes));
	return width;
}

/* ---- Where a line breaks ---- */

/* Marks that may not begin a line. */
static bool closes(uint32_t character) {
	static const uint32_t marks[] = {',',    '.',    ';',    ':',    '!',    '?',    ')',    '%',    ']',    0x3001,
	                                 0x3002, 0x300B, 0x3011, 0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (marks[i] == character)
			return true;
	return false;
}

/* Marks that may not end one. */
static bool opens(uint32_t character) {
	return character == '(' || character == '[' || character == 0x300A || character == 0x3010 || character == 0xFF08;
}

static bool may_break(uint32_t before, uint32_t after) {
	if (after == ' ')
		return true;
	if (closes(after) || opens(before))
		return false;
	return before == ' ' || character_width(before) == 2 || character_width(after) == 2;
}

size_t chars_line(const char *clean, size_t columns) {
	const size_t all = strlen(clean);
	size_t at = 0, width = 0, bytes, good = 0;
	uint32_t before = 0;
	while (at < all) {
		const uint32_t character = character_at(clean + at, all - at, &bytes);
		if (at > 0 && may_break(before, character))
			good = at;
		width += character_width(character);
		if (at > 0 && width > columns)
			return good ? good : at;
		at += bytes;
		before = character;
	}
	return all;
}

/* ---- Escapes ---- */

void chars_htmln(struct strbuf *out, const char *clean, size_t n) {
	static const char *const entities[128] = {
	    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)clean[i];
		if (c < sizeof entities / sizeof entities[0] && entities[c])
			strbuf_adds(out, entities[c]);
		else
			strbuf_addc(out, clean[i]);
	}
}

void chars_html(struct strbuf *out, const char *clean) { chars_htmln(out, clean, strlen(clean)); }

/* -12.5 and +3 are numbers, whatever they begin with; a "-" alone stands for none. */
static bool plain_number(const char *text) {
	if (strcmp(text, "-") == 0)
		return true;
	const char *p = text + (*text == '-' || *text == '+');
	const size_t whole = strspn(p, "0123456789");
	p += whole;
	if (*p == '.')
		p += 1 + strspn(p + 1, "0123456789");
	return whole > 0 && *p == '\0';
}

/* Also in full width: a spreadsheet of a Chinese desktop may take those for the same. */
static bool begins_formula(const char *text) {
	static const char *const starts[] = {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return !plain_number(text);
	return false;
}

void chars_csv(struct strbuf *out, const char *clean) {
	const bool formula = begins_formula(clean);
	const bool quoted = strpbrk(clean, ",\"\r\n") || formula;
	if (quoted)
		strbuf_addc(out, '"');
	if (formula)
		strbuf_addc(out, '\'');
	for (; *clean; clean++) {
		if (*clean == '"')
			strbuf_addc(out, '"');
		strbuf_addc(out, *clean);
	}
	if (quoted)
		strbuf_addc(out, '"');
}

void chars_file_name(struct strbuf *out, const char *text) {
	for (; *text; text++) {
		const char c = *text, lower = c | 0x20;
		const bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-';
		strbuf_addc(out, plain ? c : '_');
	}
}
