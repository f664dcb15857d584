/* fuzz_gate: what the gate lets through, json-c can parse, and its canonical form passes the gate again, unchanged. */
#include "daemon/base/check.h"
#include "daemon/wire/gate.h"
#include "daemon/wire/json_out.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void canonical(const char *text, size_t n, struct strbuf *out) {
	struct gate_fault why;
	struct json_object *tree;
	struct json_out j;
	CHECK(gate_parse(text, n, &tree, &why));
	strbuf_init(out);
	jout_init(&j, out);
	jout_canonical(&j, tree, NULL);
	json_object_put(tree);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n) {
	struct gate_fault why;
	if (!gate_check((const char *)data, n, &why)) {
		CHECK(why.offset <= n && why.text[0] != '\0');
		return 0;
	}
	struct strbuf once, twice;
	canonical((const char *)data, n, &once);
	canonical(once.data, once.len, &twice);
	CHECK(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	strbuf_fini(&once);
	strbuf_fini(&twice);
	return 0;
}
