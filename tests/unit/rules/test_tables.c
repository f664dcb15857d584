/* test_tables: tests/tables/rules (rules, cases and what must come out) and tests/tables/bad-packs (broken folders and the
 * exact list of their faults). */
#include "tests/unit/rules/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>

#define TABLES SOURCE_DIR "/tests/tables/"

static char *read_whole(const char *path) {
	FILE *f = fopen(path, "rb");
	struct strbuf b;
	size_t n;
	if (!f)
		return NULL;
	strbuf_init(&b);
	do {
		n = fread(strbuf_reserve(&b, 65536), 1, 65536, f);
		b.len += n;
		b.data[b.len] = '\0';
	} while (n > 0);
	(void)fclose(f);
	return strbuf_take(&b);
}

typedef void on_entry(const char *name);

static size_t walk(const char *dir, on_entry *visit) {
	DIR *d = opendir(dir);
	size_t n = 0;
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.' || strcmp(e->d_name, "base") == 0)
			continue;
		visit(e->d_name);
		n++;
	}
	(void)closedir(d);
	return n;
}

/* A table is a file of rules and one of tests in one: the part from `tests:` on is the second. */
static void run_table(const char *name) {
	char path[400];
	struct maker m;
	(void)snprintf(path, sizeof path, TABLES "rules/%s", name);
	char *text = read_whole(path);
	char *tests = text ? strstr(text, "\ntests:\n") : NULL;
	assert_non_null(tests);
	*tests++ = '\0';
	struct pack *p = maker_load(&m, text, tests);
	if (!p) {
		(void)fprintf(stderr, "%s:\n", name);
		maker_complain(&m);
	}
	assert_non_null(p);
	assert_true(pack_tests(p) > 0);
	pack_unref(&p);
	maker_fini(&m);
	free(text);
}

static void tables_hold(void **ctx) {
	(void)ctx;
	assert_true(walk(TABLES "rules", run_table) >= 5);
}

static const char *text_of(const char *file, void *ctx) {
	const struct pack_source *s = ctx;
	for (size_t i = 0; i < s->files.n; i++)
		if (strcmp(s->files.v[i].name, file) == 0)
			return s->files.v[i].text;
	return NULL;
}

/* Replaces or adds a file of the sound pack. */
static void lay_over(struct pack_source *base, const struct pack_file *file) {
	for (size_t i = 0; i < base->files.n; i++)
		if (strcmp(base->files.v[i].name, file->name) == 0) {
			base->files.v[i] = *file;
			return;
		}
	*LIST_ADD(&base->files, &base->arena) = *file;
}

static void take_away(struct pack_source *base, const char *name) {
	for (size_t i = 0; i < base->files.n; i++)
		if (strncmp(base->files.v[i].name, name, strcspn(name, "\n")) == 0)
			base->files.v[i] = base->files.v[--base->files.n];
}

static char *faults_of(struct pack_source *s) {
	struct arena a;
	struct faults faults;
	struct pack *p;
	struct strbuf out;
	arena_init(&a);
	strbuf_init(&out);
	faults_init(&faults, &a);
	const bool good = pack_load(s, zone_load_file, false, &faults, &p);
	assert_int_equal(good, faults.total == 0);
	assert_int_equal(good, p != NULL);
	pack_unref(&p);
	faults_print(&faults, text_of, s, &out);
	arena_fini(&a);
	return strbuf_take(&out);
}

static void run_bad_pack(const char *name) {
	char dir[400], path[450];
	struct pack_source base, changed;
	struct err e;
	(void)snprintf(dir, sizeof dir, TABLES "bad-packs/%s", name);
	assert_true(pack_source_read(TABLES "bad-packs/base", &base, &e));
	assert_true(pack_source_read(dir, &changed, &e));
	for (size_t i = 0; i < changed.files.n; i++)
		lay_over(&base, &changed.files.v[i]);
	(void)snprintf(path, sizeof path, "%s/gone.txt", dir);
	char *gone = read_whole(path);
	if (gone)
		take_away(&base, gone);
	(void)snprintf(path, sizeof path, "%s/expected.txt", dir);
	char *expected = read_whole(path), *got = faults_of(&base);
	assert_non_null(expected);
	if (strcmp(got, expected) != 0)
		(void)fprintf(stderr, "%s: got\n%sexpected\n%s", name, got, expected);
	assert_string_equal(got, expected);
	assert_true(expected[0] != '\0');
	free(gone);
	free(expected);
	free(got);
	pack_source_fini(&base);
	pack_source_fini(&changed);
}

static void bad_packs_say_what_is_wrong(void **ctx) {
	(void)ctx;
	assert_true(walk(TABLES "bad-packs", run_bad_pack) >= 40);
}

static void the_sound_pack_is_sound(void **ctx) {
	(void)ctx;
	struct pack_source base;
	struct err e;
	assert_true(pack_source_read(TABLES "bad-packs/base", &base, &e));
	char *got = faults_of(&base);
	assert_string_equal(got, "");
	free(got);
	pack_source_fini(&base);
}

int main(void) {
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(tables_hold),
	    cmocka_unit_test(bad_packs_say_what_is_wrong),
	    cmocka_unit_test(the_sound_pack_is_sound),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
