/* digest_make: rows of overdue cases, lines of units, names of codes. */
#include "daemon/reports/digest_make.h"

#include "daemon/base/dict.h"
#include "daemon/cases/ladder.h"
#include "daemon/cases/ledger.h"
#include "daemon/cases/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERMILLE = 1000 };

struct digest_maker {
	struct digest_base base;
	struct arena *arena;
	struct digest *d;
	struct dict texts;                  /* codes and numbers: one copy of each */
	struct dict units;                  /* id -> struct digest_unit */
	struct dict names;                  /* "kind code", once each */
};

static const char *keep(struct digest_maker *m, const char *text) {
	return text ? dict_intern(&m->texts, text, strlen(text)) : NULL;
}

struct digest_maker *digest_make_start(const struct digest_base *base, struct arena *a) {
	struct digest_maker *m = arena_new(a, struct digest_maker);
	const struct town *town = pack_town(base->pack);
	m->base = *base;
	m->arena = a;
	dict_init(&m->texts, a);
	dict_init(&m->units, a);
	dict_init(&m->names, a);
	m->d = arena_new(a, struct digest);
	*m->d = (struct digest){.format = DIGEST_FORMAT,
	                        .town = keep(m, town->code),
	                        .town_zh = keep(m, town->zh),
	                        .town_en = keep(m, town->en),
	                        .day = keep(m, base->day),
	                        .mark = base->mark,
	                        .at_us = base->at_us,
	                        .offset_s = zone_offset_s(pack_calendars(base->pack)->zone, base->at_us),
	                        .pack_version = pack_version(base->pack),
	                        .overdue_before = base->overdue_before,
	                        .undelivered = base->undelivered};
	return m;
}

/* ---- What codes are called ---- */

struct name {
	const char *zh, *en;
};

static struct name unit_names(const struct pack *p, const char *code) {
	const struct unit *u = pack_unit(p, code);
	return u ? (struct name){u->zh, u->en} : (struct name){0};
}

static struct name class_names(const struct pack *p, const char *code) {
	const struct class_def *c = pack_class(p, code);
	return c ? (struct name){c->zh, c->en} : (struct name){0};
}

static struct name estate_names(const struct pack *p, const char *code) {
	const struct estate *e = pack_estate(p, code);
	return e ? (struct name){e->zh, e->en} : (struct name){0};
}

static struct name clock_names(const struct pack *p, const char *code) {
	const struct both_names built_in = clock_names_of(code);
	const struct town *town = pack_town(p);
	for (size_t i = 0; i < town->clocks.n; i++)
		if (strcmp(town->clocks.v[i].named.id, code) == 0)
			return (struct name){town->clocks.v[i].named.zh, town->clocks.v[i].named.en};
	return (struct name){built_in.zh, built_in.en};
}

static struct name event_names(const struct pack *p, const char *code) {
	const struct both_names n = event_names_of(code);
	(void)p;
	return (struct name){n.zh, n.en};
}

/* In the order of the alphabet, as the digest has them. */
enum kind { KIND_CLASS, KIND_CLOCK, KIND_ESTATE, KIND_EVENT, KIND_UNIT };
static const struct {
	const char *kind;
	struct name (*names_of)(const struct pack *p, const char *code);
} kinds[] = {
    [KIND_CLASS] = {"class", class_names}, [KIND_CLOCK] = {"clock", clock_names}, [KIND_ESTATE] = {"estate", estate_names},
    [KIND_EVENT] = {"event", event_names}, [KIND_UNIT] = {"unit", unit_names},
};

/* The code, kept, and its name noted. */
static const char *keep_named(struct digest_maker *m, enum kind kind, const char *code) {
	if (!code)
		return NULL;
	const char *kept = keep(m, code);
	char key[200];
	const int n = snprintf(key, sizeof key, "%s %s", kinds[kind].kind, code);
	if (n < 0 || (size_t)n >= sizeof key || dict_has(&m->names, key))
		return kept;
	const struct name name = kinds[kind].names_of(m->base.pack, code);
	(void)dict_put(&m->names, arena_strdup(m->arena, key), m);
	*LIST_ADD(&m->d->names, m->arena) =
	    (struct digest_name){.kind = kinds[kind].kind, .code = kept, .zh = keep(m, name.zh), .en = keep(m, name.en)};
	return kept;
}

