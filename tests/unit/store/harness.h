/* harness: a db on an event loop of the test's own, and cases to write that need no pack. */
#ifndef GRIDD_TESTS_STORE_HARNESS_H
#define GRIDD_TESTS_STORE_HARNESS_H

#include "daemon/base/clock.h"
#include "daemon/cases/decide.h"
#include "daemon/store/db.h"
#include "daemon/store/writer.h"

#include "fixture.h"

#include <openssl/sha.h>

#define TOWN "310106101"

struct harness {
	struct event_base *base;
	struct db *db;
	struct arena arena;
	bool lost, refused;
	struct err why;
	int feed_hints;                     /* that came, for TOWN */
};

static inline void on_harness_ready(void *ctx) { (void)ctx; }
static inline void on_harness_lost(const struct err *why, void *ctx) {
	struct harness *h = ctx;
	h->lost = true;
	h->why = *why;
}
static inline void on_harness_refused(const struct err *why, void *ctx) {
	struct harness *h = ctx;
	h->refused = true;
	h->why = *why;
}

static inline void on_harness_hint(const char *channel, const char *payload, void *ctx) {
	struct harness *h = ctx;
	assert_string_equal(channel, "gridd");
	h->feed_hints += strcmp(payload, "feed " TOWN) == 0;
}

/* Runs the loop until the condition holds, at most 20 s. */
#define RUN_UNTIL(h, condition)                                                                                             \
	do {                                                                                                                    \
		const int64_t until_us_ = clock_monotonic_us() + 20 * SECOND_US;                                                    \
		const struct timeval step_ = {.tv_usec = 20000};                                                                    \
		while (!(condition)) {                                                                                              \
			assert_true(clock_monotonic_us() < until_us_);                                                                  \
			(void)event_base_loopexit((h)->base, &step_);                                                                   \
			(void)event_base_loop((h)->base, EVLOOP_ONCE);                                                                  \
		}                                                                                                                   \
	} while (0)

static inline void harness_open(struct harness *h, const char *conninfo, bool test_clock, bool require_durable) {
	struct err e = {0};
	*h = (struct harness){.base = event_base_new()};
	arena_init(&h->arena);
	const struct db_config cfg = {.conninfo = conninfo, .test_clock = test_clock, .require_durable = require_durable};
	const struct db_hooks hooks = {
	    .on_ready = on_harness_ready, .on_lost = on_harness_lost, .on_refused = on_harness_refused, .on_hint = on_harness_hint,
	    .ctx = h};
	if (!db_new(h->base, &cfg, &hooks, &h->db, &e))
		fail_msg("%s", e.text);
}

static inline void harness_start(struct harness *h) {
	harness_open(h, fixture.app, false, false);
	RUN_UNTIL(h, db_is_ready(h->db) || h->refused);
	if (h->refused)
		fail_msg("%s", h->why.text);
}

static inline void harness_stop(struct harness *h) {
	db_free(&h->db);
	event_base_free(h->base);
	arena_fini(&h->arena);
}

/* The town's counter, as an activation makes it. */
static inline void harness_town(void) {
	(void)fixture_ask(fixture.owner, "INSERT INTO gridd.town_feed (town) VALUES ('" TOWN "') ON CONFLICT DO NOTHING");
}

/* What a test may choose of a case; the rest is made up. */
struct sample {
	const char *key, *ref, *body, *principal, *text, *address, *group, *number_day;
	struct place place;
	int64_t received_at_us;
};

static inline struct change *sample_change(struct arena *a, struct changes *ch, enum change_kind kind) {
	struct change *c = LIST_ADD(&ch->list, a);
	c->kind = kind;
	return c;
}

static inline void sample_add_clock(struct arena *a, struct changes *ch, const char *name, int64_t at_us,
                                    int64_t length_us) {
	struct change *c = sample_change(a, ch, CHANGE_CLOCK);
	c->clock = (struct clock){.name = name,
	                          .calendar = "office",
	                          .limit = {.amount = 3, .unit = LIMIT_WD},
	                          .task = 1,
	                          .bearer = "property",
	                          .started_at_us = at_us,
	                          .resumed_at_us = at_us,
	                          .stopped_at_us = NO_TIME,
	                          .breached_at_us = NO_TIME,
	                          .due_at_us = at_us + length_us};
}

