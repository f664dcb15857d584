/* fuzz_yaml: any bytes are read or refused with a place, and printing the faults holds. */
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/strbuf.h"
#include "daemon/base/yaml.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_depth(const struct yaml_node *n, int depth) {
	CHECK(depth <= LIMIT_YAML_DEPTH);
	CHECK(n->line >= 1 && n->col >= 1);
	if (n->kind == YAML_SCALAR)
		CHECK(n->text != NULL);
	for (const struct yaml_node *c = n->child; c; c = c->next) {
		CHECK((n->kind == YAML_MAP) == (c->key != NULL));
		check_depth(c, depth + 1);
	}
}

static const char *text_of(const char *file, void *ctx) {
	(void)file;
	return ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct arena nodes, fault_arena;
	struct faults faults;
	struct yaml_node *root;
	struct strbuf out;
	char *text = malloc(size + 1);
	CHECK(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	arena_init(&nodes);
	arena_init(&fault_arena);
	strbuf_init(&out);
	faults_init(&faults, &fault_arena);
	const bool good = yaml_read("f.yaml", text, size, &nodes, &root, &faults);
	CHECK(good == (faults.total == 0));
	if (good)
		check_depth(root, 0);
	faults_print(&faults, text_of, text, &out);
	strbuf_fini(&out);
	arena_fini(&fault_arena);
	arena_fini(&nodes);
	free(text);
	return 0;
}