/* ---- Cases ---- */

/* The clock by which the case counts; NULL: none runs. */
static const struct clock *clock_that_counts(const struct case_rec *cr) {
	const struct clock *c = case_holder_clock(cr);
	if (!c || !clock_waits(cr, c))
		return c;
	const struct clock *decide = case_clock(cr, "decide");
	return decide && decide->state == CLOCK_RUNNING ? decide : NULL;
}

static struct digest_unit *unit_line(struct digest_maker *m, const char *unit) {
	struct digest_unit *line = dict_get(&m->units, unit);
	if (line)
		return line;
	line = arena_new(m->arena, struct digest_unit);
	line->unit = keep_named(m, KIND_UNIT, unit);
	(void)dict_put(&m->units, line->unit, line);
	return line;
}

static void fill_longest(struct digest_maker *m, struct digest_row *row, const struct case_rec *cr, struct arena *scratch) {
	struct ledger l;
	ledger_of(cr, pack_calendars(m->base.pack), m->base.at_us, scratch, &l);
	if (!l.longest)
		return;
	row->longest = keep_named(m, KIND_UNIT, l.longest->bearer);
	if (l.worked_us > 0)
		row->longest_permille = l.longest->worked_us * PERMILLE / l.worked_us;
	else if (l.natural_us > 0)
		row->longest_permille = l.longest->natural_us * PERMILLE / l.natural_us;
}

void digest_make_case(struct digest_maker *m, const struct digest_case *c, struct arena *scratch) {
	const struct case_rec *cr = c->cr;
	const struct clock *clock = clock_that_counts(cr);
	int64_t natural_us = 0;
	if (!clock || clock->waived || !clock_overdue(clock, m->base.at_us, &natural_us))
		return;
	const int64_t left_us = clock_remaining_us(clock, pack_calendars(m->base.pack), m->base.at_us);
	const char *bearer = clock_bearer(cr, clock);
	struct digest_row *row = LIST_ADD(&m->d->rows, m->arena);
	*row = (struct digest_row){.number = keep(m, c->number),
	                           .class_code = keep_named(m, KIND_CLASS, cr->class_code),
	                           .estate = keep_named(m, KIND_ESTATE, cr->estate),
	                           .grid = keep(m, cr->grid),
	                           .unit = keep_named(m, KIND_UNIT, bearer ? bearer : cr->unit),
	                           .clock = keep_named(m, KIND_CLOCK, clock->name),
	                           .received_at_us = cr->received_at_us,
	                           .due_at_us = clock->due_at_us,
	                           .worked_us = left_us < 0 ? -left_us : 0,
	                           .natural_us = natural_us,
	                           .returns = cr->returns,
	                           .level = cr->escalation_level,
	                           .last_act = keep_named(m, KIND_EVENT, c->last_act),
	                           .last_act_at_us = c->last_act ? c->last_act_at_us : NO_TIME,
	                           .fresh = clock->due_at_us >= m->base.since_us,
	                           .emergency = cr->emergency};
	fill_longest(m, row, cr, scratch);
	struct digest_unit *line = unit_line(m, row->unit);
	line->overdue++;
	line->fresh += row->fresh;
	line->longest_us = row->worked_us > line->longest_us ? row->worked_us : line->longest_us;
}

/* ---- Counts ---- */

void digest_make_count(struct digest_maker *m, const char *unit, int64_t due_soon, int64_t suspended, int64_t orders) {
	struct digest_unit *line = unit_line(m, unit);
	line->due_soon += due_soon;
	line->suspended += suspended;
	line->orders += orders;
}

static bool lacks_reply(const struct order *o) {
	return o->state == ORDER_OPEN || o->state == ORDER_REPLIED || o->state == ORDER_EXPIRED;
}

void digest_make_tally(struct digest_maker *m, const struct case_rec *cr) {
	const struct clock *clock = case_holder_clock(cr);
	const int64_t at_us = m->base.at_us;
	if (clock && cr->unit && clock->due_at_us >= at_us && clock->due_at_us < at_us + DIGEST_SOON_US)
		digest_make_count(m, cr->unit, 1, 0, 0);
	if (cr->state == CASE_SUSPENDED && cr->unit)
		digest_make_count(m, cr->unit, 0, 1, 0);
	for (size_t i = 0; i < cr->orders.n && cr->state != CASE_CLOSED && cr->state != CASE_REJECTED; i++)
		if (lacks_reply(&cr->orders.v[i]))
			digest_make_count(m, cr->orders.v[i].unit, 0, 0, 1);
}

