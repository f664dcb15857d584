/* test_vectors: every vector of tests/tables/clocks, and the examples that docs/clocks.md takes from them. */
#include "tests/unit/cases/fixture.h"

#include "daemon/base/yaml.h"
#include "daemon/cases/decide.h"

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

/* A vector as it is played: one case with its clock, perhaps one beside it, and what has fired so far. */
struct play {
	const struct table *table;
	const struct yaml_node *vector;
	struct case_rec cr;
	struct strs fired;
};

/* "50%", "100%", "+1wd" */
static struct ladder_step step_of(const char *text) {
	struct ladder_step s = {.clock = "handle", .percent = 100, .act = STEP_NOTIFY};
	if (*text == '+')
		s.offset = limit_of(text + 1);
	else
		s.percent = (int32_t)strtol(text, NULL, 10);
	return s;
}

static void add_clock(struct play *p, const char *name, const struct yaml_node *v) {
	struct err e = {0};
	struct clock c = {.name = name, .limit = limit_of(text_needed(v, "limit")), .calendar = text_of(v, "calendar")};
	if (!clock_start(&c, &p->table->calendars, at(text_needed(v, "start")), &e))
		fail_msg("%s: %s", text_needed(p->vector, "name"), e.text);
	for (long n = strtol(text_of(v, "extended") ? text_of(v, "extended") : "0", NULL, 10); n > 0; n--)
		assert_true(clock_extend(&c, &p->table->calendars, &e));
	*LIST_ADD(&p->cr.clocks, &fx.arena) = c;
}

static void play_start(struct play *p, const struct table *t, const struct yaml_node *v) {
	*p = (struct play){.table = t, .vector = v, .cr = {.state = CASE_HANDLING, .changed_at_us = at(text_needed(v, "start"))}};
	add_clock(p, "handle", v);
	if (yaml_get(v, "beside"))
		add_clock(p, "beside", yaml_get(v, "beside"));
	const struct yaml_node *ladder = yaml_get(v, "ladder");
	if (!ladder)
		return;
	p->cr.ladder_holds = text_of(ladder, "hold") && strcmp(text_of(ladder, "hold"), "open") == 0;
	for (const struct yaml_node *s = first_of(ladder, "steps"); s; s = s->next)
		*LIST_ADD(&p->cr.steps, &fx.arena) = step_of(s->text);
}

/* The step as it is written in the vector. */
static const char *name_of(const struct play *p, const struct firing *f) {
	if (f->kind != FIRING_STEP)
		return f->kind == FIRING_BREACH ? "breach" : "corrected";
	const struct yaml_node *s = first_of(yaml_get(p->vector, "ladder"), "steps");
	for (int32_t i = 0; i < f->step; i++)
		s = s->next;
	return s->text;
}

/* All that time does until then, marked as decide() marks it. */
static void play_until(struct play *p, int64_t until_us) {
	struct firing f;
	while (case_next_firing(&p->cr, &p->table->calendars, &f) && f.at_us <= until_us) {
		struct clock *c = &p->cr.clocks.v[f.clock];
		char when[RFC3339_BYTES];
		STRS_ADD(&p->fired, &fx.arena,
		         arena_printf(&fx.arena, "%s%s %s", f.clock ? "beside " : "", name_of(p, &f),
		                      rfc3339_format(f.at_us, zone_offset_s(p->table->calendars.zone, f.at_us), when)));
		if (f.kind == FIRING_STEP)
			c->fired |= INT32_C(1) << f.step;
		else
			c->breached_at_us = f.kind == FIRING_BREACH ? c->due_at_us : NO_TIME;
	}
}

/* "begin/end"; an end that isn't there is NO_TIME. */
static void read_open_pair(const char *text, int64_t *from_us, int64_t *to_us) {
	const char *slash = strchr(text, '/');
	assert_non_null(slash);
	*from_us = at(arena_strndup(&fx.arena, text, (size_t)(slash - text)));
	*to_us = slash[1] ? at(slash + 1) : NO_TIME;
}

static void play_pauses(struct play *p) {
	const struct calendar_set *cals = &p->table->calendars;
	struct clock *c = &p->cr.clocks.v[0];
	struct err e = {0};
	for (const struct yaml_node *n = first_of(p->vector, "pauses"); n; n = n->next) {
		int64_t from_us, to_us;
		read_open_pair(n->text, &from_us, &to_us);
		play_until(p, from_us);
		clock_pause(c, cals, from_us, &fx.arena);
		if (to_us == NO_TIME)
			continue;
		play_until(p, to_us);
		assert_true(clock_resume(c, cals, to_us, &e));
	}
}

static void play_stop(struct play *p) {
	int64_t at_us, entered_us;
	read_open_pair(text_needed(p->vector, "stopped"), &at_us, &entered_us);
	play_until(p, entered_us == NO_TIME ? at_us : entered_us);
	clock_stop(&p->cr.clocks.v[0], at_us);
	p->cr.changed_at_us = at_us;
}

