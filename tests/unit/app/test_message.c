/* test_message: the examples of the JSON-RPC 2.0 specification, literally, through a real socket, against methods of the
 * test's. */
#include "daemon/app/session.h"
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/call/call.h"

#include <openssl/sha.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static int notified;

static int64_t item(const struct call *c, size_t i, const char *name) {
	struct json_object *v = json_object_is_type(c->tree, json_type_array) ? json_object_array_get_idx(c->tree, i)
	                                                                      : json_object_object_get(c->tree, name);
	return json_object_get_int64(v);
}

static enum next subtract(struct call *c) {
	jout_int(&c->out, item(c, 0, "minuend") - item(c, 1, "subtrahend"));
	return NEXT_ANSWER;
}

static enum next sum(struct call *c) {
	int64_t total = 0;
	for (size_t i = 0; i < json_object_array_length(c->tree); i++)
		total += item(c, i, "");
	jout_int(&c->out, total);
	return NEXT_ANSWER;
}

static enum next notify(struct call *c) {
	notified++;
	jout_null(&c->out);
	return NEXT_ANSWER;
}

static enum next get_data(struct call *c) {
	jout_array(&c->out);
	jout_str(&c->out, "hello");
	jout_int(&c->out, 5);
	jout_end_array(&c->out);
	return NEXT_ANSWER;
}

/* A megabyte: 17 of them are more than a batch may answer. */
static enum next big(struct call *c) {
	char *text = arena_alloc(&c->arena, (1 << 20) + 1);
	memset(text, 'x', 1 << 20);
	jout_str(&c->out, text);
	return NEXT_ANSWER;
}

static enum next named_only(struct call *c) {
	jout_null(&c->out);
	return NEXT_ANSWER;
}

#define OPEN_TO_ALL .any_town = true, .before_ready = true
static const struct method_code subtract_code = {OPEN_TO_ALL, .positional = true, .steps = {subtract}};
static const struct method_code sum_code = {OPEN_TO_ALL, .positional = true, .steps = {sum}};
static const struct method_code notify_code = {OPEN_TO_ALL, .positional = true, .steps = {notify}};
static const struct method_code data_code = {OPEN_TO_ALL, .steps = {get_data}};
static const struct method_code big_code = {OPEN_TO_ALL, .steps = {big}};
static const struct method_code named_code = {OPEN_TO_ALL, .steps = {named_only}};
static const struct method table[] = {
    {"subtract", ROLES_ANYONE, &subtract_code, ""}, {"sum", ROLES_ANYONE, &sum_code, ""},
    {"update", ROLES_ANYONE, &notify_code, ""},     {"notify_hello", ROLES_ANYONE, &notify_code, ""},
    {"notify_sum", ROLES_ANYONE, &notify_code, ""}, {"get_data", ROLES_ANYONE, &data_code, ""},
    {"big", ROLES_ANYONE, &big_code, ""},           {"named", ROLES_ANYONE, &named_code, ""},
    {"secret", ROLE_INSPECTOR, &named_code, ""},    {NULL, 0, NULL, NULL},
};

struct fixture {
	struct server sv;
	principal_list principals;
	char path[64], dir[48];
	int fd;
};

