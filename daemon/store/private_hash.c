/* private_hash: hashes of what may be erased, and the grid that finds near places. */
#include "daemon/store/private_hash.h"

#include "daemon/base/strbuf.h"
#include "daemon/store/case_json.h"

#include <math.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

static void to_hex(const unsigned char *bytes, size_t n, char *hex) {
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * n] = '\0';
}

void sha256_hex(const void *p, size_t n, char hex[SHA256_HEX]) {
	unsigned char md[SHA256_BYTES];
	(void)SHA256(p, n, md);
	to_hex(md, sizeof md, hex);
}

/* Each with its length in front, so that no two private parts give one text; `-` is one that isn't there. */
static void add_member(struct strbuf *to, const char *s) {
	if (!s) {
		strbuf_adds(to, "-,");
		return;
	}
	const size_t n = strlen(s);
	strbuf_addi(to, (int64_t)n);
	strbuf_addc(to, ':');
	strbuf_add(to, s, n);
	strbuf_addc(to, ',');
}

void private_sha256(const unsigned char salt[SALT_BYTES], const struct private_part *p, struct arena *a,
                    char hex[SHA256_HEX]) {
	struct strbuf all, json;
	strbuf_init(&all);
	strbuf_init(&json);
	strbuf_add(&all, salt, SALT_BYTES);
	add_member(&all, p->text);
	add_member(&all, p->address);
	add_member(&all, p->place.crs ? arena_printf(a, "%.17g %.17g %s", p->place.x, p->place.y, p->place.crs) : NULL);
	add_member(&all, p->reporter.name);
	add_member(&all, p->reporter.phone);
	add_member(&all, p->reporter.confidential ? "confidential" : NULL);
	attachments_encode(p, &json);
	add_member(&all, json.data);
	strbuf_clear(&json);
	attrs_encode(p, &json);
	add_member(&all, json.data);
	sha256_hex(all.data, all.len, hex);
	strbuf_fini(&all);
	strbuf_fini(&json);
}

/* The next character of valid UTF-8, and how many bytes it has. */
static uint32_t next_char(const unsigned char *s, size_t *n) {
	if (s[0] < 0x80) {
		*n = 1;
		return s[0];
	}
	*n = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	uint32_t c = s[0] & (0xFFu >> (*n + 1));
	for (size_t i = 1; i < *n; i++)
		c = c << 6 | (s[i] & 0x3Fu);
	return c;
}

/* ３１２ 弄 and 312弄 are one address: full-width forms become ASCII, letters small, spaces go. */
static const char *plain_address(const char *address, struct arena *a) {
	enum { IDEOGRAPHIC_SPACE = 0x3000, FULL_FIRST = 0xFF01, FULL_LAST = 0xFF5E, FULL_OFFSET = 0xFEE0 };
	char *out = arena_alloc(a, strlen(address) + 1), *at = out;
	const unsigned char *s = (const unsigned char *)address;
	for (size_t n; *s; s += n) {
		uint32_t c = next_char(s, &n);
		if (c >= FULL_FIRST && c <= FULL_LAST)
			c -= FULL_OFFSET;
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == IDEOGRAPHIC_SPACE)
			continue;
		if (c < 0x80) {
			*at++ = (char)c;
		} else {
			memcpy(at, s, n);
			at += n;
		}
	}
	return out;
}

static int64_t keyed_hash(const unsigned char key[HMAC_KEY_BYTES], const char *text) {
	unsigned char md[SHA256_BYTES];
	unsigned n = 0;
	(void)HMAC(EVP_sha256(), key, HMAC_KEY_BYTES, (const unsigned char *)text, strlen(text), md, &n);
	uint64_t v = 0;
	for (size_t i = 0; i < sizeof v; i++)
		v = v << 8 | md[i];
	return v == (uint64_t)NO_INT ? 0 : (int64_t)v;
}

int64_t address_hash(const unsigned char key[HMAC_KEY_BYTES], const char *estate, const char *address, struct arena *a) {
	if (!address || !address[0])
		return NO_INT;
	return keyed_hash(key, arena_printf(a, "%s|%s", estate ? estate : "", plain_address(address, a)));
}

int64_t phone_hash(const unsigned char key[HMAC_KEY_BYTES], const char *phone, struct arena *a) {
	if (!phone)
		return NO_INT;
	char *digits = arena_alloc(a, strlen(phone) + 1), *at = digits;
	for (const char *s = phone; *s; s++)
		if (*s >= '0' && *s <= '9')
			*at++ = *s;
	return digits[0] ? keyed_hash(key, digits) : NO_INT;
}

/* Systems of coordinates: their number in a cell, and whether they are degrees. */
static const struct {
	const char *name;
	int64_t number;
	bool degrees;
} systems[] = {{"wgs84", 1, true}, {"gcj02", 2, true}, {"bd09", 3, true}, {"sh2000", 4, false}};

static const double DEGREE_EAST_M = 111320, DEGREE_NORTH_M = 110574;
enum { HALF = CELL_COLUMN / 2 }; /* columns and rows count from the middle of their range */

const struct metres no_metres = {NAN, NAN, NO_INT};

/* The whole number at or below v, which is within int64_t. */
static int64_t whole_below(double v) {
	const int64_t cut = (int64_t)v;
	return (double)cut > v ? cut - 1 : cut;
}

static struct metres in_system(int64_t system, double east_m, double north_m) {
	const double limit_m = (double)(HALF - 2) * CELL_M;
	if (!(fabs(east_m) < limit_m && fabs(north_m) < limit_m))
		return no_metres;
	const int64_t column = whole_below(east_m / CELL_M) + HALF, row = whole_below(north_m / CELL_M) + HALF;
	return (struct metres){east_m, north_m, (system * CELL_COLUMN + column) * CELL_COLUMN + row};
}

struct metres place_metres(const struct place *p) {
	for (size_t i = 0; p->crs && i < sizeof systems / sizeof systems[0]; i++) {
		if (strcmp(p->crs, systems[i].name) != 0)
			continue;
		if (!systems[i].degrees)
			return in_system(systems[i].number, p->x, p->y);
		if (!(fabs(p->x) <= 180 && fabs(p->y) <= 90))
			return no_metres;
		const double middle = (double)whole_below(p->y) + 0.5;
		return in_system(systems[i].number, p->x * cos(middle * M_PI / 180) * DEGREE_EAST_M, p->y * DEGREE_NORTH_M);
	}
	return no_metres;
}

static int64_t system_of(int64_t cell) { return cell / CELL_COLUMN / CELL_COLUMN; }

bool metres_near(const struct metres *a, const struct metres *b) {
	if (a->cell == NO_INT || b->cell == NO_INT || system_of(a->cell) != system_of(b->cell))
		return false;
	const double east = a->east_m - b->east_m, north = a->north_m - b->north_m;
	return east * east + north * north <= (double)CELL_M * CELL_M;
}
