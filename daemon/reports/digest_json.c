/* digest_json: members, in the words of the protocol: codes with their names beside them, times with the town's offset. */
#include "daemon/reports/digest_json.h"

#include "daemon/base/check.h"

#include <stdio.h>
#include <string.h>

static void write_time(struct json_out *j, const struct digest *d, const char *key, int64_t at_us) {
	jout_kv_time(j, key, at_us, (int32_t)d->offset_s);
}

/* A code, and what it is called in both languages where it has a name. */
static void write_named(struct json_out *j, const struct digest *d, const char *key, const char *kind, const char *code) {
	static const char *const suffixes[PAGE_LANGS] = {[PAGE_ZH] = "_name", [PAGE_EN] = "_name_en"};
	char name_key[40];
	jout_kv_opt(j, key, code);
	for (int lang = 0; code && lang < PAGE_LANGS; lang++) {
		const char *name = digest_name_of(d, kind, code, (enum page_lang)lang);
		(void)snprintf(name_key, sizeof name_key, "%s%s", key, suffixes[lang]);
		if (strcmp(name, code) != 0)
			jout_kv_str(j, name_key, name);
	}
}

static void write_numbers(struct json_out *j, const char *key, const struct strs *numbers) {
	if (!numbers->n)
		return;
	jout_key(j, key);
	jout_array(j);
	for (size_t i = 0; i < numbers->n; i++)
		jout_str(j, numbers->v[i]);
	jout_end_array(j);
}

void digest_figures_write(const struct digest *d, struct json_out *j) {
	const struct {
		const char *key;
		int64_t figure;
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
	jout_kv_str(j, "town", d->town);
	jout_kv_str(j, "day", d->day);
	write_time(j, d, "at", d->at_us);
	jout_kv_int(j, "pack", d->pack_version);
	for (size_t i = 0; i < COUNT_OF(figures); i++)
		if (figures[i].figure >= 0)
			jout_kv_int(j, figures[i].key, figures[i].figure);
	write_numbers(j, "extended", &d->extended);
	write_numbers(j, "waived", &d->waived);
	write_numbers(j, "late_entries", &d->late_entries);
}

static void write_seconds(struct json_out *j, const char *key, int64_t us) { jout_kv_int(j, key, us / SECOND_US); }

void digest_units_write(const struct digest *d, struct json_out *j) {
	jout_key(j, "units");
	jout_array(j);
	for (size_t i = 0; i < d->units.n; i++) {
		const struct digest_unit *u = &d->units.v[i];
		jout_object(j);
		write_named(j, d, "unit", "unit", u->unit);
		jout_kv_int(j, "overdue", u->overdue);
		jout_kv_int(j, "fresh", u->fresh);
		write_seconds(j, "longest_seconds", u->longest_us);
		jout_kv_int(j, "due_soon", u->due_soon);
		jout_kv_int(j, "suspended", u->suspended);
		jout_kv_int(j, "orders", u->orders);
		jout_end_object(j);
	}
	jout_end_array(j);
}

static void write_case(struct json_out *j, const struct digest *d, const struct digest_row *r) {
	jout_object(j);
	jout_kv_str(j, "case", r->number);
	write_named(j, d, "class", "class", r->class_code);
	write_named(j, d, "estate", "estate", r->estate);
	jout_kv_opt(j, "grid", r->grid);
	write_named(j, d, "unit", "unit", r->unit);
	write_named(j, d, "clock", "clock", r->clock);
	write_time(j, d, "received_at", r->received_at_us);
	write_time(j, d, "due_at", r->due_at_us);
	write_seconds(j, "overdue_seconds", r->natural_us);
	write_seconds(j, "overdue_clock_seconds", r->worked_us);
	write_named(j, d, "longest", "unit", r->longest);
	if (r->longest)
		jout_kv_int(j, "longest_permille", r->longest_permille);
	jout_kv_int(j, "returns", r->returns);
	jout_kv_int(j, "escalation_level", r->level);
	write_named(j, d, "last_act", "event", r->last_act);
	write_time(j, d, "last_act_at", r->last_act_at_us);
	jout_kv_bool(j, "fresh", r->fresh);
	jout_kv_bool(j, "emergency", r->emergency);
	jout_end_object(j);
}

void digest_cases_write(const struct digest *d, size_t limit, struct json_out *j) {
	jout_key(j, "cases");
	jout_array(j);
	for (size_t i = 0; i < d->rows.n && i < limit; i++)
		write_case(j, d, &d->rows.v[i]);
	jout_end_array(j);
	if (d->rows.n > limit)
		jout_kv_bool(j, "more", true);
}
