/* test_vectors: every vector of tests/tables/clocks, and the examples that docs/clocks.md takes from them. */
#include "tests/unit/cases/fixture.h"

#include "daemon/base/yaml.h"
#include "daemon/cases/clocks.h"

#include <dirent.h>

struct table {
	const char *file;
	struct calendar_set calendars;
	const struct yaml_node *vectors;
};

static LIST_OF(struct table) tables;
static struct faults faults;

static const char *text_of(const struct yaml_node *map, const char *key) {
	const struct yaml_node *n = yaml_get(map, key);
	if (n && n->kind != YAML_SCALAR)
		fail_msg("line %d: %s is no text", n->line, key);
	return n ? n->text : NULL;
}

static const char *text_needed(const struct yaml_node *map, const char *key) {
	const char *text = text_of(map, key);
	if (!text)
		fail_msg("line %d: no %s", map->line, key);
	return text;
}

static const struct yaml_node *first_of(const struct yaml_node *map, const char *key) {
	const struct yaml_node *n = yaml_get(map, key);
	return n ? n->child : NULL;
}

/* "mon-fri", "sat" */
static void week_days(const char *text, int *first, int *last) {
	static const char names[] = "montuewedthufrisatsun";
	char from[4] = "", to[4] = "";
	const int n = sscanf(text, "%3[a-z]-%3[a-z]", from, to);
	const char *f = strstr(names, from), *t = strstr(names, n == 2 ? to : from);
	if (n < 1 || !f || !t)
		fail_msg("no days of a week: %s", text);
	*first = (int)(f - names) / 3;
	*last = (int)(t - names) / 3;
}

/* "2026-10-01", "2026-10-01..2026-10-07" */
static void day_range(const char *text, int32_t *first, int32_t *last) {
	const char *dots = strstr(text, "..");
	*first = date(arena_strndup(&fx.arena, text, dots ? (size_t)(dots - text) : strlen(text)));
	*last = dots ? date(dots + 2) : *first;
}

static interval_list hours_of(const struct yaml_node *list) {
	interval_list out = {0};
	for (const struct yaml_node *n = list->child; n; n = n->next)
		*LIST_ADD(&out, &fx.arena) = interval_of(n->text);
	return out;
}

