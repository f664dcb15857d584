/* page_checks: what every page must keep to, whatever is on it. */
#ifndef TESTS_UNIT_REPORTS_PAGE_CHECKS_H
#define TESTS_UNIT_REPORTS_PAGE_CHECKS_H

#include "daemon/base/arena.h"
#include "daemon/reports/chars.h"
#include "daemon/reports/plain.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static inline int arena_up(void **state) {
	(void)state;
	arena_init(&arena);
	return 0;
}

static inline int arena_down(void **state) {
	(void)state;
	arena_fini(&arena);
	return 0;
}

/* What others may have put into a name. */
static const char evil[] = "\"><script>alert(1)</script>&amp;'=cmd|' /C calc'!A0\r\nBcc: x@y\xe2\x80\xae\xc2\x85\xff";

static inline const char *long_name(void) {
	struct strbuf out;
	strbuf_init(&out);
	for (int i = 0; i < 500; i++)
		strbuf_adds(&out, i % 3 ? "彭浦新村" : "Village ");
	const char *name = arena_strdup(&arena, out.data);
	strbuf_fini(&out);
	return name;
}

static inline void assert_has(const char *page, const char *what) {
	if (!strstr(page, what))
		fail_msg("no `%s` in:\n%s", what, page);
}

static inline void assert_lacks(const char *page, const char *what) {
	if (strcasestr(page, what))
		fail_msg("`%s` in:\n%.300s", what, strcasestr(page, what));
}

/* ---- Text ---- */

/* Every line fits, none ends in a space, and the lines of tables are of one width. */
static inline void assert_laid_out(const char *text) {
	bool table = false;
	for (const char *line = text; *line;) {
		const char *end = strchr(line, '\n');
		assert_non_null(end);
		const char *one = arena_strndup(&arena, line, (size_t)(end - line));
		const size_t width = chars_width(one);
		if (width > PLAIN_COLUMNS)
			fail_msg("%zu columns: %s", width, one);
		if (end > line && (end[-1] == ' ' || end[-1] == '\t'))
			fail_msg("a space at the end: %s", one);
		if ((*one == '|' || *one == '+') && width != PLAIN_COLUMNS)
			fail_msg("%zu columns in a table: %s", width, one);
		for (const char *p = one; *p; p++)
			assert_false(iscntrl((unsigned char)*p) && !(*p & 0x80));
		table = table || *one == '|';
		line = end + 1;
	}
	assert_true(table);
}

/* ---- HTML ---- */

static inline bool is_void(const char *name) {
	static const char *const voids[] = {"meta", "br", "col"};
	for (size_t i = 0; i < sizeof voids / sizeof voids[0]; i++)
		if (strcmp(name, voids[i]) == 0)
			return true;
	return false;
}

/* Every tag is closed in its order, and `<`, `>` and `&` stand for nothing else. */
static inline void assert_balanced(const char *html) {
	char open[32][16];
	size_t depth = 0;
	for (const char *p = html; (p = strpbrk(p, "<>&")); p++) {
		if (*p == '&') {
			assert_true(p[1 + strspn(p + 1, "#abcdefghijklmnopqrstuvwxyz0123456789")] == ';');
			continue;
		}
		assert_int_equal(*p, '<');
		const char *end = strchr(p, '>');
		assert_non_null(end);
		char name[16] = "";
		(void)sscanf(p + 1 + (p[1] == '/'), "%15[a-z0-9]", name);
		if (p[1] == '/') {
			assert_true(depth > 0);
			assert_string_equal(open[--depth], name);
		} else if (p[1] != '!' && !is_void(name) && end[-1] != '/') {
			assert_true(*name && depth < 32);
			(void)snprintf(open[depth++], sizeof open[0], "%s", name);
		}
		p = end;
	}
	assert_int_equal(depth, 0);
}

/* No attribute that runs something: onload= and its like. */
static inline void assert_no_handlers(const char *html) {
	for (const char *tag = html; (tag = strchr(tag, '<')); tag++) {
		const char *end = strchr(tag, '>');
		const char *inside = arena_strndup(&arena, tag, (size_t)(end - tag));
		for (const char *p = inside; (p = strcasestr(p, " on")); p++)
			if (isalpha((unsigned char)p[3]))
				fail_msg("%s", inside);
	}
}

/* Nothing runs, nothing is fetched, nothing hides. `never`: what this kind of page hasn't either; NULL at its end. */
static inline void assert_safe_html(const char *html, const char *const *never) {
	static const char *const nowhere[] = {"<script", "http",    "data:", "url(",         "<link",         "javascript",
	                                      "@import", "<iframe", "<img",  "\xe2\x80\xae", "\r",            "\nBcc"};
	for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++)
		assert_lacks(html, nowhere[i]);
	for (; *never; never++)
		assert_lacks(html, *never);
	assert_no_handlers(html);
	assert_balanced(html);
}

static inline const char *without_tags(const char *html) {
	struct strbuf out;
	strbuf_init(&out);
	for (const char *p = html; *p; p += *p == '>') {
		if (*p == '<')
			p = strchr(p, '>');
		else
			strbuf_addc(&out, *p++);
	}
	const char *text = arena_strdup(&arena, out.data);
	strbuf_fini(&out);
	return text;
}

#endif
