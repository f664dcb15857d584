/* delivery: leases notices, a bounded number of tries at a time, and writes down what came of each. */
#include "daemon/jobs/delivery.h"

#include "daemon/base/check.h"
#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/jobs/delivery_parts.h"
#include "daemon/jobs/lanes.h"
#include "daemon/jobs/office_hour.h"

#include <stdlib.h>
#include <string.h>

enum {
	LOOK_MS = 1000,
	AGAIN_MS = 1000,
	PARALLEL = 32,
	PER_CHANNEL = 8,
	FIRST_S = 60,
	LONGEST_S = 24 * 3600,
	JITTER_PERCENT = 20             /* so that what failed together isn't tried together */
};

struct delivery {
	struct server *sv;
	struct channel_book *book;
	struct event *beat;
	struct arena arena;             /* of the question under way */
	struct arena wake_arena;        /* of those at a start and after a reload: there are few */
	struct lanes *held;
	struct attempt *attempts;
	size_t running;
	bool asking, again, stopping;   /* again: somebody told of more while we asked */
};

static void look_in(struct delivery *d, int ms) {
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	CHECK(event_add(d->beat, &tv) == 0);
}

static void book_leave(struct channel_book *b) {
	if (--b->users == 0)
		b->drop(b);
}

void attempt_drop(struct attempt *t) {
	struct delivery *d = t->d;
	*t->at = t->next;
	if (t->next)
		t->next->at = t->at;
	d->running--;
	if (t->again)
		event_free(t->again);
	pack_unref(&t->pack);
	book_leave(t->book);
	arena_fini(&t->arena);
	free(t);
	look_in(d, 0);
}

/* ---- What came of it ---- */

static void record(struct attempt *t);

static void on_record_again(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	record(arg);
}

/* As long as nobody else takes the notice it is worth another try to write it down: else it is sent twice. */
static bool record_later(struct attempt *t) {
	static const struct timeval pause = {.tv_sec = AGAIN_MS / 1000};
	if (clock_monotonic_us() - t->leased_mono_us > (int64_t)LEASE_S * SECOND_US)
		return false;
	t->again = t->again ? t->again : event_new(t->sv->base, -1, 0, on_record_again, t);
	CHECK(t->again && event_add(t->again, &pause) == 0);
	return true;
}

static void on_recorded(const struct rows *rows, const struct err *why, void *ctx) {
	struct attempt *t = ctx;
	(void)rows;
	if (why && record_later(t))
		return;
	if (why)
		log_warn("notice.not_recorded", "town", t->name.town, "error", why->text);
	crash_point("worker.recorded");
	attempt_drop(t);
}

static void record(struct attempt *t) { outbox_record(t->sv->db, &t->result, &t->arena, on_recorded, t); }

/* 1 min, 2 min, ... 24 h, each up to a fifth longer. */
static int32_t back_off_s(int64_t tries) {
	int32_t s = FIRST_S;
	for (int64_t i = 1; i < tries && s < LONGEST_S; i++)
		s *= 2;
	s = s < LONGEST_S ? s : LONGEST_S;
	return s + (int32_t)arc4random_uniform((uint32_t)(s * JITTER_PERCENT / 100));
}

/* 0: never again. The receiver's own word holds; whoever tries a channel waits for the one answer. */
static int32_t again_after_s(const struct attempt *t) {
	if (t->post.end != POST_FAILED || t->what == SEND_TRIAL)
		return 0;
	if (!t->channel)
		return LONGEST_S;
	if (t->tries >= TRIES)
		return 0;
	if (t->post.again_in_s <= 0)
		return back_off_s(t->tries);
	const int32_t asked_s = t->post.again_in_s < LONGEST_S ? t->post.again_in_s : LONGEST_S;
	lanes_hold(t->d->held, &t->lane, clock_monotonic_us() + (int64_t)asked_s * SECOND_US);
	return asked_s;
}

