/* test_access: who a peer or a token is, what a reload changes, which types a word means, how a notice is named. */
#include "daemon/call/access.h"
#include "daemon/call/event_types.h"
#include "daemon/store/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* SHA-256 of "secret". */
#define SECRET                                                                                                            \
	{0x2b, 0xb8, 0x0d, 0x53, 0x7b, 0x1d, 0xa3, 0xe3, 0x8b, 0xd3, 0x03, 0x61, 0xaa, 0x85, 0x56, 0x86,                        \
	 0xbd, 0xe0, 0xea, 0xcd, 0x71, 0x62, 0xfe, 0xf6, 0xa2, 0x5f, 0xe9, 0x7b, 0xf5, 0x27, 0xa2, 0x5b}

static struct token tokens[] = {{"one", SECRET}, {"two", SECRET}};

static struct principal_row rows[] = {
    {.name = "zhang", .has_uid = true, .uid = 1001, .roles = ROLE_DISPATCHER},
    {.name = "office", .has_gid = true, .gid = 100, .roles = ROLE_AUDITOR},
    {.name = "kiosk", .roles = ROLE_PLATFORM, .town = "310106101"},
    {.name = "app", .tokens = {tokens, 2, 0}, .roles = ROLE_UNIT, .unit = "housing"},
    {.name = "boss", .has_uid = true, .uid = 1002, .roles = ROLE_ADMIN},
};
static const principal_list list = {rows, sizeof rows / sizeof rows[0], 0, 1};

static struct principal peer(unsigned uid, unsigned gid) {
	struct principal who;
	access_identify(&(struct net_peer){.local = true, .uid = uid, .gid = gid}, &list, &who);
	return who;
}

static void a_peer_is_its_user_else_its_group(void **state) {
	(void)state;
	assert_string_equal(peer(1001, 100).name, "zhang");
	assert_string_equal(peer(2000, 100).name, "office");
	assert_string_equal(peer(2000, 200).name, "uid:2000");
	assert_int_equal(peer(2000, 200).roles, 0);
	assert_int_equal(peer(1002, 0).roles, ROLES_ALL);
	assert_int_equal(peer(0, 0).roles, ROLES_ALL);
	assert_int_equal(peer(geteuid(), 7).roles, ROLES_ALL);
}

static void over_tcp_it_is_the_listeners_name(void **state) {
	(void)state;
	struct principal who;
	access_identify(&(struct net_peer){.listener_name = "kiosk"}, &list, &who);
	assert_int_equal(who.roles, ROLE_PLATFORM);
	assert_true(access_serves(&who, "310106101"));
	assert_false(access_serves(&who, "310106102"));
	/* uid and gid are 0 there, and mean nothing. */
	access_identify(&(struct net_peer){.listener_name = "stranger"}, &list, &who);
	assert_string_equal(who.name, "stranger");
	assert_int_equal(who.roles, 0);
}

static void a_token_is_both_halves(void **state) {
	(void)state;
	struct principal who;
	struct err e = {0};
	assert_true(access_by_token("one.secret", &list, &who, &e));
	assert_string_equal(who.name, "app");
	assert_string_equal(who.unit, "housing");
	assert_true(access_by_token("two.secret", &list, &who, &e));
	static const char *const wrong[] = {"",        "one",      "one.",    "one.Secret", "one.secret ", "three.secret", "on.secret",
	                                    ".secret", "onesecret", "secret",  "one..secret"};
	struct err first = {0};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct err why = {0};
		assert_false(access_by_token(wrong[i], &list, &who, &why));
		assert_int_equal(who.roles, 0);
		assert_int_equal(why.code, E_UNAUTHENTICATED);
		if (i == 0)
			first = why;
		assert_string_equal(why.text, first.text);
	}
	char longest[300];
	memset(longest, 'x', sizeof longest);
	memcpy(longest + 200, ".secret", sizeof ".secret");
	assert_false(access_by_token(longest, &list, &who, &e));
}

static void a_reload_looks_again(void **state) {
	(void)state;
	struct principal by_token, by_uid = peer(1001, 100);
	struct err e = {0};
	assert_true(access_by_token("one.secret", &list, &by_token, &e));
	const struct net_peer us = {.local = true, .uid = 1001, .gid = 100};
	struct token left[] = {{"two", SECRET}};
	struct principal_row fewer[] = {{.name = "app", .tokens = {left, 1, 0}, .roles = ROLE_UNIT, .unit = "works"},
	                                {.name = "zhang", .has_uid = true, .uid = 1001, .roles = ROLE_AUDITOR}};
	const principal_list next = {fewer, 2, 0, 2};
	access_renew(&by_token, &us, &list);
	assert_int_equal(by_token.roles, ROLE_UNIT);
	access_renew(&by_token, &us, &next);
	assert_int_equal(by_token.roles, 0); /* its own token is gone; that of the same secret is another one */
	access_renew(&by_uid, &us, &next);
	assert_int_equal(by_uid.roles, ROLE_AUDITOR);
	assert_true(access_by_token("two.secret", &list, &by_token, &e));
	access_renew(&by_token, &us, &next);
	assert_string_equal(by_token.unit, "works");
}

static void words_mean_types(void **state) {
	(void)state;
	struct arena a;
	struct strs types = {0};
	const char *nearest = NULL;
	arena_init(&a);
	assert_true(event_types_add("case.submitted", &types, &a, &nearest));
	assert_int_equal(types.n, 1);
	assert_true(event_types_add("clock.*", &types, &a, &nearest));
	assert_true(strs_has(&types, "clock.breached") && strs_has(&types, "clock.moved") && !strs_has(&types, "case.closed"));
	assert_false(event_types_add("clock", &types, &a, &nearest));
	assert_false(event_types_add("*", &types, &a, &nearest));
	assert_false(event_types_add(".*", &types, &a, &nearest));
	assert_false(event_types_add("task.acepted", &types, &a, &nearest));
	assert_string_equal(nearest, "task.accepted");
	for (size_t i = 0; event_type_at(i); i++)
		for (size_t k = i + 1; event_type_at(k); k++)
			assert_string_not_equal(event_type_at(i), event_type_at(k));
	arena_fini(&a);
}

static void names_of_notices(void **state) {
	(void)state;
	struct notice_name name = {0};
	assert_true(notice_name_parse("4711-2", &name));
	assert_int_equal(name.seq, 4711);
	assert_int_equal(name.n, 2);
	assert_true(notice_name_parse("9223372036854775807-0", &name));
	static const char *const wrong[] = {"", "4711", "4711-", "-1", "0-1", "4711-x", "4711-1x", "4711--1", " 4711-1", "+1-1",
	                                    "9223372036854775808-1", "1-2147483648", "1- 1", "1-1-1"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(notice_name_parse(wrong[i], &name));
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_peer_is_its_user_else_its_group), cmocka_unit_test(over_tcp_it_is_the_listeners_name),
	    cmocka_unit_test(a_token_is_both_halves),            cmocka_unit_test(a_reload_looks_again),
	    cmocka_unit_test(words_mean_types),                  cmocka_unit_test(names_of_notices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
