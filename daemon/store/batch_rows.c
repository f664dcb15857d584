/* batch_rows: turns the rows of a batch into arrays of records, with their tasks, orders and notices. */
#include "daemon/base/check.h"
#include "daemon/store/case_json.h"
#include "daemon/store/write_rows.h"

#include <string.h>

/* In the order of the schema's type write_row. */
#define COLUMN(type, member)                                                                                                \
	{ type, offsetof(struct write_row, member) }
static const struct column columns[] = {
    COLUMN(COL_TEXT, town),
    COLUMN(COL_TEXT, principal),
    COLUMN(COL_TEXT, key),
    COLUMN(COL_BYTES, call_sha256),
    COLUMN(COL_TEXT, ref_channel),
    COLUMN(COL_TEXT, ref),
    COLUMN(COL_INT8, old_id),
    COLUMN(COL_INT4, expect_version),
    COLUMN(COL_INT4, group_ord),
    COLUMN(COL_TEXT, day),
    COLUMN(COL_TEXT, reply),
    COLUMN(COL_TIME, at_us),
    COLUMN(COL_TEXT, actor),
    COLUMN(COL_TEXT, body),
    COLUMN(COL_BYTES, body_sha256),
    COLUMN(COL_TEXT, state),
    COLUMN(COL_INT4, version),
    COLUMN(COL_TEXT, class_code),
    COLUMN(COL_TEXT, unit),
    COLUMN(COL_TEXT, estate),
    COLUMN(COL_TEXT, grid),
    COLUMN(COL_TEXT, channel),
    COLUMN(COL_TEXT, submitter),
    COLUMN(COL_TEXT, tags),
    COLUMN(COL_TIME, due_at_us),
    COLUMN(COL_TIME, overall_due_at_us),
    COLUMN(COL_INT4, escalation_level),
    COLUMN(COL_INT4, returns),
    COLUMN(COL_TIME, received_at_us),
    COLUMN(COL_TIME, updated_at_us),
    COLUMN(COL_TIME, closed_at_us),
    COLUMN(COL_TEXT, agg),
    COLUMN(COL_TIME, fire_at_us),
    COLUMN(COL_TEXT, text),
    COLUMN(COL_TEXT, address),
    COLUMN(COL_FLOAT8, place_x),
    COLUMN(COL_FLOAT8, place_y),
    COLUMN(COL_TEXT, place_crs),
    COLUMN(COL_TEXT, reporter_name),
    COLUMN(COL_TEXT, reporter_phone),
    COLUMN(COL_BOOL, reporter_confidential),
    COLUMN(COL_TEXT, attachments),
    COLUMN(COL_TEXT, attrs),
    COLUMN(COL_BYTES, salt),
    COLUMN(COL_BOOL, set_address),
    COLUMN(COL_BOOL, set_place),
    COLUMN(COL_BOOL, set_attrs),
    COLUMN(COL_TEXT, class_group),
    COLUMN(COL_INT8, address_hash),
    COLUMN(COL_INT8, phone_hash),
    COLUMN(COL_INT8, metres.cell),
    COLUMN(COL_FLOAT8, metres.east_m),
    COLUMN(COL_FLOAT8, metres.north_m),
    COLUMN(COL_TEXT, twins),
};
#undef COLUMN

struct task_row {
	int64_t ord;
	int32_t n;
	const char *unit, *kind, *state;
	int64_t given_at_us, accepted_at_us, arrived_at_us, ended_at_us;
	const char *result, *reason;
};
typedef LIST_OF(struct task_row) task_row_list;

#define COLUMN(type, member)                                                                                                \
	{ type, offsetof(struct task_row, member) }
static const struct column task_columns[] = {
    COLUMN(COL_INT8, ord),
    COLUMN(COL_INT4, n),
    COLUMN(COL_TEXT, unit),
    COLUMN(COL_TEXT, kind),
    COLUMN(COL_TEXT, state),
    COLUMN(COL_TIME, given_at_us),
    COLUMN(COL_TIME, accepted_at_us),
    COLUMN(COL_TIME, arrived_at_us),
    COLUMN(COL_TIME, ended_at_us),
    COLUMN(COL_TEXT, result),
    COLUMN(COL_TEXT, reason),
};
#undef COLUMN

