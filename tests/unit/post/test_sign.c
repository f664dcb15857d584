/* test_sign: the vector that the Standard Webhooks convention publishes, and secrets that are none. */
#include "daemon/base/check.h"
#include "daemon/post/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct signed_hook vector = {
    .id = "msg_p5jXN8AQM9LWM0D4loKWxJek", .timestamp_s = 1614265330, .body = "{\"test\": 2432232314}"};

static void the_known_vector(void **state) {
	(void)state;
	struct strbuf out;
	struct err e;
	strbuf_init(&out);
	assert_true(sign_hook(&vector, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &out, &e));
	assert_string_equal(out.data, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	strbuf_fini(&out);
}

static void padded_secrets_have_their_bytes(void **state) {
	(void)state;
	/* 25 and 26 bytes of 'a', as Python's hmac signs them. */
	static const struct {
		const char *secret, *signature;
	} rows[] = {
	    {"whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYQ==", "v1,QGSfBH5CyGMwFLzV7hiSLkLEGuxjNuP9CeDJtmrdbNk="},
	    {"whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=", "v1,xTv87jMMZkppJTJOMxwfh4YzMdlC0YupYe4Zwn5oUyk="},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct strbuf out;
		struct err e;
		strbuf_init(&out);
		assert_true(sign_hook(&vector, rows[i].secret, &out, &e));
		assert_string_equal(out.data, rows[i].signature);
		strbuf_fini(&out);
	}
}

static void what_is_no_secret_is_refused(void **state) {
	(void)state;
	static const char *const none[] = {
	    "",
	    "whsec_",
	    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",       /* without its head */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",  /* cut */
	    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", /* no base64 */
	    "whsec_====",
	    "whsec_c2hvcnQ=", /* 5 bytes */
	    "whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh",
	};
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		struct strbuf out;
		struct err e = {0};
		strbuf_init(&out);
		assert_false(sign_hook(&vector, none[i], &out, &e));
		assert_non_null(strstr(e.text, "whsec_"));
		assert_int_equal(out.len, 0);
		strbuf_fini(&out);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_known_vector),
	    cmocka_unit_test(padded_secrets_have_their_bytes),
	    cmocka_unit_test(what_is_no_secret_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
