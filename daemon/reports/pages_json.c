/* pages_json: the night for programs: figures, units and the first rows as one JSON object, with codes and both names. */
#include "daemon/reports/pages.h"

#include "daemon/wire/json_out.h"

#include <stdio.h>

static int64_t seconds(int64_t us) { return us / SECOND_US; }

/* "unit":"police","unit_name":{"zh":"彭浦镇派出所","en":"Pengpu police station"} */
static void add_named(const struct digest *d, const char *kind, const char *key, const char *code, struct json_out *j) {
	char name_key[32];
	if (!code)
		return;
	jout_kv_str(j, key, code);
	(void)snprintf(name_key, sizeof name_key, "%s_name", key);
	jout_key(j, name_key);
	jout_object(j);
	for (int lang = 0; lang < PAGE_LANGS; lang++)
		jout_kv_str(j, page_lang_names[lang], digest_name_of(d, kind, code, (enum page_lang)lang));
	jout_end_object(j);
}

static void add_numbers(struct json_out *j, const char *key, const struct strs *list) {
	jout_key(j, key);
	jout_array(j);
	for (size_t i = 0; i < list->n; i++)
		jout_str(j, list->v[i]);
	jout_end_array(j);
}

/* A figure that isn't known (-1) is null. */
static void add_figures(const struct digest *d, struct json_out *j) {
	const struct {
		const char *key;
		int64_t n;
	} figures[] = {
	    {"overdue", d->overdue},
	    {"overdue_before", d->overdue_before},
	    {"fresh", d->fresh},
	    {"due_soon", d->due_soon},
	    {"undelivered", d->undelivered},
	    {"orders", d->orders},
	    {"suspended", d->suspended},
	    {"suspended_today", d->suspended_today},
	    {"extended_today", d->extended_today},
	    {"waived_today", d->waived_today},
	    {"late_entries_today", d->late_entries_today},
	};
	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
		jout_key(j, figures[i].key);
		if (figures[i].n < 0)
			jout_null(j);
		else
			jout_int(j, figures[i].n);
	}
	add_numbers(j, "extended", &d->extended);
	add_numbers(j, "waived", &d->waived);
	add_numbers(j, "late_entries", &d->late_entries);
}

static void add_unit(const struct digest *d, const struct digest_unit *u, struct json_out *j) {
	jout_object(j);
	add_named(d, "unit", "unit", u->unit, j);
	jout_kv_int(j, "overdue", u->overdue);
	jout_kv_int(j, "fresh", u->fresh);
	jout_kv_int(j, "longest_seconds", seconds(u->longest_us));
	jout_kv_int(j, "due_soon", u->due_soon);
	jout_kv_int(j, "suspended", u->suspended);
	jout_kv_int(j, "orders", u->orders);
	jout_end_object(j);
}

static void add_row(const struct digest *d, const struct digest_row *r, struct json_out *j) {
	const int32_t offset_s = (int32_t)d->offset_s;
	jout_object(j);
	jout_kv_str(j, "case", r->number);
	add_named(d, "class", "class", r->class_code, j);
	add_named(d, "estate", "estate", r->estate, j);
	add_named(d, "grid", "grid", r->grid, j);
	add_named(d, "unit", "unit", r->unit, j);
	add_named(d, "clock", "clock", r->clock, j);
	jout_kv_time(j, "received_at", r->received_at_us, offset_s);
	jout_kv_time(j, "due_at", r->due_at_us, offset_s);
	jout_kv_int(j, "worked_seconds", seconds(r->worked_us));
	jout_kv_int(j, "natural_seconds", seconds(r->natural_us));
	add_named(d, "unit", "longest", r->longest, j);
	if (r->longest)
		jout_kv_int(j, "longest_permille", r->longest_permille);
	jout_kv_int(j, "returns", r->returns);
	jout_kv_int(j, "level", r->level);
	add_named(d, "event", "last_act", r->last_act, j);
	if (r->last_act)
		jout_kv_time(j, "last_act_at", r->last_act_at_us, offset_s);
	jout_kv_bool(j, "fresh", r->fresh);
	jout_kv_bool(j, "emergency", r->emergency);
	jout_end_object(j);
}

void digest_json(const struct digest *d, struct strbuf *out) {
	const size_t listed = d->rows.n < DIGEST_LISTED ? d->rows.n : DIGEST_LISTED;
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_str(&j, "report", "nightly");
	jout_kv_int(&j, "format", d->format);
	jout_kv_int(&j, "pages", PAGES_VERSION);
	jout_kv_str(&j, "town", d->town);
	jout_key(&j, "town_name");
	jout_object(&j);
	jout_kv_str(&j, "zh", d->town_zh ? d->town_zh : d->town);
	jout_kv_str(&j, "en", d->town_en ? d->town_en : d->town);
	jout_end_object(&j);
	jout_kv_str(&j, "day", d->day);
	jout_kv_str(&j, "mark", digest_mark_names[d->mark]);
	jout_kv_time(&j, "at", d->at_us, (int32_t)d->offset_s);
	jout_kv_int(&j, "pack_version", d->pack_version);
	add_figures(d, &j);
	jout_key(&j, "units");
	jout_array(&j);
	for (size_t i = 0; i < d->units.n; i++)
		add_unit(d, &d->units.v[i], &j);
	jout_end_array(&j);
	jout_key(&j, "rows");
	jout_array(&j);
	for (size_t i = 0; i < listed; i++)
		add_row(d, &d->rows.v[i], &j);
	jout_end_array(&j);
	jout_kv_int(&j, "more", (int64_t)(d->rows.n - listed));
	jout_end_object(&j);
}