static int by_day(const void *a, const void *b) {
	const struct day_override *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

static void add_override(struct calendar *c, int32_t day, interval_list list) {
	for (size_t i = 0; i < c->overrides.n; i++)
		assert_int_not_equal(c->overrides.v[i].day, day);
	*LIST_ADD(&c->overrides, &fx.arena) = (struct day_override){.day = day, .hours = list};
}

static void read_days(const struct yaml_node *map, struct calendar *c) {
	for (const struct yaml_node *n = first_of(map, "closed"); n; n = n->next) {
		int32_t day, last;
		for (day_range(n->text, &day, &last); day <= last; day++)
			add_override(c, day, (interval_list){0});
	}
	const struct yaml_node *makeup = yaml_get(map, "makeup");
	if (makeup) {
		int weekday, last;
		week_days(text_needed(makeup, "weekday"), &weekday, &last);
		for (const struct yaml_node *n = first_of(makeup, "days"); n; n = n->next)
			add_override(c, date(n->text), c->week[weekday]);
	}
	for (const struct yaml_node *n = first_of(map, "hours"); n; n = n->next)
		add_override(c, date(n->key), hours_of(n));
	if (c->overrides.n > 0)
		qsort(c->overrides.v, c->overrides.n, sizeof *c->overrides.v, by_day);
}

static struct calendar *read_calendar(const struct yaml_node *map, const struct zone *zone, const char *file) {
	static const char *const keys[] = {"wd", "day_hours", "published", "week", "closed", "makeup", "hours", NULL};
	yaml_known_keys(map, keys, file, &faults);
	struct calendar *c = arena_new(&fx.arena, struct calendar);
	c->id = map->key;
	c->zone = zone;
	c->reading = strcmp(text_needed(map, "wd"), "rolling") == 0 ? WD_ROLLING : WD_END_OF_DAY;
	int hours_n = 0, minutes_n = 0;
	assert_true(sscanf(text_needed(map, "day_hours"), "%dh%dmin", &hours_n, &minutes_n) >= 1);
	c->day_hours_us = hours_n * HOUR_US + minutes_n * MINUTE_US;
	c->known_from_day = INT32_MIN;
	c->known_until_day = INT32_MAX;
	if (text_of(map, "published"))
		day_range(text_of(map, "published"), &c->known_from_day, &c->known_until_day);
	for (const struct yaml_node *n = first_of(map, "week"); n; n = n->next) {
		int day, last;
		for (week_days(n->key, &day, &last); day <= last; day++)
			c->week[day] = hours_of(n);
	}
	read_days(map, c);
	return c;
}

static void read_table(const char *dir, const char *name) {
	size_t n;
	const struct yaml_node *root;
	const char *text = file_bytes(arena_printf(&fx.arena, "%s/%s", dir, name), &n);
	struct yaml_node *parsed = NULL;
	if (!yaml_read(name, text, n, &fx.arena, &parsed, &faults))
		fail_msg("%s:%d: %s", name, faults.list.v[0].line, faults.list.v[0].message);
	root = parsed;
	struct table *t = LIST_ADD(&tables, &fx.arena);
	t->file = arena_strdup(&fx.arena, name);
	t->calendars.zone = zone_named(text_needed(root, "zone"));
	t->vectors = yaml_get(root, "vectors");
	for (const struct yaml_node *c = first_of(root, "calendars"); c; c = c->next)
		*LIST_ADD(&t->calendars.list, &fx.arena) = read_calendar(c, t->calendars.zone, name);
}

static int read_tables(void **state) {
	fixture_setup(state);
	faults_init(&faults, &fx.arena);
	const char *dir = SOURCE_DIR "/tests/tables/clocks";
	DIR *d = opendir(dir);
	assert_non_null(d);
	for (const struct dirent *f = readdir(d); f; f = readdir(d)) {
		const char *dot = strrchr(f->d_name, '.');
		if (dot && strcmp(dot, ".yaml") == 0)
			read_table(dir, f->d_name);
	}
	closedir(d);
	return 0;
}

static void read_pair(const char *text, int64_t *from_us, int64_t *to_us) {
	const char *slash = strchr(text, '/');
	assert_non_null(slash);
	*from_us = at(arena_strndup(&fx.arena, text, (size_t)(slash - text)));
	*to_us = at(slash + 1);
}

static struct clock clock_of(const struct table *t, const struct yaml_node *v) {
	struct err e = {0};
	struct clock c = {.name = "handle", .limit = limit_of(text_needed(v, "limit")), .calendar = text_of(v, "calendar")};
	if (!clock_start(&c, &t->calendars, at(text_needed(v, "start")), &e))
		fail_msg("%s: %s", text_needed(v, "name"), e.text);
	for (long n = strtol(text_of(v, "extended") ? text_of(v, "extended") : "0", NULL, 10); n > 0; n--)
		assert_true(clock_extend(&c, &t->calendars, &e));
	for (const struct yaml_node *p = first_of(v, "pauses"); p; p = p->next) {
		int64_t from_us, to_us;
		read_pair(p->text, &from_us, &to_us);
		clock_pause(&c, &t->calendars, from_us);
		assert_true(clock_resume(&c, &t->calendars, to_us, &e));
	}
	return c;
}

/* The pieces are those listed, they add up to what was left, and the clock agrees that nothing is left at their end. */
static void check_segments(const struct table *t, const struct yaml_node *v, const struct clock *c) {
	segment_list segs = {0};
	assert_true(clock_segments(c, &t->calendars, &fx.arena, &segs));
	int64_t sum_us = 0;
	for (size_t i = 0; i < segs.n; i++)
		sum_us += segs.v[i].to_us - segs.v[i].from_us;
	if (c->due_at_us > c->resumed_at_us) {
		assert_true(sum_us == clock_remaining_us(c, &t->calendars, c->resumed_at_us));
		assert_true(clock_remaining_us(c, &t->calendars, c->due_at_us) == 0);
		assert_true(clock_remaining_us(c, &t->calendars, c->due_at_us - 1) == 1);
	}
	const struct yaml_node *n = first_of(v, "segments");
	for (size_t i = 0; n; n = n->next, i++) {
		int64_t from_us, to_us;
		read_pair(n->text, &from_us, &to_us);
		assert_true(i < segs.n && (n->next || i + 1 == segs.n));
		assert_true(segs.v[i].from_us == from_us && segs.v[i].to_us == to_us);
	}
}

static void check_vector(const struct table *t, const struct yaml_node *v) {
	static const char *const keys[] = {"name",     "calendar", "limit",    "start", "due", "provisional",
	                                   "segments", "pauses",   "extended", "why",   NULL};
	yaml_known_keys(v, keys, t->file, &faults);
	const struct clock c = clock_of(t, v);
	const char *provisional = text_of(v, "provisional");
	char got[RFC3339_BYTES];
	if (c.due_at_us != at(text_needed(v, "due")))
		fail_msg("%s: %s: due %s, expected %s (%s)", t->file, text_needed(v, "name"),
		         rfc3339_format(c.due_at_us, zone_offset_s(t->calendars.zone, c.due_at_us), got), text_needed(v, "due"),
		         text_needed(v, "why"));
	if (c.provisional != (provisional && strcmp(provisional, "true") == 0))
		fail_msg("%s: %s: provisional %d", t->file, text_needed(v, "name"), c.provisional);
	assert_false(clock_overdue(&c, c.due_at_us, NULL));
	assert_true(clock_overdue(&c, c.due_at_us + 1, NULL));
	check_segments(t, v, &c);
}

static void every_vector_comes_out(void **state) {
	(void)state;
	int n = 0;
	for (size_t i = 0; i < tables.n; i++)
		for (const struct yaml_node *v = tables.v[i].vectors->child; v; v = v->next, n++)
			check_vector(&tables.v[i], v);
	for (size_t i = 0; i < faults.list.n; i++)
		fail_msg("%s:%d: %s", faults.list.v[i].file, faults.list.v[i].line, faults.list.v[i].message);
	assert_true(n >= 60);
}

static const struct yaml_node *vector_named(const char *name, const struct table **table) {
	for (size_t i = 0; i < tables.n; i++) {
		*table = &tables.v[i];
		for (const struct yaml_node *v = tables.v[i].vectors->child; v; v = v->next)
			if (strcmp(text_needed(v, "name"), name) == 0)
				return v;
	}
	return NULL;
}

/* "Mon 2026-11-23 10:00", as the page writes instants */
static const char *for_people(const struct zone *z, int64_t at_us) {
	static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	int32_t day;
	int64_t of_day_us;
	zone_local(z, at_us, &day, &of_day_us);
	const struct civil_date d = civil_from_day(day);
	return arena_printf(&fx.arena, "%s %04d-%02d-%02d %02d:%02d", weekdays[civil_weekday(day)], (int)d.year, (int)d.month,
	                    (int)d.day, (int)(of_day_us / HOUR_US), (int)(of_day_us % HOUR_US / MINUTE_US));
}

/* A row of the page's tables: | `name` | `limit` | start | due | ... */
static bool check_row(const char *line) {
	char name[100], limit[40], start[60], due[60];
	if (sscanf(line, "| `%99[^`]` | `%39[^`]` | %59[^|]| %59[^|]|", name, limit, start, due) != 4)
		return false;
	const struct table *t;
	const struct yaml_node *v = vector_named(name, &t);
	if (!v)
		fail_msg("the page names %s, which is no vector", name);
	const char *row = arena_printf(&fx.arena, "| `%s` | `%s` | %s | %s |", name, text_needed(v, "limit"),
	                               for_people(t->calendars.zone, at(text_needed(v, "start"))),
	                               for_people(t->calendars.zone, at(text_needed(v, "due"))));
	if (strncmp(line, row, strlen(row)) != 0)
		fail_msg("the page says\n%sbut the vector is\n%s", line, row);
	return true;
}

static void the_page_shows_vectors_as_they_are(void **state) {
	(void)state;
	FILE *f = fopen(SOURCE_DIR "/docs/clocks.md", "r");
	assert_non_null(f);
	char line[1000];
	int n = 0;
	while (fgets(line, sizeof line, f))
		n += check_row(line);
	assert_int_equal(fclose(f), 0);
	assert_true(n >= 20);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_vector_comes_out),
	    cmocka_unit_test(the_page_shows_vectors_as_they_are),
	};
	return cmocka_run_group_tests(tests, read_tables, fixture_teardown);
}
