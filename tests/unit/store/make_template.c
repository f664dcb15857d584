/* make_template: makes a cluster in the folder that it is told, up to the schema; the tests of this room begin with a copy of it. */
#include "fixture.h"

static const char *folder;

static void made(void **state) {
	(void)state;
	assert_int_equal(fixture_up(NULL), 0);
	embedded_stop(&fixture.pg);
	fixture_clear(folder);
	assert_int_equal(mkdir(folder, 0755), 0);
	fixture_copy(fixture.dir, folder);
	fixture_clear(fixture.dir);
}

int main(int argc, char **argv) {
	const struct CMUnitTest tests[] = {cmocka_unit_test(made)};
	folder = argc == 2 ? argv[1] : NULL;
	return folder ? cmocka_run_group_tests(tests, NULL, NULL) : 2;
}
