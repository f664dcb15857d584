/* gb18030: the forms of the encoding, without its tables. */
#include "daemon/wire/gb18030.h"

static bool within(unsigned char c, unsigned char lo, unsigned char hi) { return c >= lo && c <= hi; }

/* One byte: ASCII. Two: 81-FE, then 40-7E or 80-FE. Four: 81-FE, 30-39, 81-FE, 30-39. Returns 0 for none of them. */
static size_t form_length(const unsigned char *p, size_t left) {
	if (p[0] < 0x80)
		return 1;
	if (left < 2 || !within(p[0], 0x81, 0xFE))
		return 0;
	if (within(p[1], 0x40, 0x7E) || within(p[1], 0x80, 0xFE))
		return 2;
	const bool four = left >= 4 && within(p[1], '0', '9') && within(p[2], 0x81, 0xFE) && within(p[3], '0', '9');
	return four ? 4 : 0;
}

bool gb18030_valid(const char *text, size_t n) {
	const unsigned char *p = (const unsigned char *)text;
	for (size_t i = 0; i < n;) {
		const size_t length = form_length(p + i, n - i);
		if (length == 0)
			return false;
		i += length;
	}
	return true;
}
