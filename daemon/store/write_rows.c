/* write_rows: turns decided calls into rows, and the rows of a batch into one array a column. */
#include "daemon/store/write_rows.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/store/case_json.h"
#include "daemon/store/private_hash.h"

#include <math.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

struct write_row {
	const char *town, *principal, *key;
	struct bytes call_sha256;
	const char *ref_channel, *ref;
	int64_t old_id;
	int32_t expect_version, group_ord;
	const char *day, *reply;
	int64_t at_us;
	const char *actor, *body;
	struct bytes body_sha256;
	const char *state;
	int32_t version;
	const char *class_code, *unit, *estate, *grid, *channel, *tags;
	int64_t due_at_us, overall_due_at_us;
	int32_t escalation_level, returns;
	int64_t received_at_us, updated_at_us, closed_at_us;
	const char *agg;
	int64_t fire_at_us;
	const char *text, *address;
	double place_x, place_y;
	const char *place_crs, *reporter_name, *reporter_phone;
	bool reporter_confidential;
	const char *attachments, *attrs;
	struct bytes salt;
	const char *class_group;
	int64_t address_hash, phone_hash;
	struct metres metres;
	const char *twins; /* earlier calls of the batch that this one is alike to: "{3,5}"; NULL: none */
};

/* In the order of the statement's parameters. */
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

/* What the making of one row passes around. */
struct build {
	struct arena *arena;
	const unsigned char *hmac_key;
	struct strbuf scratch;
};

static struct bytes sha256_of(struct build *b, const void *p, size_t n) {
	unsigned char md[SHA256_BYTES];
	(void)SHA256(p, n, md);
	return (struct bytes){arena_memdup(b->arena, md, sizeof md), sizeof md};
}

/* What the scratch buffer holds, copied; NULL if that is nothing. */
static const char *keep(struct build *b) {
	const char *copy = b->scratch.len ? arena_strndup(b->arena, b->scratch.data, b->scratch.len) : NULL;
	strbuf_clear(&b->scratch);
	return copy;
}

/* A text[] literal: {"a","b"}; NULL: no tags. */
static const char *tags_literal(struct build *b, const struct strs *tags) {
	if (!tags->n)
		return NULL;
	for (size_t i = 0; i < tags->n; i++) {
		strbuf_adds(&b->scratch, i ? ",\"" : "{\"");
		for (const char *s = tags->v[i]; *s; s++) {
			if (*s == '"' || *s == '\\')
				strbuf_addc(&b->scratch, '\\');
			strbuf_addc(&b->scratch, *s);
		}
		strbuf_addc(&b->scratch, '"');
	}
	strbuf_addc(&b->scratch, '}');
	return keep(b);
}

static int64_t running_due_us(const struct clock *c) { return c && c->state == CLOCK_RUNNING ? c->due_at_us : NO_TIME; }

static void fill_private(struct build *b, struct write_row *r, const struct write_item *item) {
	const struct private_part *p = item->priv;
	unsigned char salt[SALT_BYTES];
	CHECK(RAND_bytes(salt, sizeof salt) == 1);
	r->salt = (struct bytes){arena_memdup(b->arena, salt, sizeof salt), sizeof salt};
	r->text = p->text;
	r->address = p->address;
	r->place_crs = p->place.crs;
	r->place_x = p->place.crs ? p->place.x : NAN;
	r->place_y = p->place.crs ? p->place.y : NAN;
	r->reporter_name = p->reporter.name;
	r->reporter_phone = p->reporter.phone;
	r->reporter_confidential = p->reporter.confidential;
	if (p->attachments.n)
		attachments_encode(p, &b->scratch);
	r->attachments = keep(b);
	if (p->attrs.n)
		attrs_encode(p, &b->scratch);
	r->attrs = keep(b);
	r->class_group = item->similar_group;
	r->address_hash = address_hash(b->hmac_key, item->similar_estate, p->address, b->arena);
	r->phone_hash = phone_hash(b->hmac_key, p->reporter.phone, b->arena);
	r->metres = place_metres(&p->place);
}