static int set_up(void **state) {
	struct fixture *f = calloc(1, sizeof *f);
	(void)snprintf(f->dir, sizeof f->dir, "/tmp/gridd-unit-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->path, sizeof f->path, "unix:%s/s", f->dir);
	struct err e;
	f->sv.base = event_base_new();
	f->sv.methods = table;
	f->sv.principals = &f->principals;
	const struct net_hooks hooks = session_hooks(&f->sv);
	assert_true(net_new(f->sv.base, &hooks, &f->sv.net, &e));
	assert_true(net_listen(f->sv.net, f->path, NULL, false, &e));
	f->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	(void)snprintf(to.sun_path, sizeof to.sun_path, "%s", f->path + 5);
	assert_int_equal(connect(f->fd, (const struct sockaddr *)&to, sizeof to), 0);
	*state = f;
	notified = 0;
	return 0;
}

static int tear_down(void **state) {
	struct fixture *f = *state;
	(void)close(f->fd);
	net_free(&f->sv.net);
	event_base_free(f->sv.base);
	(void)rmdir(f->dir);
	free(f);
	return 0;
}

/* Sends text and a newline, then `end`, a call whose reply marks the end; gives what came before it. The loop and the client
 * share one thread: neither may block. */
static char *exchange(struct fixture *f, const char *text) {
	static const char end[] = "{\"jsonrpc\":\"2.0\",\"method\":\"get_data\",\"id\":\"end\"}\n";
	struct strbuf in, out;
	strbuf_init(&in);
	strbuf_init(&out);
	strbuf_printf(&out, "%s\n%s", text, end);
	size_t sent = 0;
	while (!in.data || !strstr(in.data, "\"id\":\"end\"}\n")) {
		char buf[65536];
		const ssize_t w = sent < out.len ? send(f->fd, out.data + sent, out.len - sent, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
		sent += w > 0 ? (size_t)w : 0;
		assert_true(event_base_loop(f->sv.base, EVLOOP_NONBLOCK) >= 0);
		const ssize_t r = recv(f->fd, buf, sizeof buf, MSG_DONTWAIT);
		assert_true(r != 0);
		if (r > 0)
			strbuf_add(&in, buf, (size_t)r);
	}
	char *mark = strstr(in.data, "{\"jsonrpc\":\"2.0\",\"result\":[\"hello\",5],\"id\":\"end\"}");
	assert_non_null(mark);
	*mark = '\0';
	strbuf_fini(&out);
	return strbuf_take(&in);
}

/* Equal as JSON, but for error.data, which the specification leaves to the server. */
static void drop_data(struct json_object *reply) {
	if (json_object_is_type(reply, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(reply); i++)
			drop_data(json_object_array_get_idx(reply, i));
		return;
	}
	struct json_object *error = json_object_object_get(reply, "error");
	if (error)
		json_object_object_del(error, "data");
}

static void check_example(struct fixture *f, const char *request, const char *expected) {
	char *got = exchange(f, request);
	if (!expected) {
		assert_string_equal(got, "");
		free(got);
		return;
	}
	struct json_object *a = json_tokener_parse(got), *b = json_tokener_parse(expected);
	assert_non_null(a);
	assert_non_null(b);
	drop_data(a);
	if (!json_object_equal(a, b))
		fail_msg("%s\n got %s want %s", request, got, expected);
	json_object_put(a);
	json_object_put(b);
	free(got);
}

#define INVALID "{\"jsonrpc\": \"2.0\", \"error\": {\"code\": -32600, \"message\": \"Invalid Request\"}, \"id\": null}"

static const struct {
	const char *request, *reply;
} examples[] = {
    {"{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": [42, 23], \"id\": 1}",
     "{\"jsonrpc\": \"2.0\", \"result\": 19, \"id\": 1}"},
    {"{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": [23, 42], \"id\": 2}",
     "{\"jsonrpc\": \"2.0\", \"result\": -19, \"id\": 2}"},
    {"{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": {\"subtrahend\": 23, \"minuend\": 42}, \"id\": 3}",
     "{\"jsonrpc\": \"2.0\", \"result\": 19, \"id\": 3}"},
    {"{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": {\"minuend\": 42, \"subtrahend\": 23}, \"id\": 4}",
     "{\"jsonrpc\": \"2.0\", \"result\": 19, \"id\": 4}"},
    {"{\"jsonrpc\": \"2.0\", \"method\": \"update\", \"params\": [1,2,3,4,5]}", NULL},
    {"{\"jsonrpc\": \"2.0\", \"method\": \"foobar\"}", NULL},
    {"{\"jsonrpc\": \"2.0\", \"method\": \"foobar\", \"id\": \"1\"}",
     "{\"jsonrpc\": \"2.0\", \"error\": {\"code\": -32601, \"message\": \"Method not found\"}, \"id\": \"1\"}"},
    {"{\"jsonrpc\": \"2.0\", \"method\": \"foobar, \"params\": \"bar\", \"baz]",
     "{\"jsonrpc\": \"2.0\", \"error\": {\"code\": -32700, \"message\": \"Parse error\"}, \"id\": null}"},
    {"{\"jsonrpc\": \"2.0\", \"method\": 1, \"params\": \"bar\"}", INVALID},
    {"[{\"jsonrpc\": \"2.0\", \"method\": \"sum\", \"params\": [1,2,4], \"id\": \"1\"},{\"jsonrpc\": \"2.0\", \"method\"]",
     "{\"jsonrpc\": \"2.0\", \"error\": {\"code\": -32700, \"message\": \"Parse error\"}, \"id\": null}"},
    {"[]", INVALID},
    {"[1]", "[" INVALID "]"},
    {"[1,2,3]", "[" INVALID "," INVALID "," INVALID "]"},
    {"[{\"jsonrpc\": \"2.0\", \"method\": \"sum\", \"params\": [1,2,4], \"id\": \"1\"},"
     "{\"jsonrpc\": \"2.0\", \"method\": \"notify_hello\", \"params\": [7]},"
     "{\"jsonrpc\": \"2.0\", \"method\": \"subtract\", \"params\": [42,23], \"id\": \"2\"},"
     "{\"foo\": \"boo\"},"
     "{\"jsonrpc\": \"2.0\", \"method\": \"foo.get\", \"params\": {\"name\": \"myself\"}, \"id\": \"5\"},"
     "{\"jsonrpc\": \"2.0\", \"method\": \"get_data\", \"id\": \"9\"}]",
     "[{\"jsonrpc\": \"2.0\", \"result\": 7, \"id\": \"1\"},{\"jsonrpc\": \"2.0\", \"result\": 19, \"id\": \"2\"}," INVALID
     ","
     "{\"jsonrpc\": \"2.0\", \"error\": {\"code\": -32601, \"message\": \"Method not found\"}, \"id\": \"5\"},"
     "{\"jsonrpc\": \"2.0\", \"result\": [\"hello\", 5], \"id\": \"9\"}]"},
    {"[{\"jsonrpc\": \"2.0\", \"method\": \"notify_sum\", \"params\": [1,2,4]},"
     "{\"jsonrpc\": \"2.0\", \"method\": \"notify_hello\", \"params\": [7]}]",
     NULL},
};

static void test_examples(void **state) {
	assert_int_equal(COUNT_OF(examples), 15);
	for (size_t i = 0; i < COUNT_OF(examples); i++)
		check_example(*state, examples[i].request, examples[i].reply);
	assert_int_equal(notified, 4);
}

static void test_positional_params_are_refused(void **state) {
	char *got = exchange(*state, "{\"jsonrpc\":\"2.0\",\"method\":\"named\",\"params\":[1],\"id\":7}");
	assert_non_null(strstr(got, "-32602"));
	assert_non_null(strstr(got, "\"id\":7"));
	free(got);
}

static void test_role_is_asked(void **state) {
	struct fixture *f = *state;
	char *got = exchange(f, "{\"jsonrpc\":\"2.0\",\"method\":\"secret\",\"id\":1}");
	assert_non_null(strstr(got, "\"result\":null")); /* the test's own user is admin */
	free(got);
	struct principal_row row = {.has_uid = true, .uid = geteuid() + 1, .name = "zhang", .roles = ROLE_UNIT};
	f->principals = (principal_list){.v = &row, .n = 1};
	const struct net_peer peer = {.local = true, .uid = geteuid() + 1};
	struct principal who;
	struct err e = {0};
	access_identify(&peer, &f->principals, &who);
	assert_string_equal(who.name, "zhang");
	assert_true(access_allowed(&who, ROLE_UNIT | ROLE_AUDITOR, "x", &e));
	assert_false(access_allowed(&who, ROLE_INSPECTOR, "x", &e));
	assert_int_equal(e.code, E_FORBIDDEN);
	f->principals = (principal_list){0};
	access_identify(&peer, &f->principals, &who);
	assert_false(access_allowed(&who, ROLE_UNIT, "x", &e));
	assert_int_equal(e.code, E_UNAUTHENTICATED);
	assert_true(access_allowed(&who, ROLES_ANYONE, "x", &e));
}

/* A call with a token is made by whom the token names, be the connection whose it may. */
static void test_a_call_may_bring_a_token(void **state) {
	struct fixture *f = *state;
	struct token tokens[1] = {{.id = "crew"}};
	(void)SHA256((const unsigned char *)"hush", 4, tokens[0].sha256);
	struct principal_row row = {.name = "crew", .roles = ROLE_UNIT, .tokens = {tokens, 1, 1}};
	f->principals = (principal_list){.v = &row, .n = 1};
	static const struct {
		const char *auth, *reason;
	} rows[] = {
	    {"\"crew.hush\"", "\"forbidden\""},           /* it is known, and no inspector */
	    {"\"crew.hust\"", "\"unauthenticated\""},
	    {"\"crow.hush\"", "\"unauthenticated\""},
	    {"\"\"", "\"unauthenticated\""},
	    {"null", "\"result\":null"},                /* left out: the connection's own, an admin's */
	    {"7", "\"invalid_params\""},
	};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char line[160];
		(void)snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"method\":\"secret\",\"params\":{\"auth\":%s},\"id\":1}",
		               rows[i].auth);
		char *got = exchange(f, line);
		if (!strstr(got, rows[i].reason))
			fail_msg("auth %s: got %s, want %s", rows[i].auth, got, rows[i].reason);
		assert_null(strstr(got, "hus"));
		free(got);
	}
	f->principals = (principal_list){0};
}

/* Calls past 16 MiB of replies are overloaded; those before it are answered. */
static void test_batch_replies_are_bounded(void **state) {
	struct strbuf batch;
	strbuf_init(&batch);
	for (int i = 0; i < 20; i++)
		strbuf_printf(&batch, "%s{\"jsonrpc\":\"2.0\",\"method\":\"big\",\"id\":%d}", i ? "," : "[", i);
	strbuf_adds(&batch, "]");
	char *got = exchange(*state, batch.data);
	struct json_object *replies = json_tokener_parse(got);
	assert_int_equal(json_object_array_length(replies), 20);
	int answered = 0, overloaded = 0;
	for (size_t i = 0; i < 20; i++) {
		struct json_object *r = json_object_array_get_idx(replies, i);
		struct json_object *error = json_object_object_get(r, "error");
		answered += error == NULL;
		overloaded += error && json_object_get_int(json_object_object_get(error, "code")) == -32005;
		assert_int_equal(json_object_get_int64(json_object_object_get(r, "id")), i);
	}
	assert_int_equal(answered, 15);
	assert_int_equal(overloaded, 5);
	json_object_put(replies);
	strbuf_fini(&batch);
	free(got);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_examples, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_positional_params_are_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_role_is_asked, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_call_may_bring_a_token, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_batch_replies_are_bounded, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
