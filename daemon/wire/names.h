/* names: the member names of the objects that are open while a JSON text is read, to find one that stands twice.
 *
 * Names live in the text itself; only those with escapes are copied, as what they mean: "a" and "\u0061" are one name. */
#ifndef GRIDD_WIRE_NAMES_H
#define GRIDD_WIRE_NAMES_H

#include "daemon/base/strbuf.h"

#include <stdint.h>

struct name {
	uint32_t offset, len, hash;
	bool copied;                        /* offset is of names.copies, not of the text */
};

enum { NAMES_AT_HAND = 64 };

struct names {
	const unsigned char *text;          /* borrowed */
	struct name *v, at_hand[NAMES_AT_HAND];
	size_t n, cap;
	struct strbuf copies;
};

void names_init(struct names *s, const char *text);
void names_fini(struct names *s);
/* The name between the quotes, [from, end) of the text, escapes already found sound. `first`: index of its object's first name.
 * False: it stands there twice; it is the last of s->v. */
bool names_add(struct names *s, size_t first, const unsigned char *from, const unsigned char *end, bool escaped) MUST_CHECK;
/* The object whose names began at `first` ends: they are forgotten. False: the names were too many to compare one by one, and
 * now it shows that *twice stands there twice. */
bool names_close(struct names *s, size_t first, const struct name **twice) MUST_CHECK;
const char *name_text(const struct names *s, const struct name *name);

#endif