static void on_tried(struct attempt *t) {
	const bool delivered = t->post.end == POST_DELIVERED;
	const char *id = notice_name_text(&t->name, &t->arena);
	t->result = (struct delivery_result){.name = t->name,
	                                     .delivered = delivered,
	                                     .pause = t->post.end == POST_GONE,
	                                     .failure = t->post.failure,
	                                     .again_in_s = delivered ? 0 : again_after_s(t),
	                                     .took_ms = t->took_ms};
	if (delivered)
		log_info("notice.delivered", "town", t->name.town, "notice", id, "channel", t->lane.channel);
	else
		log_warn(t->result.again_in_s ? "notice.failed" : "notice.dead", "town", t->name.town, "notice", id, "channel",
		         t->lane.channel, "error", t->result.failure);
	if (t->result.pause)
		log_warn("channel.paused", "town", t->name.town, "channel", t->lane.channel, "remedy",
		         "its receiver is gone for good: mend the config, then `gridctl notify resume`");
	record(t);
}

/* ---- A try ---- */

static void on_put_off(const struct rows *rows, const struct err *why, void *ctx) {
	(void)rows;
	if (why)
		log_debug("delivery.not_put_off", "error", why->text);
	attempt_drop(ctx);
}

/* What may wait for the full hour of the receiving unit's office: all but emergencies, what is to be acknowledged, and reports. */
static bool waits_for_hour(const struct attempt *t) {
	return t->channel->bundle == BUNDLE_HOUR && !t->urgent && t->name.seq > 0;
}

static int64_t hour_of(const struct attempt *t) {
	const struct calendar_set *cals = pack_calendars(t->pack);
	const struct roster roster = pack_roster(t->pack);
	struct roster_unit unit;
	const bool known = roster.find(roster.pack, t->unit, &unit);
	const struct calendar *own = known && unit.calendar ? calendar_find(cals, unit.calendar) : NULL;
	return office_hour_after(own ? own : cals->of_town, t->queued_at_us);
}

static void try_it(struct attempt *t) {
	if (!t->channel) {
		attempt_fail(t, POST_FAILED, arena_printf(&t->arena, "the config file has no channel %s", t->lane.channel));
	} else if (t->tries > TRIES) {
		attempt_fail(t, POST_REFUSED, "the worker ended in the midst of each try");
	} else if (!attempt_take_pack(t)) {
		attempt_fail(t, POST_FAILED, "no pack is loaded for the town");
	} else {
		const bool ordinary = waits_for_hour(t);
		const int64_t hour_us = ordinary && t->tries == 1 ? hour_of(t) : t->now_us;
		if (hour_us > t->now_us)
			outbox_put_off(t->sv->db, &t->name, hour_us, &t->arena, on_put_off, t);
		else
			attempt_send(t, ordinary);
	}
}

static void begin(struct delivery *d, const struct rows *rows, size_t row) {
	struct attempt *t = calloc(1, sizeof *t);
	CHECK(t != NULL);
	*t = (struct attempt){.d = d, .sv = d->sv, .next = d->attempts, .at = &d->attempts, .book = d->book, .done = on_tried};
	if (t->next)
		t->next->at = &t->next;
	d->attempts = t;
	d->running++;
	d->book->users++;
	arena_init(&t->arena);
	t->lane = (struct lane){.town = arena_strdup(&t->arena, rows_text(rows, row, LEASED_TOWN)),
	                        .channel = arena_strdup(&t->arena, rows_text(rows, row, LEASED_CHANNEL)),
	                        .receiver = arena_strdup(&t->arena, rows_text(rows, row, LEASED_RECEIVER))};
	t->name = (struct notice_name){t->lane.town, rows_int(rows, row, LEASED_SEQ), (int32_t)rows_int(rows, row, LEASED_N)};
	t->unit = arena_strdup(&t->arena, rows_text(rows, row, LEASED_UNIT));
	t->what = t->name.seq > 0                                                                ? SEND_NOTICES
	          : strcmp(rows_text(rows, row, LEASED_KIND), test_notice_kind) == 0 ? SEND_TRIAL
	                                                                             : SEND_REPORT;
	t->urgent = rows_bool(rows, row, LEASED_URGENT);
	t->tries = rows_int(rows, row, LEASED_TRIES);
	t->queued_at_us = rows_time(rows, row, LEASED_QUEUED_AT);
	t->now_us = rows_time(rows, row, LEASED_NOW);
	t->leased_mono_us = clock_monotonic_us();
	t->channel = post_channel_find(d->book->channels, t->lane.channel);
	try_it(t);
}