/* By the calendar of another name from now on. */
static void play_recount(struct play *p) {
	const struct yaml_node *n = yaml_get(p->vector, "recounted");
	struct clock *c = &p->cr.clocks.v[0];
	struct calendar_set *set = arena_new(&fx.arena, struct calendar_set);
	struct calendar *other = arena_new(&fx.arena, struct calendar);
	*other = *calendar_find(&p->table->calendars, text_needed(n, "calendar"));
	other->id = c->calendar;
	set->zone = p->table->calendars.zone;
	*LIST_ADD(&set->list, &fx.arena) = other;
	struct table *changed = arena_new(&fx.arena, struct table);
	*changed = (struct table){.file = p->table->file, .calendars = *set};
	p->table = changed;
	bool put_off;
	struct err e = {0};
	assert_true(clock_reckon(c, set, at(text_needed(n, "at")), &put_off, &e));
	const int64_t due_us = c->due_at_us, rounded_us = c->rounded_us;
	assert_true(clock_reckon(c, set, at(text_needed(n, "at")), &put_off, &e));
	assert_true(c->due_at_us == due_us && c->rounded_us == rounded_us); /* a second time nothing moves */
}

static void play(struct play *p) {
	play_pauses(p);
	for (const struct yaml_node *n = first_of(p->vector, "touched"); n; n = n->next) {
		play_until(p, at(n->text));
		p->cr.changed_at_us = at(n->text);
	}
	if (yaml_get(p->vector, "recounted"))
		play_recount(p);
	if (yaml_get(p->vector, "stopped"))
		play_stop(p);
	play_until(p, INT64_MAX);
}

static void check_fires(const struct play *p) {
	const struct yaml_node *n = first_of(p->vector, "fires");
	if (!yaml_get(p->vector, "fires"))
		return;
	for (size_t i = 0; i < p->fired.n; i++, n = n->next)
		if (!n || strcmp(n->text, p->fired.v[i]) != 0)
			fail_msg("%s: fired %s, expected %s", text_needed(p->vector, "name"), p->fired.v[i], n ? n->text : "nothing more");
	if (n)
		fail_msg("%s: %s did not fire", text_needed(p->vector, "name"), n->text);
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

/* The pieces from the start on, over all pauses, are what was used. */
static void check_worked(const struct table *t, const struct clock *c, int64_t at_us) {
	segment_list segs = {0};
	int64_t sum_us = 0;
	clock_worked(c, &t->calendars, at_us, &fx.arena, &segs);
	for (size_t i = 0; i < segs.n; i++) {
		assert_true(segs.v[i].from_us < segs.v[i].to_us && (i == 0 || segs.v[i - 1].to_us <= segs.v[i].from_us));
		sum_us += segs.v[i].to_us - segs.v[i].from_us;
	}
	assert_true(sum_us == clock_spent_us(c, &t->calendars, at_us));
}

static void check_due(const struct play *p, const struct clock *c) {
	const char *due = text_needed(p->vector, "due"), *provisional = text_of(p->vector, "provisional");
	char got[RFC3339_BYTES];
	if (c->due_at_us != (strcmp(due, "none") == 0 ? NO_TIME : at(due)))
		fail_msg("%s: %s: due %s, expected %s (%s)", p->table->file, text_needed(p->vector, "name"),
		         rfc3339_format(c->due_at_us, zone_offset_s(p->table->calendars.zone, c->due_at_us), got), due,
		         text_needed(p->vector, "why"));
	if (c->provisional != (provisional && strcmp(provisional, "true") == 0))
		fail_msg("%s: %s: provisional %d", p->table->file, text_needed(p->vector, "name"), c->provisional);
}

static void check_vector(const struct table *t, const struct yaml_node *v) {
	static const char *const keys[] = {"name",   "calendar", "limit",     "start",    "due", "provisional", "segments",
	                                   "pauses", "extended", "ladder",    "fires",    "why", "stopped",     "touched",
	                                   "beside", "recounted", NULL};
	yaml_known_keys(v, keys, t->file, &faults);
	struct play p;
	play_start(&p, t, v);
	play(&p);
	const struct clock *c = &p.cr.clocks.v[0];
	check_due(&p, c);
	check_fires(&p);
	check_worked(p.table, c, c->due_at_us == NO_TIME ? c->resumed_at_us : c->due_at_us);
	if (c->state != CLOCK_RUNNING)
		return;
	assert_false(clock_overdue(c, c->due_at_us, NULL));
	assert_true(clock_overdue(c, c->due_at_us + 1, NULL));
	check_segments(p.table, v, c);
}

static void every_vector_comes_out(void **state) {
	(void)state;
	int n = 0;
	for (size_t i = 0; i < tables.n; i++)
		for (const struct yaml_node *v = tables.v[i].vectors->child; v; v = v->next, n++)
			check_vector(&tables.v[i], v);
	for (size_t i = 0; i < faults.list.n; i++)
		fail_msg("%s:%d: %s", faults.list.v[i].file, faults.list.v[i].line, faults.list.v[i].message);
	assert_true(n >= 130);
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
	const char *vector_due = text_needed(v, "due");
	const char *row =
	    arena_printf(&fx.arena, "| `%s` | `%s` | %s | %s |", name, text_needed(v, "limit"),
	                 for_people(t->calendars.zone, at(text_needed(v, "start"))),
	                 strcmp(vector_due, "none") == 0 ? vector_due : for_people(t->calendars.zone, at(vector_due)));
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
	assert_true(n >= 30);
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_vector_comes_out),
	    cmocka_unit_test(the_page_shows_vectors_as_they_are),
	};
	return cmocka_run_group_tests(tests, read_tables, fixture_teardown);
}
