/* utf8: characters out of bytes, and the ones that deceive. */
#include "daemon/base/utf8.h"

struct range {
	uint32_t from, to;
};

static const struct range unsafe[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},       /* controls of both sets, DEL */
    {0x061c, 0x061c}, {0x200e, 0x200f},   /* direction marks */
    {0x2028, 0x202e},                     /* line and paragraph ends, embeddings and overrides */
    {0x2066, 0x2069}, {0xfeff, 0xfeff},   /* isolates; a stray byte order mark */
    {0xfff9, 0xfffb}, {0xe0000, 0xe007f}, /* annotations, invisible tags */
};

bool utf8_is_unsafe(uint32_t c) {
	for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
		if (c >= unsafe[i].from && c <= unsafe[i].to)
			return true;
	return false;
}

size_t utf8_get(const unsigned char *s, uint32_t *c) {
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
	const bool surrogate = *c >= 0xd800 && *c <= 0xdfff;
	return *c >= least[n] && *c <= 0x10ffff && !surrogate ? n : 0;
}