struct order_row {
	int64_t ord;
	int32_t n;
	const char *unit, *issuer, *kind, *state, *grounds;
	int64_t opened_at_us, due_at_us, replied_at_us, ended_at_us;
	const char *consequence;
};
typedef LIST_OF(struct order_row) order_row_list;

#define COLUMN(type, member)                                                                                                \
	{ type, offsetof(struct order_row, member) }
static const struct column order_columns[] = {
    COLUMN(COL_INT8, ord),
    COLUMN(COL_INT4, n),
    COLUMN(COL_TEXT, unit),
    COLUMN(COL_TEXT, issuer),
    COLUMN(COL_TEXT, kind),
    COLUMN(COL_TEXT, state),
    COLUMN(COL_TEXT, grounds),
    COLUMN(COL_TIME, opened_at_us),
    COLUMN(COL_TIME, due_at_us),
    COLUMN(COL_TIME, replied_at_us),
    COLUMN(COL_TIME, ended_at_us),
    COLUMN(COL_TEXT, consequence),
};
#undef COLUMN

struct notice_row {
	int64_t ord;
	int32_t n;
	const char *unit, *kind, *channel, *agg, *receiver;
};
typedef LIST_OF(struct notice_row) notice_row_list;

#define COLUMN(type, member)                                                                                                \
	{ type, offsetof(struct notice_row, member) }
static const struct column notice_columns[] = {
    COLUMN(COL_INT8, ord),
    COLUMN(COL_INT4, n),
    COLUMN(COL_TEXT, unit),
    COLUMN(COL_TEXT, kind),
    COLUMN(COL_TEXT, channel),
    COLUMN(COL_TEXT, agg),
    COLUMN(COL_TEXT, receiver),
};
#undef COLUMN

struct batch {
	struct arena *arena;
	struct write_row *rows;
	task_row_list tasks;
	order_row_list orders;
	notice_row_list notices;
};

static void add_task(struct batch *b, int64_t ord, const struct task *t) {
	*LIST_ADD(&b->tasks, b->arena) = (struct task_row){.ord = ord,
	                                                   .n = t->n,
	                                                   .unit = t->unit,
	                                                   .kind = task_kind_names[t->kind],
	                                                   .state = task_state_names[t->state],
	                                                   .given_at_us = t->given_at_us,
	                                                   .accepted_at_us = t->accepted_at_us,
	                                                   .arrived_at_us = t->arrived_at_us,
	                                                   .ended_at_us = t->ended_at_us,
	                                                   .result = t->result,
	                                                   .reason = t->reason};
}

static void add_order(struct batch *b, int64_t ord, const struct order *o) {
	*LIST_ADD(&b->orders, b->arena) = (struct order_row){.ord = ord,
	                                                     .n = o->n,
	                                                     .unit = o->unit,
	                                                     .issuer = o->issuer,
	                                                     .kind = order_kind_names[o->kind],
	                                                     .state = order_state_names[o->state],
	                                                     .grounds = o->grounds,
	                                                     .opened_at_us = o->opened_at_us,
	                                                     .due_at_us = o->due_at_us,
	                                                     .replied_at_us = o->replied_at_us,
	                                                     .ended_at_us = o->ended_at_us,
	                                                     .consequence = o->consequence};
}

static void add_notice(struct batch *b, int64_t ord, int32_t n, const struct notice *notice) {
	struct strbuf agg;
	strbuf_init(&agg);
	notice_encode(notice, &agg);
	*LIST_ADD(&b->notices, b->arena) = (struct notice_row){.ord = ord,
	                                                       .n = n,
	                                                       .unit = notice->unit,
	                                                       .kind = notice_kind_names[notice->kind],
	                                                       .channel = notice->channel,
	                                                       .agg = arena_strndup(b->arena, agg.data, agg.len),
	                                                       .receiver = notice->to};
	strbuf_fini(&agg);
}

/* A task or an order that one command changes twice is stored as it is in the end: one statement can't touch a row twice. */
static bool changes_again(const struct changes *ch, size_t at) {
	const struct change *now = &ch->list.v[at];
	for (size_t i = at + 1; i < ch->list.n; i++) {
		const struct change *later = &ch->list.v[i];
		if (later->kind == now->kind &&
		    (now->kind == CHANGE_TASK ? later->task.n == now->task.n : later->order.n == now->order.n))
			return true;
	}
	return false;
}

