/* trace: requests and how long they took, for a person who asks what gridctl does. */
#include "clients/gridctl/cli/trace.h"

#include "clients/gridctl/term/term.h"
#include "clients/gridctl/term/tree.h"

#include <inttypes.h>
#include <stdio.h>

void trace_request(struct json_object *request) {
	static const char *const secrets[] = {"params.auth", "params.token"};
	struct json_object *copy = NULL;
	struct strbuf safe = {0};
	if (json_object_deep_copy(request, &copy, NULL) != 0)
		return;
	for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
		if (tree_get(copy, secrets[i]))
			tree_put(copy, secrets[i], json_object_new_string("***"));
	safe_add(&safe, json_object_to_json_string_ext(copy, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), SAFE_JSON);
	fprintf(stderr, "> %s\n", safe.data);
	strbuf_fini(&safe);
	json_object_put(copy);
}

void trace_reply(int64_t id, int64_t took_us, size_t bytes) {
	fprintf(stderr, T("< reply %" PRId64 ": %.1f ms, %zu bytes\n", "< 应答 %" PRId64 "：%.1f 毫秒，%zu 字节\n"), id,
	        (double)took_us / 1000, bytes);
}
