/* schedule: watches the hour, and plans one occasion at a time on a thread. */
#include "daemon/jobs/schedule.h"

#include "daemon/base/check.h"
#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/jobs/aside.h"
#include "daemon/jobs/lease.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	BEAT_MS = 500,
	MOST_SKIPPED = 3660 /* booked at once */
};
static const int64_t grace_us = 2 * SECOND_US;     /* what was decided before the hour is stored by then */
static const int64_t late_us = 10 * MINUTE_US;     /* planned so long after its hour it is late */
static const int64_t settle_patience_us = 10 * SECOND_US;  /* of a settling: the database is away */
static const int64_t retry_first_us = SECOND_US, retry_longest_us = 5 * MINUTE_US;
static const char missed[] = "no gridd ran at its hour";

/* What is known of one town. */
struct town_days {
	char code[16];
	int32_t booked_day;          /* newest day that is known to be booked; INT32_MIN: none is */
	int32_t due_day;             /* newest day that was seen to be due, */
	int64_t seen_mono_us;        /* and since when */
	int64_t retry_mono_us, delay_us;
};

/* One occasion on its way into the book. The thread has it until it is done. */
struct planning {
	struct schedule *w;
	const struct schedule_kind *kind;
	struct arena arena;
	struct pack *pack;
	struct report_config config; /* as it was when this began */
	int32_t day;
	int64_t now_us, began_mono_us;
	/* What came of it: */
	enum { FOUND_BOOKED, FOUND_BEFORE_ITS_TIME, PLANNED } end;
	enum digest_mark mark;
	struct planned plan;
	size_t skipped;
};

struct schedule {
	struct server *sv;
	const struct report_config *config;
	const struct schedule_kind *kind;
	struct lease *lease;
	struct event *beat;
	LIST_OF(struct town_days) towns;
	struct arena arena;          /* of `towns` */
	struct planning *under_way;  /* NULL: none */
	bool wanted, kept;
	atomic_bool stop;            /* the thread breaks off */
	on_all_planned settled;   /* NULL: nobody waits */
	void *ctx;
	int64_t settle_until_mono_us;
};

static void beat_in(struct schedule *w, int ms) {
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	CHECK(event_add(w->beat, &tv) == 0);
}

/* ---- On the thread ---- */

static bool should_stop(void *ctx) {
	const struct planning *p = ctx;
	return atomic_load(&p->w->stop);
}

static const char *day_text(struct planning *p, int32_t day) {
	char text[NIGHT_DAY_BYTES];
	return arena_strdup(&p->arena, night_day_text(day, text));
}

static int64_t at_us(const struct planning *p, int32_t day) { return p->kind->at_us(p->pack, &p->config, day); }

static struct book book_of(const struct planning *p) { return (struct book){pack_town(p->pack)->code, p->kind->job}; }

/* The first day that isn't booked. A town's days begin with the first one after its pack. */
static int32_t first_open_day(const struct planning *p, const struct booked *b) {
	int32_t day;
	if (b->newest && civil_parse_date(b->newest, &day))
		return p->kind->after(day);
	day = p->kind->newest(p->pack, &p->config, b->pack_since_us);
	return at_us(p, day) < b->pack_since_us ? p->kind->after(day) : day;
}

static void list_skipped(struct planning *p, int32_t first, skipped_list *out) {
	for (int32_t day = first; day < p->day; day = p->kind->after(day))
		if (day > p->day - MOST_SKIPPED)
			*LIST_ADD(out, &p->arena) = (struct skipped_day){day_text(p, day), at_us(p, day)};
	p->skipped = out->n;
}

static bool make(struct planning *p, struct side *s, const struct booked *b, struct err *e) {
	const struct occasion o = {.pack = p->pack,
	                           .day = p->day,
	                           .day_text = day_text(p, p->day),
	                           .mark = p->mark,
	                           .at_us = at_us(p, p->day),
	                           .before_us = at_us(p, p->kind->before(p->day)),
	                           .booked = b,
	                           .stop = should_stop,
	                           .ctx = p};
	crash_point(p->kind->counting);
	return p->kind->make(s, &o, &p->arena, &p->plan, e);
}