/* What decide() gives for a routed submit, in shape and size. */
static inline struct changes *sample_changes(struct arena *a, const struct sample *s) {
	const int64_t at_us = s->received_at_us;
	struct changes *ch = arena_new(a, struct changes);
	*ch = (struct changes){.event_type = "case.submitted", .at_us = at_us, .next_fire_at_us = at_us + HOUR_US};
	struct change *c = sample_change(a, ch, CHANGE_OPENED);
	c->opened.class_code = "E70-05";
	c->opened.estate = "pp-012";
	c->opened.grid = "g-07";
	c->opened.channel = "patrol";
	c->opened.ref = s->ref;
	c->opened.actor = "uid:1000";
	c->opened.observed_at_us = c->opened.received_at_us = at_us;
	c = sample_change(a, ch, CHANGE_ROUTED);
	c->routed.responsible = "property";
	STRS_ADD(&c->routed.handlers, a, "property");
	STRS_ADD(&c->routed.handlers, a, "housing_office");
	static const char *const names[] = {"accept", "handle", "overall"};
	for (size_t i = 0; i < 3; i++)
		*LIST_ADD(&c->routed.limits, a) = (struct clock_limit){
		    .clock = names[i], .limit = {.amount = 3, .unit = LIMIT_WD}, .calendar = "office", .from = "rule leak-estate"};
	for (int32_t i = 0; i < 3; i++) {
		struct ladder_step *step = LIST_ADD(&c->routed.steps, a);
		*step = (struct ladder_step){.clock = "handle", .percent = 80 + 10 * i, .act = STEP_REMIND};
		STRS_ADD(&step->to, a, "unit");
	}
	c->routed.rule_id = "leak-estate";
	c->routed.pack_version = 1;
	c->routed.at_us = at_us;
	sample_change(a, ch, CHANGE_STATE)->state.state = CASE_DISPATCHED;
	c = sample_change(a, ch, CHANGE_HELD);
	c->held.unit = "property";
	c->held.since_us = at_us;
	sample_change(a, ch, CHANGE_SPAN)->span = (struct span){at_us, "property", "handling"};
	sample_change(a, ch, CHANGE_TASK)->task = (struct task){.n = 1,
	                                                        .unit = "property",
	                                                        .given_at_us = at_us,
	                                                        .accepted_at_us = NO_TIME,
	                                                        .arrived_at_us = NO_TIME,
	                                                        .ended_at_us = NO_TIME};
	sample_add_clock(a, ch, "accept", at_us, 4 * HOUR_US);
	sample_add_clock(a, ch, "handle", at_us, 3 * DAY_US);
	sample_add_clock(a, ch, "overall", at_us, 9 * DAY_US);
	return ch;
}

static inline struct write_item *sample_item(struct arena *a, const struct sample *s) {
	struct write_item *item = arena_new(a, struct write_item);
	struct command *cmd = arena_new(a, struct command);
	struct private_part *priv = arena_new(a, struct private_part);
	const char *body = s->body ? s->body : s->key ? s->key : s->ref ? s->ref : "";
	*cmd = (struct command){.kind = CMD_SUBMIT, .town = TOWN, .actor = "uid:1000", .at_us = s->received_at_us};
	priv->text = s->text ? s->text : "楼道顶部渗水，雨天滴到电表箱上，请尽快派人查看";
	priv->address = s->address;
	priv->place = s->place;
	priv->reporter = (struct reporter){.name = "王小明", .phone = "13900001111"};
	*item = (struct write_item){.town = TOWN,
	                            .principal = s->principal ? s->principal : "uid:1000",
	                            .key = s->key,
	                            .ref_channel = s->ref ? "patrol" : NULL,
	                            .ref = s->ref,
	                            .cmd = cmd,
	                            .priv = priv,
	                            .similar_group = s->group,
	                            .similar_estate = "pp-012",
	                            .reply = "\"state\":\"dispatched\",\"version\":1,\"unit\":\"property\"",
	                            .received_day = 20780};
	(void)SHA256((const unsigned char *)body, strlen(body), item->body_sha256);
	item->changes = sample_changes(a, s);
	item->after = apply(NULL, TOWN, item->changes, a);
	return item;
}

/* What a write came to; strings are the test's to keep. */
struct result {
	bool done;
	enum outcome_kind kind;
	char number[32], similar[400], reply[200];
	int64_t seq;
	struct err err;
};

static inline void on_harness_written(const struct outcome *out, void *ctx) {
	struct result *r = ctx;
	*r = (struct result){.done = true, .kind = out->kind, .seq = out->seq, .err = out->err};
	(void)snprintf(r->number, sizeof r->number, "%s", out->number ? out->number : "");
	(void)snprintf(r->similar, sizeof r->similar, "%s", out->similar ? out->similar : "");
	(void)snprintf(r->reply, sizeof r->reply, "%s", out->reply ? out->reply : "");
}

#define SAMPLE_AT_US (INT64_C(1795000000) * SECOND_US)

static inline void harness_put(struct harness *h, const struct sample *s, struct result *r) {
	struct sample copy = *s;
	if (!copy.received_at_us)
		copy.received_at_us = SAMPLE_AT_US;
	writer_put(db_writer(h->db), sample_item(&h->arena, &copy), on_harness_written, r);
}

static inline void harness_write(struct harness *h, const struct sample *s, struct result *r) {
	*r = (struct result){0};
	harness_put(h, s, r);
	RUN_UNTIL(h, r->done);
}

#endif
