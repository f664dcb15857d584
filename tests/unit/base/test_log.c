/* test_log: one line each, nothing in a value can break it. */
#include "daemon/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char text[4096];

/* Runs `write` with stderr going into `text`. */
static void capture(void (*write_lines)(void)) {
	int ends[2];
	const int kept = dup(STDERR_FILENO);
	assert_true(kept >= 0);
	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	write_lines();
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	(void)close(kept);
	(void)close(ends[1]);
	const ssize_t n = read(ends[0], text, sizeof text - 1);
	(void)close(ends[0]);
	text[n < 0 ? 0 : n] = '\0';
}

/* The line without its time, which is checked for shape. */
static const char *without_time(void) {
	assert_true(strlen(text) > 28);
	assert_int_equal(text[10], 'T');
	const char *space = strchr(text, ' ');
	assert_non_null(space);
	return space + 1;
}

static void write_values(void) {
	log_info("case.stored", "case", "7", "none", NULL, "empty", "", "words", "a b", "quote", "a\"b\\", "line", "a\nb\x7f",
	         "zh", "低洼");
}

static void test_values(void **state) {
	(void)state;
	capture(write_values);
	assert_string_equal(
	    without_time(),
	    "info case.stored case=7 none=- empty=\"\" words=\"a b\" quote=\"a\\\"b\\\\\" line=a\\x0ab\\x7f zh=低洼\n");
}

static void write_levels(void) {
	log_debug("a");
	log_set_level(LOG_ERROR);
	log_warn("b");
	log_fmt(LOG_WARN, "c", "n", "%d", 1);
	log_error("d");
	log_set_level(LOG_INFO);
}

static void test_levels(void **state) {
	(void)state;
	capture(write_levels);
	assert_string_equal(without_time(), "error d\n");
}

static void write_format(void) { log_fmt(LOG_WARN, "clock.jump", "seconds", "%.1f s", 2.5); }

static void test_format(void **state) {
	(void)state;
	capture(write_format);
	assert_string_equal(without_time(), "warn clock.jump seconds=\"2.5 s\"\n");
}

static void test_level_names(void **state) {
	(void)state;
	enum log_level level = LOG_DEBUG;
	assert_true(log_level_parse("WARN", &level));
	assert_int_equal(level, LOG_WARN);
	assert_false(log_level_parse("loud", &level));
	assert_int_equal(level, LOG_WARN);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_levels),
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_level_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
