/* private_hash: what other tables may know of the private part: salted and keyed hashes, and places as a grid of 50 m. */
#ifndef GRIDD_STORE_PRIVATE_HASH_H
#define GRIDD_STORE_PRIVATE_HASH_H

#include "daemon/cases/case.h"
#include "daemon/store/params.h"

enum { SALT_BYTES = 16, SHA256_BYTES = 32, SHA256_HEX = 65, HMAC_KEY_BYTES = 32 };

/* SHA-256 over the salt and every member of the private part, each with its length; hex. Erasing the row, and with it the salt,
 * leaves a number that says nothing. */
void private_sha256(const unsigned char salt[SALT_BYTES], const struct private_part *p, struct arena *a, char hex[SHA256_HEX]);

/* The first 8 bytes of HMAC-SHA256 over estate and address, the address without spaces and in half-width letters. NO_INT: there
 * is no address. */
int64_t address_hash(const unsigned char key[HMAC_KEY_BYTES], const char *estate, const char *address, struct arena *a);
/* Of the digits alone. */
int64_t phone_hash(const unsigned char key[HMAC_KEY_BYTES], const char *phone, struct arena *a);

/* A place in metres, good for distances of some hundred metres, and its cell: system, column, row of a 50 m grid, so that
 * neighbours are at +-1 and +-CELL_COLUMN. Degrees are taken at the middle latitude of their band of one degree. */
struct metres {
	double east_m, north_m;             /* NaN: no place */
	int64_t cell;                       /* NO_INT: no place */
};
enum { CELL_M = 50, CELL_COLUMN = 1 << 24 };
extern const struct metres no_metres;
struct metres place_metres(const struct place *p);
bool metres_near(const struct metres *a, const struct metres *b);      /* of one system, and within CELL_M */

void sha256_hex(const void *p, size_t n, char hex[SHA256_HEX]);

#endif
