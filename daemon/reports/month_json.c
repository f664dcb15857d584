/* month_json: each figure with its parts, and what its parts are in words. */
#include "daemon/reports/month_json.h"

#include "daemon/reports/pages.h"

static const char *const whose_names[] = {
    [WHOSE_STAY] = "stay", [WHOSE_LAST] = "last", [WHOSE_BEARER] = "bearer", [WHOSE_DESK] = "desk", [WHOSE_TOWN] = "town"};

static void write_time(struct json_out *j, const struct kpi *k, const char *key, int64_t at_us) {
	jout_kv_time(j, key, at_us, (int32_t)k->offset_s);
}

void month_head_write(const struct kpi *k, struct json_out *j) {
	jout_kv_str(j, "town", k->town);
	jout_kv_opt(j, "town_name", k->town_zh);
	jout_kv_opt(j, "town_name_en", k->town_en);
	write_time(j, k, "from", k->from_us);
	write_time(j, k, "to", k->to_us);
	write_time(j, k, "as_of", k->as_of_us);
	jout_kv_str(j, "by", kpi_by_names[k->by]);
	jout_kv_int(j, "pack", k->pack_version);
}

/* ---- Indicators ---- */

static void write_words(struct json_out *j, const char *key, const char *zh, const char *en) {
	if (!zh)
		return;
	jout_key(j, key);
	jout_object(j);
	jout_kv_str(j, "zh", zh);
	jout_kv_str(j, "en", en);
	jout_end_object(j);
}

static void write_indicator(struct json_out *j, const struct indicator_def *d) {
	jout_object(j);
	jout_kv_str(j, "id", d->id);
	jout_kv_str(j, "zh", d->zh);
	jout_kv_str(j, "en", d->en);
	write_words(j, "numerator", d->numerator_zh, d->numerator_en);
	write_words(j, "denominator", d->denominator_zh, d->denominator_en);
	jout_kv_str(j, "source", d->source);
	jout_kv_str(j, "kind", indicator_kind_names[d->kind]);
	jout_kv_str(j, "group", indicator_group_names[d->group]);
	jout_kv_str(j, "whose", whose_names[d->whose]);
	jout_kv_bool(j, "more_is_better", d->more_is_better);
	jout_end_object(j);
}

/* ---- Rows ---- */

/* A part that counts by weight is a number with a fraction: 4.4. */
static void write_part(struct json_out *j, enum indicator i, const struct kpi_cell *c, enum kpi_part part) {
	char text[24];
	kpi_part_text(i, c, part, text);
	jout_key(j, kpi_part_names[part]);
	jout_raw(j, text);
}

static void write_cell(struct json_out *j, const char *key, enum indicator i, const struct kpi_cell *c) {
	char text[24];
	bool few;
	kpi_cell_text(i, c, text, &few);
	jout_key(j, key);
	jout_object(j);
	write_part(j, i, c, KPI_NUMERATOR);
	if (indicators[i].kind != IND_COUNT)
		write_part(j, i, c, KPI_DENOMINATOR);
	jout_kv_str(j, "value", text);
	if (few)
		jout_kv_bool(j, "few", true);
	jout_end_object(j);
}

void month_key_write(const struct kpi *k, const char *key, struct json_out *j) {
	if (!key)
		return;
	jout_kv_str(j, "key", key);
	jout_kv_str(j, "name", kpi_name_of(k, key, PAGE_ZH));
	jout_kv_str(j, "name_en", kpi_name_of(k, key, PAGE_EN));
}

/* Of a row that isn't the town's, figures without anything in them are left out. */
static void write_row(struct json_out *j, const struct kpi *k, const struct kpi_row *row) {
	jout_object(j);
	month_key_write(k, row->key, j);
	jout_key(j, "figures");
	jout_object(j);
	for (size_t i = 0; i < INDICATORS; i++) {
		const struct kpi_cell *c = &row->cells[i];
		if (!row->key || c->numerator || c->denominator)
			write_cell(j, indicator_ids[i], (enum indicator)i, c);
	}
	jout_end_object(j);
	jout_end_object(j);
}

static void write_day(struct json_out *j, const struct kpi_day *d) {
	jout_object(j);
	jout_kv_str(j, "day", d->day);
	jout_kv_int(j, "received", d->received);
	jout_kv_int(j, "closed", d->closed);
	jout_kv_int(j, "breached", d->breached);
	jout_kv_int(j, "open", d->open);
	jout_end_object(j);
}

static void write_correction(struct json_out *j, const struct kpi_correction *c) {
	enum indicator i;
	const struct kpi_cell before = {c->before_numerator, c->before_denominator}, now = {c->numerator, c->denominator};
	if (!indicator_find(c->indicator, &i))
		return;
	jout_object(j);
	jout_kv_opt(j, "key", c->key);
	jout_kv_str(j, "indicator", c->indicator);
	write_cell(j, "before", i, &before);
	write_cell(j, "now", i, &now);
	jout_end_object(j);
}

/* [item, item, ...] of a list, each by its writer. */
#define WRITE_LIST(j, key, list, write, ...)                                                                                \
	do {                                                                                                                    \
		jout_key((j), (key));                                                                                               \
		jout_array(j);                                                                                                      \
		for (size_t i_ = 0; i_ < (list)->n; i_++)                                                                           \
			write((j), ##__VA_ARGS__, &(list)->v[i_]);                                                                      \
		jout_end_array(j);                                                                                                  \
	} while (0)

void month_figures_write(const struct kpi *k, struct json_out *j) {
	jout_key(j, "indicators");
	jout_array(j);
	for (size_t i = 0; i < INDICATORS; i++)
		write_indicator(j, &indicators[i]);
	jout_end_array(j);
	if (!k->narrowed) {
		jout_key(j, "total");
		write_row(j, k, &k->total);
	}
	WRITE_LIST(j, "rows", &k->rows, write_row, k);
	if (!k->narrowed)
		WRITE_LIST(j, "days", &k->days, write_day);
	if (k->sent_at_us == NO_TIME)
		return;
	write_time(j, k, "sent_at", k->sent_at_us);
	WRITE_LIST(j, "corrections", &k->corrections, write_correction);
}

void kpi_json(const struct kpi *k, struct strbuf *out) {
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_str(&j, "report", "monthly");
	jout_kv_int(&j, "format", k->format);
	jout_kv_int(&j, "pages", PAGES_VERSION);
	month_head_write(k, &j);
	month_figures_write(k, &j);
	jout_end_object(&j);
}
