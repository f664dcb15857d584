/* sign: HMAC-SHA256 over id, timestamp and body. */
#include "daemon/post/sign.h"

#include "daemon/base/check.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { KEY_MIN = 24, KEY_MAX = 64, KEY_TEXT_MAX = (KEY_MAX + 2) / 3 * 4 };

static size_t read_key(const char *secret, unsigned char key[KEY_TEXT_MAX]) {
	static const char head[] = "whsec_";
	if (strncmp(secret, head, sizeof head - 1) != 0)
		return 0;
	const char *const text = secret + sizeof head - 1;
	const size_t n = strlen(text);
	if (n > KEY_TEXT_MAX || n % 4 != 0 ||
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") + 2 < n)
		return 0;
	const int got = EVP_DecodeBlock(key, (const unsigned char *)text, (int)n);
	/* It counts what padding stands for. */
	const int padding = n < 2 ? 0 : (text[n - 1] == '=') + (text[n - 2] == '=');
	const int bytes = got - padding;
	return bytes >= KEY_MIN && bytes <= KEY_MAX ? (size_t)bytes : 0;
}

bool sign_hook(const struct signed_hook *h, const char *secret, struct strbuf *out, struct err *e) {
	unsigned char key[KEY_TEXT_MAX], mac[EVP_MAX_MD_SIZE];
	unsigned n_mac = 0;
	const size_t n_key = read_key(secret, key);
	if (n_key == 0)
		return err_set(e, E_CONFIG, "the secret of a webhook is \"whsec_\" and 24 to 64 bytes in base64");
	struct strbuf text;
	strbuf_init(&text);
	strbuf_printf(&text, "%s.%" PRId64 ".%s", h->id, h->timestamp_s, h->body);
	CHECK(HMAC(EVP_sha256(), key, (int)n_key, (const unsigned char *)text.data, text.len, mac, &n_mac) != NULL);
	OPENSSL_cleanse(key, sizeof key);
	strbuf_fini(&text);
	strbuf_adds(out, "v1,");
	char *to = strbuf_reserve(out, (size_t)(n_mac + 2) / 3 * 4 + 1);
	out->len += (size_t)EVP_EncodeBlock((unsigned char *)to, mac, (int)n_mac);
	return true;
}
