/* digest: the night's figures as JSON, and what its codes are called. */
#include "daemon/reports/digest.h"

#include "daemon/reports/plan_json.h"

#include <stdlib.h>
#include <string.h>

const char *const digest_mark_names[DIGEST_MARKS + 1] = {
    [DIGEST_ON_TIME] = "on_time", [DIGEST_LATE] = "late", [DIGEST_RECKONED] = "reckoned"};
const char *const page_lang_names[PAGE_LANGS + 1] = {[PAGE_ZH] = "zh", [PAGE_EN] = "en"};

static const struct field row_fields[] = {
    PLAN_TEXT("number", struct digest_row, number),
    PLAN_TEXT_OPT("class", struct digest_row, class_code),
    PLAN_TEXT_OPT("estate", struct digest_row, estate),
    PLAN_TEXT_OPT("grid", struct digest_row, grid),
    PLAN_TEXT("unit", struct digest_row, unit),
    PLAN_TEXT("clock", struct digest_row, clock),
    PLAN_TIME("received_at", struct digest_row, received_at_us),
    PLAN_TIME("due_at", struct digest_row, due_at_us),
    PLAN_COUNT("worked_us", struct digest_row, worked_us),
    PLAN_COUNT("natural_us", struct digest_row, natural_us),
    PLAN_TEXT_OPT("longest", struct digest_row, longest),
    PLAN_INT("longest_permille", struct digest_row, longest_permille, 0, 1000),
    PLAN_COUNT("returns", struct digest_row, returns),
    PLAN_COUNT("level", struct digest_row, level),
    PLAN_TEXT_OPT("last_act", struct digest_row, last_act),
    PLAN_TIME_OPT("last_act_at", struct digest_row, last_act_at_us),
    PLAN_FLAG("fresh", struct digest_row, fresh),
    PLAN_FLAG("emergency", struct digest_row, emergency),
    FIELD_END,
};

static const struct field unit_fields[] = {
    PLAN_TEXT("unit", struct digest_unit, unit),          PLAN_COUNT("overdue", struct digest_unit, overdue),
    PLAN_COUNT("fresh", struct digest_unit, fresh),       PLAN_COUNT("longest_us", struct digest_unit, longest_us),
    PLAN_COUNT("due_soon", struct digest_unit, due_soon), PLAN_COUNT("suspended", struct digest_unit, suspended),
    PLAN_COUNT("orders", struct digest_unit, orders),     FIELD_END,
};

static const struct field name_fields[] = {
    PLAN_TEXT("kind", struct digest_name, kind),
    PLAN_TEXT("code", struct digest_name, code),
    PLAN_TEXT_OPT("zh", struct digest_name, zh),
    PLAN_TEXT_OPT("en", struct digest_name, en),
    FIELD_END,
};

static const struct field digest_fields[] = {
    PLAN_INT("format", struct digest, format, 1, DIGEST_FORMAT),
    PLAN_TEXT("town", struct digest, town),
    PLAN_TEXT_OPT("town_zh", struct digest, town_zh),
    PLAN_TEXT_OPT("town_en", struct digest, town_en),
    PLAN_TEXT("day", struct digest, day),
    PLAN_ENUM("mark", struct digest, mark, digest_mark_names),
    PLAN_TIME("at", struct digest, at_us),
    PLAN_INT("offset_s", struct digest, offset_s, -86400, 86400),
    PLAN_COUNT("pack_version", struct digest, pack_version),
    PLAN_COUNT("overdue", struct digest, overdue),
    PLAN_INT("overdue_before", struct digest, overdue_before, -1, INT64_MAX),
    PLAN_COUNT("fresh", struct digest, fresh),
    PLAN_COUNT("due_soon", struct digest, due_soon),
    PLAN_INT("undelivered", struct digest, undelivered, -1, INT64_MAX),
    PLAN_COUNT("orders", struct digest, orders),
    PLAN_COUNT("suspended", struct digest, suspended),
    PLAN_COUNT("suspended_today", struct digest, suspended_today),
    PLAN_COUNT("extended_today", struct digest, extended_today),
    PLAN_COUNT("waived_today", struct digest, waived_today),
    PLAN_COUNT("late_entries_today", struct digest, late_entries_today),
    PLAN_STRS("extended", struct digest, extended),
    PLAN_STRS("waived", struct digest, waived),
    PLAN_STRS("late_entries", struct digest, late_entries),
    PLAN_LIST("units", struct digest, units, unit_fields),
    PLAN_LIST("rows", struct digest, rows, row_fields),
    PLAN_LIST("names", struct digest, names, name_fields),
    FIELD_END,
};

static const struct plan_kind digest_kind = {"digest", digest_fields, DIGEST_FORMAT};

void digest_encode(const struct digest *d, struct strbuf *out) { plan_write(&digest_kind, d, out); }

/* ---- Names ---- */

static int name_order(const void *one, const void *other) {
	const struct digest_name *const a = one, *const b = other;
	const int by_kind = strcmp(a->kind, b->kind);
	return by_kind ? by_kind : strcmp(a->code, b->code);
}

/* They are looked up by halves, so a list out of order would lose some of them silently. */
static bool names_sorted(const digest_name_list *names) {
	for (size_t i = 1; i < names->n; i++)
		if (name_order(&names->v[i - 1], &names->v[i]) >= 0)
			return false;
	return true;
}

const char *digest_name_of(const struct digest *d, const char *kind, const char *code, enum page_lang lang) {
	const struct digest_name wanted = {.kind = kind, .code = code};
	if (!code || d->names.n == 0)
		return code;
	const struct digest_name *found = bsearch(&wanted, d->names.v, d->names.n, sizeof d->names.v[0], name_order);
	const char *name = !found ? NULL : lang == PAGE_EN ? found->en : found->zh;
	return name && *name ? name : code;
}

bool digest_decode(const char *json, struct arena *a, struct digest *out, struct err *e) {
	*out = (struct digest){0};
	if (!plan_read(&digest_kind, json, a, out, e))
		return false;
	if ((size_t)out->overdue != out->rows.n)
		return plan_foreign(&digest_kind, e, "it has not as many rows as overdue cases");
	if (!names_sorted(&out->names))
		return plan_foreign(&digest_kind, e, "its names are out of order");
	return true;
}