/* All of it, or nothing: the plan, the notices that tell of it, the days that were missed before. */
static bool plan(struct planning *p, struct side *s, const struct booked *b, struct err *e) {
	const struct book book = book_of(p);
	int64_t id = 0, first = 0;
	office_list offices = {0};
	skipped_list skipped = {0};
	p->mark = p->now_us - at_us(p, p->day) > late_us ? DIGEST_LATE : DIGEST_ON_TIME;
	list_skipped(p, first_open_day(p, b), &skipped);
	night_offices(p->pack, &p->arena, &offices);
	if (!make(p, s, b, e))
		return false;
	const struct occurrence o = {.day = day_text(p, p->day),
	                             .mark = digest_mark_names[p->mark],
	                             .as_of_us = at_us(p, p->day),
	                             .planned_at_us = p->now_us,
	                             .format = p->plan.format,
	                             .plan = p->plan.text};
	if (!occurrence_plan(s, &book, &o, false, &id, e))
		return false;
	p->end = id ? PLANNED : FOUND_BOOKED;
	if (!id)
		return true;
	if (!occurrence_skip(s, &book, &skipped, missed, p->now_us, e) ||
	    !occurrence_tell(s, book.town, id, &offices, p->now_us, &first, e))
		return false;
	crash_point(p->kind->planned);
	return true;
}

static bool look_and_plan(struct planning *p, struct side *s, struct err *e) {
	const struct book book = book_of(p);
	struct booked b;
	const struct booked_ask ask = {day_text(p, p->day), day_text(p, p->kind->before(p->day)), pack_version(p->pack)};
	if (!side_begin(s, e) || !occurrence_before(s, &book, &ask, &p->arena, &b, e))
		return false;
	if (b.state)
		p->end = FOUND_BOOKED;
	else if (first_open_day(p, &b) > p->day)
		p->end = FOUND_BEFORE_ITS_TIME;
	else if (!plan(p, s, &b, e))
		return false;
	if (!side_commit(s, e))
		return false;
	if (p->end == PLANNED)
		crash_point(p->kind->committed);
	return true;
}

/* What it took is let go of here: the loop has better things to do. */
static bool plan_on_thread(struct side *s, void *ctx, struct err *e) {
	struct planning *p = ctx;
	const bool ok = look_and_plan(p, s, e);
	arena_reset(&p->arena);
	return ok;
}

/* ---- One occasion ---- */

static struct town_days *days_of(struct schedule *w, const char *town) {
	for (size_t i = 0; i < w->towns.n; i++)
		if (strcmp(w->towns.v[i].code, town) == 0)
			return &w->towns.v[i];
	struct town_days *t = LIST_ADD(&w->towns, &w->arena);
	*t = (struct town_days){.booked_day = INT32_MIN, .due_day = INT32_MIN};
	memccpy(t->code, town, '\0', sizeof t->code - 1);
	return t;
}

static void planning_free(struct planning *p) {
	pack_unref(&p->pack);
	arena_fini(&p->arena);
	free(p);
}

static void log_planned(struct planning *p) {
	log_info(p->kind->planned, "town", pack_town(p->pack)->code, "day", day_text(p, p->day), "mark", digest_mark_names[p->mark],
	         p->kind->figure, arena_printf(&p->arena, "%" PRId64, p->plan.figure), "skipped",
	         arena_printf(&p->arena, "%zu", p->skipped), "took_ms",
	         arena_printf(&p->arena, "%" PRId64, (clock_monotonic_us() - p->began_mono_us) / 1000));
}

static void settle(struct schedule *w, const struct err *why) {
	const on_all_planned done = w->settled;
	w->settled = NULL;
	done(why, w->ctx);
}

static void on_planned(const struct err *why, void *ctx) {
	struct planning *p = ctx;
	struct schedule *w = p->w;
	struct town_days *t = days_of(w, pack_town(p->pack)->code);
	w->under_way = NULL;
	if (why) {
		log_warn(w->kind->failed, "town", t->code, "error", why->text);
		t->delay_us = t->delay_us ? t->delay_us * 2 : retry_first_us;
		t->delay_us = t->delay_us < retry_longest_us ? t->delay_us : retry_longest_us;
		t->retry_mono_us = clock_monotonic_us() + t->delay_us;
	} else {
		t->booked_day = p->day;
		t->delay_us = t->retry_mono_us = 0;
		if (p->end == PLANNED)
			log_planned(p);
	}
	planning_free(p);
	if (why && w->settled)
		settle(w, why);
	beat_in(w, 0);
}

static void begin(struct schedule *w, const struct town_slot *slot, int32_t day) {
	struct planning *p = calloc(1, sizeof *p);
	CHECK(p != NULL);
	arena_init(&p->arena);
	p->w = w;
	p->pack = pack_ref(slot->pack);
	p->kind = w->kind;
	p->config = *w->config;
	p->day = day;
	p->now_us = db_now_us(w->sv->db);
	p->began_mono_us = clock_monotonic_us();
	w->under_way = p;
	aside_run(w->sv, &(struct aside_work){.work = plan_on_thread, .done = on_planned, .ctx = p, .gives_way = true});
}

/* ---- The hour ---- */

static bool has_offices(const struct town_slot *slot) {
	const struct unit *u;
	for (size_t i = 0; slot->pack && (u = pack_unit_at(slot->pack, i)) != NULL; i++)
		if (contact_for_reports(&u->contacts))
			return true;
	return false;
}