static void on_taken(const struct rows *rows, const struct err *why, void *ctx) {
	struct delivery *d = ctx;
	d->asking = false;
	if (why)
		log_debug("delivery.unanswered", "error", why->text);
	if (rows && rows->n)
		crash_point("worker.leased");
	for (size_t i = 0; rows && i < rows->n; i++)
		begin(d, rows, i);
	look_in(d, d->again ? 0 : LOOK_MS);
}

static void ask(struct delivery *d) {
	lane_list busy = {0};
	d->asking = true;
	d->again = false;
	arena_reset(&d->arena);
	for (const struct attempt *t = d->attempts; t; t = t->next)
		*LIST_ADD(&busy, &d->arena) = t->lane;
	lanes_held(d->held, clock_monotonic_us(), &d->arena, &busy);
	const struct lease_ask lease = {.limit = (int32_t)(PARALLEL - d->running),
	                                .per_channel = PER_CHANNEL,
	                                .lease_s = LEASE_S,
	                                .busy = busy.v,
	                                .n_busy = busy.n};
	outbox_lease(d->sv->db, &lease, &d->arena, on_taken, d);
}

static void on_look(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct delivery *d = arg;
	const char *why = NULL;
	if (d->asking || d->stopping)
		return;
	if (d->running >= PARALLEL || !server_ready(d->sv, &why))
		look_in(d, LOOK_MS);
	else
		ask(d);
}

/* ---- Outside ---- */

void delivery_hint(struct delivery *d) {
	d->again = true;
	if (!d->asking)
		look_in(d, 0);
}

static void on_woken(const struct rows *rows, const struct err *why, void *ctx) {
	(void)rows;
	if (why)
		log_warn("delivery.not_woken", "error", why->text);
	delivery_hint(ctx);
}

static void wake(struct delivery *d, bool all) {
	struct strs names = {0};
	if (!db_is_ready(d->sv->db))
		return;
	for (size_t i = 0; i < d->book->channels->n; i++)
		STRS_ADD(&names, &d->wake_arena, d->book->channels->v[i].name);
	outbox_wake(d->sv->db, &names, all, &d->wake_arena, on_woken, d);
}

void delivery_reload(struct delivery *d, struct channel_book *book) {
	book->users++;
	book_leave(d->book);
	d->book = book;
	wake(d, true);
}

static void on_freed(const struct rows *rows, const struct err *why, void *ctx) {
	(void)rows;
	if (why)
		log_debug("delivery.not_freed", "error", why->text);
	delivery_hint(ctx);
}

void delivery_start(struct delivery *d) {
	if (d->running == 0) /* else it would free what we have in hand ourselves */
		outbox_free(d->sv->db, &d->wake_arena, on_freed, d);
	wake(d, false);
}

void delivery_stop(struct delivery *d) { d->stopping = true; }

size_t delivery_under_way(const struct delivery *d) { return d->running; }

struct delivery *delivery_new(struct server *sv, struct channel_book *book) {
	struct delivery *d = calloc(1, sizeof *d);
	CHECK(d != NULL);
	d->sv = sv;
	d->book = book;
	book->users++;
	arena_init(&d->arena);
	arena_init(&d->wake_arena);
	d->held = lanes_new();
	d->beat = event_new(sv->base, -1, 0, on_look, d);
	CHECK(d->beat != NULL);
	return d;
}

void delivery_free(struct delivery **d) {
	struct delivery *old = *d;
	*d = NULL;
	if (!old)
		return;
	while (old->attempts)
		attempt_drop(old->attempts);
	book_leave(old->book);
	event_free(old->beat);
	lanes_free(&old->held);
	arena_fini(&old->arena);
	arena_fini(&old->wake_arena);
	free(old);
}