static void add_changes(struct batch *b, int64_t ord, const struct changes *ch) {
	int32_t notices = 0;
	for (size_t i = 0; i < ch->list.n; i++) {
		const struct change *c = &ch->list.v[i];
		if (c->kind == CHANGE_NOTICE)
			add_notice(b, ord, ++notices, &c->notice);
		else if (c->kind == CHANGE_TASK && !changes_again(ch, i))
			add_task(b, ord, &c->task);
		else if (c->kind == CHANGE_ORDER && !changes_again(ch, i))
			add_order(b, ord, &c->order);
	}
}

/* Class group, town and time as the statement asks of stored cases. */
static bool alike(const struct write_row *now, const struct write_row *earlier) {
	if (!now->class_group || !earlier->class_group || strcmp(now->class_group, earlier->class_group) != 0)
		return false;
	const int64_t age_us = now->received_at_us - earlier->received_at_us;
	if (age_us < 0 || age_us > DAY_US || strcmp(now->town, earlier->town) != 0)
		return false;
	return (now->address_hash != NO_INT && now->address_hash == earlier->address_hash) ||
	       metres_near(&now->metres, &earlier->metres);
}

/* A burst of one complaint in one batch would name all before it; ten are shown. */
static const char *find_twins(struct arena *a, const struct write_row *rows, size_t at) {
	enum { SHOWN = 10 };
	const char *found = NULL;
	for (size_t i = at, n = 0; i-- > 0 && n < SHOWN;)
		if (alike(&rows[at], &rows[i]))
			found = n++ ? arena_printf(a, "%s,%zu", found, i + 1) : arena_printf(a, "{%zu", i + 1);
	return found ? arena_printf(a, "%s}", found) : NULL;
}

static void put_list(struct params *p, unsigned oid, const struct column_source *from, const struct column *list, size_t n) {
	params_records(p, from, &(struct record_type){oid, list, n});
}

#define PUT_LIST(p, oid, list, columns)                                                                                     \
	put_list(p, oid, &(struct column_source){(list).v, (list).n, sizeof *(list).v}, columns, COUNT_OF(columns))

static void fill(struct batch *b, const struct batch_of *of, int64_t now_us) {
	b->rows = arena_array(b->arena, struct write_row, of->n);
	for (size_t i = 0; i < of->n; i++) {
		const struct row_of *from = &of->rows[i];
		b->rows[i] = *from->row;
		b->rows[i].group_ord = from->group;
		b->rows[i].updated_at_us = from->by_time ? NO_TIME : now_us;
		b->rows[i].twins = find_twins(b->arena, b->rows, i);
		if (from->item->changes)
			add_changes(b, (int64_t)i + 1, from->item->changes);
	}
}

/* Time, rows and tasks: the parameters of both statements. */
static struct params *put_first(struct batch *b, const struct batch_of *of, int64_t now_us) {
	struct params *p = params_new(b->arena);
	params_time(p, now_us);
	put_list(p, of->types->row, &(struct column_source){b->rows, of->n, sizeof *b->rows}, columns, COUNT_OF(columns));
	PUT_LIST(p, of->types->task, b->tasks, task_columns);
	return p;
}

struct params *write_rows_params(const struct batch_of *of, int64_t now_us, struct arena *a) {
	struct batch b = {.arena = a};
	fill(&b, of, now_us);
	struct params *p = put_first(&b, of, now_us);
	PUT_LIST(p, of->types->order, b.orders, order_columns);
	PUT_LIST(p, of->types->notice, b.notices, notice_columns);
	return p;
}

/* Each is a group of its own, so group_ord is free to say the how manieth of its town in the batch a row is. */
static int32_t place_in_town(const struct write_row *rows, size_t at) {
	for (size_t i = at; i-- > 0;)
		if (strcmp(rows[i].town, rows[at].town) == 0)
			return rows[i].group_ord + 1;
	return 1;
}

struct params *write_new_params(const struct batch_of *of, int64_t now_us, struct arena *a) {
	struct batch b = {.arena = a};
	fill(&b, of, now_us);
	for (size_t i = 0; i < of->n; i++)
		b.rows[i].group_ord = place_in_town(b.rows, i);
	CHECK(!b.orders.n);
	struct params *p = put_first(&b, of, now_us);
	PUT_LIST(p, of->types->notice, b.notices, notice_columns);
	return p;
}
