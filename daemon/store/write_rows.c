/* write_rows: turns a decided call into the rows of the cases that it changes. */
#include "daemon/store/write_rows.h"

#include "daemon/base/check.h"
#include "daemon/store/case_json.h"

#include <math.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

/* What the making of one row passes around. */
struct build {
	struct arena *arena;
	const unsigned char *hmac_key;
	struct strbuf scratch;
	struct event_about about;
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

static int64_t running_due_us(const struct clock *c) { return c && c->state == CLOCK_RUNNING ? c->due_at_us : NO_TIME; }

static void fill_salt(struct build *b, struct write_row *r) {
	unsigned char salt[SALT_BYTES];
	CHECK(RAND_bytes(salt, sizeof salt) == 1);
	r->salt = (struct bytes){arena_memdup(b->arena, salt, sizeof salt), sizeof salt};
}

static void fill_address(struct build *b, struct write_row *r, const char *address, const char *estate) {
	r->address = address;
	r->address_hash = address_hash(b->hmac_key, estate, address, b->arena);
}

static void fill_place(struct write_row *r, const struct place *p) {
	r->place_crs = p->crs;
	r->place_x = p->crs ? p->x : NAN;
	r->place_y = p->crs ? p->y : NAN;
	r->metres = place_metres(p);
}

static const char *attachments_text(struct build *b, const attachment_list *list) {
	if (list->n)
		attachments_encode(&(struct private_part){.attachments = *list}, &b->scratch);
	return keep(b);
}

static const char *attrs_text(struct build *b, const attr_list *list) {
	if (list->n)
		attrs_encode(&(struct private_part){.attrs = *list}, &b->scratch);
	return keep(b);
}

static const char *hash_text(struct build *b, const struct write_row *r, const struct private_part *p) {
	char hex[SHA256_HEX];
	private_sha256(r->salt.p, p, b->arena, hex);
	return arena_strdup(b->arena, hex);
}

/* Of a new case. */
static void fill_private(struct build *b, struct write_row *r, const struct write_item *item) {
	const struct private_part *p = item->priv;
	fill_salt(b, r);
	r->text = p->text;
	fill_address(b, r, p->address, item->similar_estate);
	fill_place(r, &p->place);
	r->reporter_name = p->reporter.name;
	r->reporter_phone = p->reporter.phone;
	r->reporter_confidential = p->reporter.confidential;
	r->phone_hash = phone_hash(b->hmac_key, p->reporter.phone, b->arena);
	r->attachments = attachments_text(b, &p->attachments);
	r->attrs = attrs_text(b, &p->attrs);
	r->class_group = item->similar_group;
	b->about.private_sha256 = hash_text(b, r, p);
}

static void fill_note(struct build *b, struct write_row *r, const struct private_more *m) {
	r->text = m->note;
	r->attachments = attachments_text(b, &m->attachments);
	b->about.note_sha256 = hash_text(b, r, &(struct private_part){.text = m->note, .attachments = m->attachments});
}

static void fill_amended(struct build *b, struct write_row *r, const struct private_more *m) {
	struct private_part p = {0};
	r->set_address = m->set_address;
	r->set_place = m->set_place;
	r->set_attrs = m->set_attrs;
	if (m->set_address) {
		p.address = m->amended.address;
		fill_address(b, r, p.address, m->similar_estate);
	}
	if (m->set_place) {
		p.place = m->amended.place;
		fill_place(r, &p.place);
	}
	if (m->set_attrs) {
		p.attrs = m->amended.attrs;
		r->attrs = attrs_text(b, &p.attrs);
	}
	b->about.private_sha256 = hash_text(b, r, &p);
}

/* Of a stored case: what came with this command. */
static void fill_more(struct build *b, struct write_row *r, const struct private_more *m) {
	const bool note = m->note || m->attachments.n, amended = m->set_address || m->set_place || m->set_attrs;
	if (!note && !amended)
		return;
	fill_salt(b, r);
	if (note)
		fill_note(b, r, m);
	if (amended)
		fill_amended(b, r, m);
}

static void fill_case(struct build *b, struct write_row *r, const struct case_rec *cr) {
	r->state = state_name(cr->state);
	r->version = cr->version;
	r->class_code = cr->class_code;
	r->unit = cr->unit;
	r->estate = cr->estate;
	r->grid = cr->grid;
	r->channel = cr->channel;
	r->submitter = cr->actor;
	r->tags = texts_literal(&cr->tags, b->arena);
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
	b->about.state = item->after->state;
	r->at_us = item->changes->at_us;
	r->actor = item->cmd->actor;
	r->fire_at_us = item->changes->next_fire_at_us;
	event_encode(item->cmd, item->changes, &b->about, &b->scratch);
	r->body_sha256 = sha256_of(b, b->scratch.data, b->scratch.len);
	r->body = keep(b);
}

static const char *day_text(struct arena *a, int32_t day) {
	const struct civil_date d = civil_from_day(day);
	return arena_printf(a, "%04d%02d%02d", d.year, d.month, d.day);
}

size_t write_item_rows(const struct write_item *item) {
	size_t n = 0;
	for (; item; item = item->with)
		n++;
	return n;
}

bool write_item_is_plain(const struct write_item *item) {
	if (!item->changes || item->with || item->after->id)
		return false;
	for (size_t i = 0; i < item->changes->list.n; i++)
		if (item->changes->list.v[i].kind == CHANGE_ORDER)
			return false;
	return true;
}

/* One more number of a stored case is in its changes only. */
const char *write_item_ref(const struct write_item *item, const char **channel) {
	*channel = item->ref_channel;
	if (item->ref || !item->changes)
		return item->ref;
	for (size_t i = 0; i < item->changes->list.n; i++) {
		const struct change *c = &item->changes->list.v[i];
		if (c->kind != CHANGE_REF)
			continue;
		*channel = c->ref.channel;
		return c->ref.ref;
	}
	return NULL;
}

/* Asks what its key was answered: nothing is locked or stored, and no case has the id 0. */
static void fill_known(struct write_row *r) {
	r->old_id = 0;
	r->reply = "";
	r->at_us = r->due_at_us = r->overall_due_at_us = NO_TIME;
	r->received_at_us = r->closed_at_us = r->fire_at_us = NO_TIME;
}

static void fill_row(struct build *b, struct write_row *r, const struct write_item *item) {
	const struct case_rec *cr = item->after;
	r->ref = write_item_ref(item, &r->ref_channel);
	r->old_id = cr->id ? cr->id : NO_INT;
	r->expect_version = cr->version - 1;
	r->day = cr->id ? NULL : day_text(b->arena, item->received_day);
	r->reply = item->reply ? item->reply : "";
	if (item->priv)
		fill_private(b, r, item);
	if (item->more)
		fill_more(b, r, item->more);
	fill_case(b, r, cr);
	fill_event(b, r, item);
}

struct write_row *write_row_new(const struct write_item *item, const unsigned char *hmac_key, struct arena *a) {
	struct build b = {.arena = a, .hmac_key = hmac_key};
	struct write_row *r = arena_new(a, struct write_row);
	strbuf_init(&b.scratch);
	*r = (struct write_row){.town = item->town, .principal = item->principal, .key = item->key};
	r->call_sha256 = (struct bytes){item->body_sha256, sizeof item->body_sha256};
	r->place_x = r->place_y = NAN;
	r->address_hash = r->phone_hash = NO_INT;
	r->metres = no_metres;
	if (item->changes)
		fill_row(&b, r, item);
	else
		fill_known(r);
	strbuf_fini(&b.scratch);
	return r;
}