static void fill_case(struct build *b, struct write_row *r, const struct case_rec *cr) {
	r->state = state_name(cr->state);
	r->version = cr->version;
	r->class_code = cr->class_code;
	r->unit = cr->unit;
	r->estate = cr->estate;
	r->grid = cr->grid;
	r->channel = cr->channel;
	r->tags = tags_literal(b, &cr->tags);
	r->due_at_us = running_due_us(case_holder_clock(cr));
	r->overall_due_at_us = running_due_us(case_clock(cr, "overall"));
	r->escalation_level = cr->escalation_level;
	r->returns = cr->returns;
	r->received_at_us = cr->received_at_us;
	r->closed_at_us = cr->closed_at_us;
	case_encode(cr, &b->scratch);
	r->agg = keep(b);
}

static void fill_event(struct build *b, struct write_row *r, const struct write_item *item) {
	char hex[SHA256_HEX] = "";
	if (item->priv)
		private_sha256(r->salt.p, item->priv, b->arena, hex);
	r->at_us = item->changes->at_us;
	r->actor = item->cmd->actor;
	r->fire_at_us = item->changes->next_fire_at_us;
	event_encode(item->cmd, item->changes, item->priv ? hex : NULL, &b->scratch);
	r->body_sha256 = sha256_of(b, b->scratch.data, b->scratch.len);
	r->body = keep(b);
}

static const char *day_text(struct arena *a, int32_t day) {
	const struct civil_date d = civil_from_day(day);
	return arena_printf(a, "%04d%02d%02d", d.year, d.month, d.day);
}

struct write_row *write_row_new(const struct write_item *item, const unsigned char *hmac_key, struct arena *a) {
	struct build b = {.arena = a, .hmac_key = hmac_key};
	const struct case_rec *cr = item->after;
	struct write_row *r = arena_new(a, struct write_row);
	strbuf_init(&b.scratch);
	*r = (struct write_row){.town = item->town, .principal = item->principal, .key = item->key};
	r->call_sha256 = (struct bytes){item->body_sha256, sizeof item->body_sha256};
	r->ref_channel = item->ref_channel;
	r->ref = item->ref;
	r->old_id = cr->id ? cr->id : NO_INT;
	r->expect_version = cr->version - 1;
	r->day = cr->id ? NULL : day_text(a, item->received_day);
	r->reply = item->reply;
	r->place_x = r->place_y = NAN;
	r->address_hash = r->phone_hash = NO_INT;
	r->metres = no_metres;
	if (item->priv)
		fill_private(&b, r, item);
	fill_case(&b, r, cr);
	fill_event(&b, r, item);
	strbuf_fini(&b.scratch);
	return r;
}

static void add_tasks(struct arena *a, task_row_list *rows, const struct changes *ch, int64_t ord) {
	for (size_t i = 0; i < ch->list.n; i++) {
		if (ch->list.v[i].kind != CHANGE_TASK)
			continue;
		const struct task *t = &ch->list.v[i].task;
		*LIST_ADD(rows, a) = (struct task_row){.ord = ord,
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

static void put_columns(struct params *p, const struct column_source *from, const struct column *list, size_t n) {
	for (size_t i = 0; i < n; i++)
		params_column(p, from, list[i]);
}

struct params *write_rows_params(const struct row_of *calls, size_t n, int64_t now_us, struct arena *a) {
	struct write_row *rows = arena_array(a, struct write_row, n);
	task_row_list tasks = {0};
	for (size_t i = 0; i < n; i++) {
		rows[i] = *calls[i].row;
		rows[i].group_ord = (int32_t)i + 1;
		rows[i].updated_at_us = now_us;
		rows[i].twins = find_twins(a, rows, i);
		add_tasks(a, &tasks, calls[i].item->changes, (int64_t)i + 1);
	}
	struct params *p = params_new(a);
	params_time(p, now_us);
	put_columns(p, &(struct column_source){rows, n, sizeof *rows}, columns, COUNT_OF(columns));
	put_columns(p, &(struct column_source){tasks.v, tasks.n, sizeof *tasks.v}, task_columns, COUNT_OF(task_columns));
	return p;
}