/* The town's newest day that isn't known to be booked. False: it is. */
static bool is_due(struct schedule *w, const struct town_slot *slot, int32_t *day) {
	struct town_days *t = days_of(w, slot->code);
	const int64_t mono_us = clock_monotonic_us();
	*day = w->kind->newest(slot->pack, w->config, db_now_us(w->sv->db));
	if (*day <= t->booked_day)
		return false;
	if (*day != t->due_day)
		t->seen_mono_us = mono_us;
	t->due_day = *day;
	return w->settled || (mono_us >= t->seen_mono_us + grace_us && mono_us >= t->retry_mono_us);
}

/* Whoever moves the test clock needs no lease: should two plan the same, the book takes one. */
static bool may_plan(struct schedule *w) {
	const char *why = NULL;
	if (!w->wanted || w->under_way || w->sv->stopping || !server_ready(w->sv, &why))
		return false;
	return w->settled || (!w->kept && lease_held(w->lease));
}

static void check_patience(struct schedule *w) {
	struct err why = {0};
	if (!w->settled || w->under_way || (!w->sv->stopping && clock_monotonic_us() < w->settle_until_mono_us))
		return;
	(void)err_set(&why, E_UNAVAILABLE, "what was due could not be planned: the database is away, or gridd is stopping");
	settle(w, &why);
}

static void on_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct schedule *w = arg;
	int32_t day;
	beat_in(w, BEAT_MS);
	if (!may_plan(w)) {
		check_patience(w);
		return;
	}
	for (size_t i = 0; i < towns_count(w->sv->towns); i++) {
		const struct town_slot *slot = towns_at(w->sv->towns, i);
		if (has_offices(slot) && is_due(w, slot, &day)) {
			begin(w, slot, day);
			return;
		}
	}
	if (w->settled)
		settle(w, NULL);
}

/* ---- Outside ---- */

int64_t schedule_next_us(struct schedule *w, int64_t after_us) {
	int64_t next_us = NO_TIME;
	for (size_t i = 0; i < towns_count(w->sv->towns); i++) {
		const struct town_slot *slot = towns_at(w->sv->towns, i);
		if (!has_offices(slot))
			continue;
		const int32_t day = w->kind->after(w->kind->newest(slot->pack, w->config, after_us));
		const int64_t us = w->kind->at_us(slot->pack, w->config, day);
		next_us = next_us == NO_TIME || us < next_us ? us : next_us;
	}
	return next_us;
}

int64_t schedule_between(struct schedule *w, int64_t from_us, int64_t to_us) {
	int64_t days = 0;
	for (size_t i = 0; i < towns_count(w->sv->towns); i++) {
		const struct town_slot *slot = towns_at(w->sv->towns, i);
		if (!has_offices(slot))
			continue;
		const int32_t last = w->kind->newest(slot->pack, w->config, to_us);
		for (int32_t day = w->kind->newest(slot->pack, w->config, from_us); day < last; day = w->kind->after(day))
			days++;
	}
	return days;
}

void schedule_settle(struct schedule *w, on_all_planned done, void *ctx) {
	CHECK(w->settled == NULL);
	w->settled = done;
	w->ctx = ctx;
	w->settle_until_mono_us = clock_monotonic_us() + settle_patience_us;
	beat_in(w, 0);
}

void schedule_keep(struct schedule *w, bool keep) { w->kept = keep; }

static void on_gained(void *ctx) { beat_in(ctx, 0); }

void schedule_start(struct schedule *w) {
	w->wanted = true;
	lease_want(w->lease, true);
	beat_in(w, 0);
}

void schedule_stop(struct schedule *w) {
	const struct err why = {.code = E_UNAVAILABLE, .text = "gridd is stopping"};
	w->wanted = false;
	atomic_store(&w->stop, true);
	lease_want(w->lease, false);
	(void)event_del(w->beat);
	if (w->settled)
		settle(w, &why);
}

struct schedule *schedule_new(struct server *sv, const struct report_config *config, const struct schedule_kind *kind) {
	struct schedule *w = calloc(1, sizeof *w);
	CHECK(w != NULL);
	w->sv = sv;
	w->config = config;
	w->kind = kind;
	arena_init(&w->arena);
	w->lease = lease_new(sv, &(struct lease_config){.job = kind->job, .on_gained = on_gained, .ctx = w});
	w->beat = event_new(sv->base, -1, 0, on_beat, w);
	CHECK(w->beat != NULL);
	return w;
}

void schedule_free(struct schedule **w) {
	struct schedule *old = *w;
	*w = NULL;
	if (!old)
		return;
	lease_free(&old->lease);
	event_free(old->beat);
	arena_fini(&old->arena);
	free(old);
}
