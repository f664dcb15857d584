/* check_dir: reads, loads, tests and lints a folder, and prints what it found. */
#include "daemon/rules/check_dir.h"

#include "daemon/base/yaml.h"
#include "daemon/rules/lint.h"
#include "daemon/rules/pack.h"

#include <string.h>

static const char *text_of(const char *file, void *ctx) {
	const struct pack_source *s = ctx;
	for (size_t i = 0; i < s->files.n; i++)
		if (strcmp(s->files.v[i].name, file) == 0)
			return s->files.v[i].text;
	return NULL;
}

static void print_summary(const struct pack *p, struct strbuf *out) {
	const struct town *t = pack_town(p);
	strbuf_printf(out, "ok: %s %s: %zu rules, %zu tests\n", t->code, t->zh, pack_rules(p), pack_tests(p));
}

bool rules_check_dir(const char *dir, struct strbuf *out) {
	struct pack_source source;
	struct faults faults;
	struct arena arena;
	struct pack *p;
	struct err e;
	if (!pack_source_read(dir, &source, &e)) {
		strbuf_printf(out, "%s\n", e.text);
		return false;
	}
	arena_init(&arena);
	faults_init(&faults, &arena);
	const bool good = pack_load(&source, zone_load_file, false, &faults, &p);
	if (good)
		pack_lint(p, &faults);
	faults_print(&faults, text_of, &source, out);
	if (good)
		print_summary(p, out);
	pack_unref(&p);
	arena_fini(&arena);
	pack_source_fini(&source);
	return good;
}
