/* by_time: decides one of time's commands on a case and hands it to the writer. */
#include "daemon/jobs/by_time.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/store/case_json.h"
#include "daemon/store/writer.h"

#include <stdlib.h>

enum { BY_TIME_MAGIC = 0x62797469 };

struct by_time {
	unsigned magic;
	struct arena arena;
	struct server *sv;
	struct case_row_ref row;
	struct pack *pack; /* held until the end; NULL until it is read */
	struct pack_facts known;
	struct case_rec *cr, *after;
	struct command cmd;
	const char *key;
	struct changes changes;
	on_by_time done;
	void *ctx;
};

struct by_time *by_time_new(struct server *sv, const struct case_row_ref *row) {
	struct by_time *b = calloc(1, sizeof *b);
	CHECK(b != NULL);
	b->magic = BY_TIME_MAGIC;
	b->sv = sv;
	arena_init(&b->arena);
	b->row = (struct case_row_ref){.id = row->id,
	                               .town = arena_strdup(&b->arena, row->town),
	                               .number = arena_strdup(&b->arena, row->number),
	                               .agg = arena_strdup(&b->arena, row->agg)};
	return b;
}

void by_time_free(struct by_time **b) {
	struct by_time *old = *b;
	*b = NULL;
	if (!old)
		return;
	CHECK(old->magic == BY_TIME_MAGIC);
	old->magic = 0;
	pack_unref(&old->pack);
	arena_fini(&old->arena);
	free(old);
}

int64_t by_time_id(const struct by_time *b) { return b->row.id; }
const char *by_time_town(const struct by_time *b) { return b->row.town; }
const char *by_time_number(const struct by_time *b) { return b->row.number; }

int64_t by_time_next_us(const struct by_time *b) { return case_next_fire_us(b->cr, pack_calendars(b->pack)); }

bool by_time_read(struct by_time *b, struct err *e) {
	const struct town_slot *slot = towns_find(b->sv->towns, b->row.town, e);
	if (!slot)
		return false;
	if (!slot->pack)
		return err_set(e, E_UNAVAILABLE, "no pack is loaded for town %s", b->row.town);
	b->pack = pack_ref(slot->pack);
	pack_facts_init(&b->known, b->pack, b->row.number);
	return case_decode(b->row.town, b->row.id, b->row.agg, &b->arena, &b->cr, e);
}

/* A line for each fact; of what ran out, which clock it was. */
static void log_fact(const struct by_time *b) {
	const char *clock = NULL;
	for (size_t i = 0; i < b->changes.list.n && !clock; i++)
		if (b->changes.list.v[i].kind == CHANGE_FIRED)
			clock = b->changes.list.v[i].fired.clock;
	log_info(b->changes.event_type, "town", b->row.town, "case", b->row.number, "state", state_name(b->after->state), "clock",
	         clock);
}

static enum by_time_end end_of(const struct outcome *out) {
	if (out->kind == OUT_STORED || out->kind == OUT_REPLAYED)
		return BY_TIME_STORED;
	if (out->kind != OUT_FAILED)
		return BY_TIME_OVERTAKEN;
	return out->err.code == E_INTERNAL ? BY_TIME_FAILED : BY_TIME_LATER;
}

static void on_by_time_written(const struct outcome *out, void *ctx) {
	struct by_time *b = ctx;
	CHECK(b->magic == BY_TIME_MAGIC);
	const enum by_time_end end = end_of(out);
	const struct err why = out->err;
	if (out->kind == OUT_STORED) {
		log_fact(b);
		b->cr = b->after;
	}
	b->done(b, end, &why, b->ctx);
}

void by_time_set_key(struct by_time *b, const char *key) { b->key = arena_strdup(&b->arena, key); }

bool by_time_put(struct by_time *b, const struct command *cmd, on_by_time done, void *ctx, struct err *e) {
	struct refusal why = {0};
	const int64_t clock_us = db_now_us(b->sv->db);
	const int64_t now_us = clock_us > b->cr->changed_at_us ? clock_us : b->cr->changed_at_us;
	b->cmd = *cmd;
	b->cmd.town = b->row.town;
	b->cmd.actor = "gridd";
	b->cmd.at_us = now_us;
	b->changes = (struct changes){0};
	if (!decide(b->cr, &b->cmd, &b->known.facts, now_us, &b->arena, &b->changes, &why)) {
		*e = why.err;
		return false;
	}
	b->after = apply(b->cr, b->row.town, &b->changes, &b->arena);
	b->after->id = b->row.id;
	b->done = done;
	b->ctx = ctx;
	/* One that can't be stored makes its own case suspect, not all that time does. */
	const struct write_item item = {.town = b->row.town,
	                                .principal = b->row.number,
	                                .key = b->key,
	                                .changes = &b->changes,
	                                .after = b->after,
	                                .cmd = &b->cmd,
	                                .by_time = true};
	writer_put(db_writer(b->sv->db), &item, on_by_time_written, b);
	return true;
}
