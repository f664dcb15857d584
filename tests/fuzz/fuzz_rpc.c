/* fuzz_rpc: every line gives requests or a refusal, and every reply to it is a line of strict JSON. */
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/wire/rpc.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void check_reply(struct strbuf *reply) {
	struct gate_fault why;
	CHECK(gate_check(reply->data, reply->len, &why));
	CHECK(memchr(reply->data, '\n', reply->len) == NULL);
	strbuf_fini(reply);
}

static void check_request(const struct rpc_request *r) {
	struct strbuf reply;
	strbuf_init(&reply);
	CHECK(!r->params || json_object_is_type(r->params, json_type_object));
	if (r->fault.code == E_NONE) {
		CHECK(r->method != NULL);
		rpc_write_result(&reply, r->id, "{}", 2);
	} else {
		rpc_write_error(&reply, r->id, &(struct rpc_error){.err = &r->fault});
	}
	check_reply(&reply);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n) {
	struct arena arena;
	struct rpc_message message;
	struct err why = {0};
	arena_init(&arena);
	if (rpc_read((const char *)data, n, &arena, &message, &why)) {
		CHECK(message.n > 0 && message.n <= LIMIT_BATCH_CALLS);
		for (size_t i = 0; i < message.n; i++)
			check_request(&message.requests[i]);
	} else {
		struct strbuf reply;
		strbuf_init(&reply);
		CHECK(why.code == E_PARSE || why.code == E_INVALID_REQUEST);
		rpc_write_error(&reply, NULL, &(struct rpc_error){.err = &why});
		check_reply(&reply);
	}
	rpc_message_fini(&message);
	arena_fini(&arena);
	return 0;
}
