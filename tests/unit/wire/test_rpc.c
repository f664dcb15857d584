/* test_rpc: lines that are requests, lines that aren't, and what goes back. */
#include "daemon/wire/rpc.h"

#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static struct rpc_message message;
static struct err why;

static int setup(void **state) {
	(void)state;
	arena_init(&arena);
	message = (struct rpc_message){0};
	return 0;
}

static int teardown(void **state) {
	(void)state;
	rpc_message_fini(&message);
	arena_fini(&arena);
	return 0;
}

static bool read_line(const char *line) {
	rpc_message_fini(&message);
	why = (struct err){0};
	return rpc_read(line, strlen(line), &arena, &message, &why);
}

static const struct rpc_request *read_one(const char *line) {
	assert_true(read_line(line));
	assert_false(message.batch);
	assert_int_equal(message.n, 1);
	return &message.requests[0];
}

static void test_request(void **state) {
	(void)state;
	const struct rpc_request *r =
	    read_one("{\"jsonrpc\":\"2.0\",\"method\":\"case.get\",\"params\":{\"case\":7},\"id\":\"a\"}");
	assert_int_equal(r->fault.code, E_NONE);
	assert_false(r->notification);
	assert_string_equal(r->method, "case.get");
	assert_string_equal(json_object_get_string(r->id), "a");
	assert_int_equal(json_object_object_length(r->params), 1);
	r = read_one("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":null,\"id\":null,\"other\":1}");
	assert_int_equal(r->fault.code, E_NONE);
	assert_false(r->notification);
	assert_null(r->id);
	assert_null(r->params);
	r = read_one("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[1,2]}");
	assert_true(r->notification);
	assert_int_equal(json_object_array_length(r->params), 2);
}

static void check_fault(const char *line, enum err_code code, bool notification, const char *words) {
	const struct rpc_request *r = read_one(line);
	assert_int_equal(r->fault.code, code);
	assert_int_equal(r->notification, notification);
	if (!strstr(r->fault.text, words))
		fail_msg("%s: says \"%s\"", line, r->fault.text);
}

static void test_faulty_requests(void **state) {
	(void)state;
	check_fault("{\"jsonrpc\":\"2.0\",\"method\":1,\"params\":\"bar\"}", E_INVALID_REQUEST, false, "method");
	check_fault("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":\"bar\"}", E_INVALID_REQUEST, false, "params");
	check_fault("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":7,\"id\":1}", E_INVALID_REQUEST, false, "params");
	check_fault("{\"jsonrpc\":\"1.0\",\"method\":\"m\",\"id\":1}", E_INVALID_REQUEST, false, "jsonrpc");
	check_fault("{\"jsonrpc\":2.0,\"method\":\"m\",\"id\":1}", E_INVALID_REQUEST, false, "jsonrpc");
	check_fault("{\"method\":\"m\",\"id\":1}", E_INVALID_REQUEST, false, "jsonrpc");
	check_fault("{\"jsonrpc\":\"2.0\",\"id\":1}", E_INVALID_REQUEST, false, "method");
	check_fault("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1.5}", E_INVALID_REQUEST, false, "id");
	check_fault("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1e0}", E_INVALID_REQUEST, false, "id");
	check_fault("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":{}}", E_INVALID_REQUEST, false, "id");
	check_fault("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":true}", E_INVALID_REQUEST, false, "id");
	check_fault("{}", E_INVALID_REQUEST, false, "");
	check_fault("1", E_INVALID_REQUEST, false, "object");
	check_fault("null", E_INVALID_REQUEST, false, "object");
}