void digest_make_noted(struct digest_maker *m, enum digest_noted what, const char *number) {
	struct digest *d = m->d;
	const struct {
		int64_t *count;
		struct strs *numbers;
	} places[] = {
	    [DIGEST_EXTENDED] = {&d->extended_today, &d->extended},
	    [DIGEST_SUSPENDED] = {&d->suspended_today, NULL},
	    [DIGEST_WAIVED] = {&d->waived_today, &d->waived},
	    [DIGEST_LATE_ENTRY] = {&d->late_entries_today, &d->late_entries},
	};
	++*places[what].count;
	if (places[what].numbers && places[what].numbers->n < DIGEST_NAMED)
		STRS_ADD(places[what].numbers, m->arena, keep(m, number));
}

/* ---- The end ---- */

static int by_size(int64_t a, int64_t b) { return a < b ? 1 : a > b ? -1 : 0; }       /* the larger one first */

static int row_order(const void *one, const void *other) {
	const struct digest_row *const a = one, *const b = other;
	const int worked = by_size(a->worked_us, b->worked_us), natural = by_size(a->natural_us, b->natural_us);
	return worked ? worked : natural ? natural : strcmp(a->number, b->number);
}

static int unit_order(const void *one, const void *other) {
	const struct digest_unit *const a = one, *const b = other;
	const int overdue = by_size(a->overdue, b->overdue), longest = by_size(a->longest_us, b->longest_us),
	          soon = by_size(a->due_soon, b->due_soon);
	return overdue ? overdue : longest ? longest : soon ? soon : strcmp(a->unit, b->unit);
}

static int name_order(const void *one, const void *other) {
	const struct digest_name *const a = one, *const b = other;
	const int kind = strcmp(a->kind, b->kind);
	return kind ? kind : strcmp(a->code, b->code);
}

/* qsort wants no NULL, not even for nothing. */
static void sort(void *v, size_t n, size_t size, int (*order)(const void *, const void *)) {
	if (n)
		qsort(v, n, size, order);
}

static bool is_empty(const struct digest_unit *u) { return !u->overdue && !u->due_soon && !u->suspended && !u->orders; }

/* The figures that are sums of the units'. */
static void add_up(struct digest *d) {
	d->overdue = (int64_t)d->rows.n;
	d->fresh = d->due_soon = d->suspended = d->orders = 0;
	for (size_t i = 0; i < d->units.n; i++) {
		const struct digest_unit *u = &d->units.v[i];
		d->fresh += u->fresh;
		d->due_soon += u->due_soon;
		d->suspended += u->suspended;
		d->orders += u->orders;
	}
}

const struct digest *digest_make_end(struct digest_maker *m) {
	struct digest *d = m->d;
	for (size_t i = 0; i < m->units.n; i++) {
		const struct digest_unit *u = m->units.entries[i].value;
		if (!is_empty(u))
			*LIST_ADD(&d->units, m->arena) = *u;
	}
	add_up(d);
	sort(d->rows.v, d->rows.n, sizeof *d->rows.v, row_order);
	sort(d->units.v, d->units.n, sizeof *d->units.v, unit_order);
	sort(d->names.v, d->names.n, sizeof *d->names.v, name_order);
	return d;
}

void digest_narrow(const struct digest *d, const struct strs *units, struct arena *a, struct digest *out) {
	*out = *d;
	out->overdue_before = out->undelivered = -1;
	out->suspended_today = out->extended_today = out->waived_today = out->late_entries_today = -1;
	out->extended = out->waived = out->late_entries = (struct strs){0};
	out->units = (digest_unit_list){0};
	out->rows = (digest_row_list){0};
	for (size_t i = 0; i < d->units.n; i++)
		if (strs_has(units, d->units.v[i].unit))
			*LIST_ADD(&out->units, a) = d->units.v[i];
	for (size_t i = 0; i < d->rows.n; i++)
		if (strs_has(units, d->rows.v[i].unit))
			*LIST_ADD(&out->rows, a) = d->rows.v[i];
	add_up(out);
}
