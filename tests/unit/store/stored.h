/* stored: commands on stored cases, for tests of what is done with them: any changes that a test likes to make. */
#ifndef GRIDD_TESTS_STORE_STORED_H
#define GRIDD_TESTS_STORE_STORED_H

#include "daemon/base/limits.h"
#include "daemon/store/loader.h"

#include "harness.h"

struct load_result {
	bool done;
	struct loaded got;
	struct err why;
};

static inline void on_harness_loaded(const struct loaded *got, const struct err *why, void *ctx) {
	struct load_result *r = ctx;
	r->done = true;
	if (got)
		r->got = *got;
	if (why)
		r->why = *why;
}

static inline struct load_result harness_load(struct harness *h, const struct load_ask *ask) {
	struct load_result r = {0};
	loader_ask(db_loader(h->db), ask, &h->arena, on_harness_loaded, &r);
	RUN_UNTIL(h, r.done);
	return r;
}

/* The case of that number as it is stored. */
static inline const struct case_rec *harness_case(struct harness *h, const char *number) {
	const struct load_result r = harness_load(h, &(struct load_ask){.name = {.town = TOWN, .number = number}});
	assert_non_null(r.got.cr);
	return r.got.cr;
}

/* A new case; its number in r->number. */
static inline const struct case_rec *harness_new_case(struct harness *h, const struct sample *s, struct result *r) {
	harness_write(h, s, r);
	assert_int_equal(r->kind, OUT_STORED);
	return harness_case(h, arena_strdup(&h->arena, r->number));
}

static inline struct changes *changes_new(struct arena *a, const char *type, int64_t at_us, int64_t next_us) {
	struct changes *ch = arena_new(a, struct changes);
	*ch = (struct changes){.event_type = type, .at_us = at_us, .next_fire_at_us = next_us};
	return ch;
}

/* The changes of a command on that case, to be stored. */
static inline struct write_item *stored_item(struct arena *a, const struct case_rec *before, const char *key,
                                             const struct changes *ch) {
	struct write_item *item = arena_new(a, struct write_item);
	struct command *cmd = arena_new(a, struct command);
	*cmd = (struct command){.kind = CMD_NOTE, .town = TOWN, .actor = "uid:2000", .at_us = ch->at_us};
	*item = (struct write_item){
	    .town = TOWN, .principal = "uid:2000", .key = key, .cmd = cmd, .changes = ch, .reply = "\"version\":2"};
	const char *body = key ? key : "";
	(void)SHA256((const unsigned char *)body, strlen(body), item->body_sha256);
	struct case_rec *after = apply(before, TOWN, ch, a);
	after->id = before->id;
	item->after = after;
	return item;
}

static inline void harness_store(struct harness *h, const struct write_item *item, struct result *r) {
	*r = (struct result){0};
	writer_put(db_writer(h->db), item, on_harness_written, r);
	RUN_UNTIL(h, r->done);
}

/* A command that only moves the version on. */
static inline struct write_item *plain_item(struct harness *h, const struct case_rec *before, const char *key) {
	return stored_item(&h->arena, before, key,
	                   changes_new(&h->arena, "case.noted", before->changed_at_us + MINUTE_US, SAMPLE_AT_US + HOUR_US));
}

__attribute__((unused)) static long count(const char *sql) {
	char all[1500];
	(void)snprintf(all, sizeof all, "SET search_path = gridd; %s", sql);
	return strtol(fixture_ask(fixture.owner, all), NULL, 10);
}

#endif