static void test_faulty_ids(void **state) {
	(void)state;
	assert_null(read_one("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":{}}")->id);
	assert_null(read_one("{\"foo\":\"boo\"}")->id);
	/* A sound id in an unsound request helps its sender. */
	assert_int_equal(json_object_get_int64(read_one("{\"jsonrpc\":\"2.0\",\"id\":9}")->id), 9);
}

static void test_batch(void **state) {
	(void)state;
	assert_true(read_line("[1,{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":1},{\"jsonrpc\":\"2.0\",\"method\":\"n\"}]"));
	assert_true(message.batch);
	assert_int_equal(message.n, 3);
	assert_int_equal(message.requests[0].fault.code, E_INVALID_REQUEST);
	assert_null(message.requests[0].id);
	assert_int_equal(message.requests[1].fault.code, E_NONE);
	assert_true(message.requests[2].notification);
}

static void check_refused(const char *line, enum err_code code, const char *words) {
	assert_false(read_line(line));
	assert_int_equal(why.code, code);
	assert_non_null(strstr(why.text, words));
}

static void test_refused_lines(void **state) {
	(void)state;
	check_refused("[]", E_INVALID_REQUEST, "at least one");
	check_refused("{\"jsonrpc\":\"2.0\",\"method\":\"foobar,\"params\":\"bar\",\"baz]", E_PARSE, "byte");
	check_refused("", E_PARSE, "byte 1");
	struct strbuf s;
	strbuf_init(&s);
	for (int i = 0; i < LIMIT_BATCH_CALLS; i++)
		strbuf_adds(&s, i ? ",1" : "[1");
	strbuf_adds(&s, "]");
	assert_true(read_line(s.data));
	s.data[s.len - 1] = ',';
	strbuf_adds(&s, "1]");
	check_refused(s.data, E_INVALID_REQUEST, "1001");
	strbuf_fini(&s);
}

/* ---- the specification's examples, where what goes back doesn't depend on a method ---- */

static void answer(struct strbuf *to, const struct rpc_request *r) {
	struct err unknown = {.code = E_METHOD_NOT_FOUND, .text = "there is no such method"};
	if (!r->notification)
		rpc_write_error(to, r->id, &(struct rpc_error){.err = r->fault.code ? &r->fault : &unknown});
}

/* The reply to a line, with data taken out of its errors: the specification's examples have none. */
static void check_reply(const char *line, const char *expected) {
	struct strbuf got;
	strbuf_init(&got);
	if (!read_line(line))
		rpc_write_error(&got, NULL, &(struct rpc_error){.err = &why});
	for (size_t i = 0; i < message.n; i++)
		answer(&got, &message.requests[i]);
	struct strbuf bare;
	strbuf_init(&bare);
	strbuf_adds(&bare, "");
	for (const char *p = got.data; p && *p;) {
		const char *data = strstr(p, ",\"data\":{");
		strbuf_add(&bare, p, data ? (size_t)(data - p) : strlen(p));
		p = data ? strstr(data, "}},\"id\"") + 1 : NULL;
	}
	assert_string_equal(bare.data, expected);
	strbuf_fini(&got);
	strbuf_fini(&bare);
}

#define PARSE_ERROR     "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\"},\"id\":null}"
#define INVALID_REQUEST "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Invalid Request\"},\"id\":null}"
#define NOT_FOUND(id)   "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":" id "}"

static void test_examples(void **state) {
	(void)state;
	check_reply("{\"jsonrpc\": \"2.0\", \"method\": \"foobar\", \"id\": \"1\"}", NOT_FOUND("\"1\""));
	check_reply("{\"jsonrpc\": \"2.0\", \"method\": \"foobar, \"params\": \"bar\", \"baz]", PARSE_ERROR);
	check_reply("{\"jsonrpc\": \"2.0\", \"method\": 1, \"params\": \"bar\"}", INVALID_REQUEST);
	check_reply("[{\"jsonrpc\": \"2.0\", \"method\": \"sum\", \"params\": [1,2,4], \"id\": \"1\"},{\"jsonrpc\": \"2.0\", "
	            "\"method\"]",
	            PARSE_ERROR);
	check_reply("[]", INVALID_REQUEST);
	check_reply("[1]", INVALID_REQUEST);
	check_reply("[1,2,3]", INVALID_REQUEST INVALID_REQUEST INVALID_REQUEST);
	check_reply("{\"jsonrpc\": \"2.0\", \"method\": \"update\", \"params\": {}}", "");
	check_reply("{\"jsonrpc\": \"2.0\", \"method\": \"foobar\"}", "");
	check_reply("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"id\":-9223372036854775808}", NOT_FOUND("-9223372036854775808"));
	check_reply("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"id\":null}", NOT_FOUND("null"));
	check_reply("{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"id\":\"\\\"\\u4f4e\\n\"}", NOT_FOUND("\"\\\"低\\n\""));
}

static void check_written(struct strbuf *got, const char *expected) {
	struct gate_fault fault;
	assert_string_equal(got->data, expected);
	assert_true(gate_check(got->data, got->len, &fault));
	strbuf_fini(got);
}

static void test_written(void **state) {
	(void)state;
	struct strbuf s;
	struct json_object *id = json_object_new_int64(3);
	strbuf_init(&s);
	rpc_write_result(&s, id, "{\"a\":1}trailing", 7);
	check_written(&s, "{\"jsonrpc\":\"2.0\",\"result\":{\"a\":1},\"id\":3}");

	rpc_write_notification(&s, "event", "{\"seq\":1}");
	check_written(&s, "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"seq\":1}}");

	struct err e = {.code = E_CONFLICT, .text = "the case is closed"};
	rpc_write_error(&s, id, &(struct rpc_error){.err = &e, .data = "\"state\":\"closed\",\"allowed\":[]"});
	check_written(&s, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32004,\"message\":\"the case is "
	                  "closed\",\"data\":{\"reason\":\"conflict\","
	                  "\"state\":\"closed\",\"allowed\":[]}},\"id\":3}");

	/* What has no code of its own on the wire is ours to answer for. */
	e.code = E_IO;
	rpc_write_error(&s, NULL, &(struct rpc_error){.err = &e});
	check_written(&s, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32603,\"message\":\"the case is "
	                  "closed\",\"data\":{\"reason\":\"internal\"}},"
	                  "\"id\":null}");
	json_object_put(id);
}

static void test_written_faults(void **state) {
	(void)state;
	struct strbuf s;
	struct faults faults;
	struct err e = {.code = E_INVALID_PARAMS, .text = "two faults"};
	strbuf_init(&s);
	faults_init(&faults, &arena);
	faults_add(&faults, (struct fault){.path = "/params/estat", .code = "unknown", .message = "m", .suggestion = "estate"});
	faults_add(&faults, (struct fault){.file = "units.yaml", .line = 3, .col = 5, .code = "syntax", .message = "n"});
	rpc_write_error(&s, NULL, &(struct rpc_error){.err = &e, .faults = &faults});
	check_written(
	    &s,
	    "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32602,\"message\":\"two faults\",\"data\":{\"reason\":\"invalid_params\","
	    "\"errors\":[{\"path\":\"/params/estat\",\"code\":\"unknown\",\"message\":\"m\",\"suggestion\":\"estate\"},"
	    "{\"file\":\"units.yaml\",\"line\":3,\"col\":5,\"code\":\"syntax\",\"message\":\"n\"}]}},\"id\":null}");
	for (int i = 0; i < LIMIT_FAULTS; i++)
		faults_at(&faults, "/params", "type", "x");
	rpc_write_error(&s, NULL, &(struct rpc_error){.err = &e, .faults = &faults});
	assert_non_null(strstr(s.data, "\"errors_total\":202"));
	strbuf_fini(&s);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_request, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_faulty_requests, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_faulty_ids, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_batch, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_refused_lines, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_examples, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_written, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_written_faults, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
