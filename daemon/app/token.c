/* token: draws a secret, and prints it with its SHA-256. */
#include "daemon/app/token.h"

#include "daemon/base/limits.h"
#include "daemon/call/access.h"

#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

enum { SECRET_BYTES = 24 };

static void to_hex(const unsigned char *bytes, size_t n, char *hex) {
	for (size_t i = 0; i < n; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

int token_make(const char *id) {
	unsigned char random[SECRET_BYTES], sha256[TOKEN_SHA256_BYTES];
	char secret[2 * SECRET_BYTES + 1], hash[2 * TOKEN_SHA256_BYTES + 1];
	if (!access_token_id(id)) {
		(void)fprintf(stderr, "gridd: a token's id has 1 to %d letters, digits or -_+@/\n",
		              LIMIT_CODE_BYTES);
		return 2;
	}
	if (RAND_bytes(random, sizeof random) != 1) {
		(void)fprintf(stderr, "gridd: the system has no random bytes to give\n");
		return 1;
	}
	to_hex(random, sizeof random, secret);
	(void)SHA256((const unsigned char *)secret, strlen(secret), sha256);
	to_hex(sha256, sizeof sha256, hash);
	return printf("token (shown this once, for the client): %s.%s\n"
	              "principal (for the config file):         {name: %s, token: \"%s:%s\", roles: []}\n",
	              id, secret, id, id, hash) < 0;
}
