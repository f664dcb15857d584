/* report_cases: the cases behind one of the month's numbers, and of each the event that it was counted by. */
#include "daemon/base/limits.h"
#include "daemon/base/suggest.h"
#include "daemon/methods/pack_words.h"
#include "daemon/methods/report_figures.h"

#include <string.h>

struct cases_params {
	struct figures_params figures;
	const char *indicator, *unit, *code;      /* code: of a class, an estate or a grid */
	enum kpi_part part;
};

static const struct field cases_fields[] = {
    FIGURES_FIELDS(struct cases_params), FIELD_STR(struct cases_params, indicator, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_CODE),
    FIELD_ENUM(struct cases_params, part, kpi_part_names, 0), FIELD_WORD(struct cases_params, unit, 0),
    FIELD_WORD(struct cases_params, code, 0), FIELD_END};

static void check_indicator(struct call *c, const char *id, enum kpi_part part) {
	enum indicator i;
	struct suggest s;
	if (indicator_find(id, &i)) {
		if (indicators[i].kind == IND_SCORE)
			faults_at(&c->faults, "/params/indicator", "range", "a score has no cases of its own: ask for the figures that it is made of");
		else if (indicators[i].kind == IND_COUNT && part == KPI_DENOMINATOR)
			faults_at(&c->faults, "/params/part", "range", "a count has a numerator alone");
		return;
	}
	suggest_start(&s, id);
	for (size_t k = 0; k < INDICATORS; k++)
		suggest_offer(&s, indicator_ids[k]);
	faults_at(&c->faults, "/params/indicator", "unknown", "there is no such indicator%s%s", s.best ? "; did you mean " : "",
	          s.best ? s.best : "");
}

static void check_key(struct call *c, const struct cases_params *p, const char *key, const struct strs *units) {
	if (p->unit && p->code)
		faults_at(&c->faults, "/params/code", "conflict", "say either unit or code");
	if (p->unit && p->figures.by != KPI_UNIT)
		faults_at(&c->faults, "/params/unit", "conflict", "unit is for figures by unit; else say code");
	if (units && !key)
		faults_at(&c->faults, "/params/unit", "missing", "a unit sees the cases of its own row: say which unit");
}

/* Old figures may have rows of what the pack no longer has: a word that means nothing today is looked up as it is. */
static const char *row_key(const struct call *c, enum kpi_by by, const char *word) {
	static const enum word_kind kinds[KPI_BYS] = {WORD_UNIT, WORD_CLASS, WORD_ESTATE, WORD_GRID};
	const struct pack_word *found = word ? pack_word_find(c->pack, kinds[by], word) : NULL;
	return found ? found->code : word;
}

static enum next ask(struct call *c) {
	const struct cases_params *p = c->params;
	struct figures_ask what = {0};
	figures_take(c, &p->figures, &what);
	what.indicator = p->indicator;
	what.part = kpi_part_names[p->part];
	what.key = row_key(c, p->figures.by, p->unit ? p->unit : p->code);
	check_indicator(c, p->indicator, p->part);
	check_key(c, p, what.key, what.units);
	if (c->faults.total == 0 && what.units && !strs_has(what.units, what.key))
		return call_refuse(c, E_NOT_FOUND, "no such unit among yours: %s", what.key);
	return figures_ask_for(c, &what);
}

const struct method_code method_report_cases = {
    .params = cases_fields, .params_size = sizeof(struct cases_params), .steps = {ask, figures_tell}};
