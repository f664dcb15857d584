/* test_kpi: the month's figures, counted by hand for small histories. */
#include "tests/unit/reports/month.h"

/* ---- Figures by hand ---- */

static void a_plain_case(void **state) {
	(void)state;
	struct month m = {0};
	plain(&m);
	reckon_all(&m);
	static const struct {
		const char *id;
		int n, d;
	} firm[] = {{"reported", 1, 0},        {"filed", 1, 0},          {"closed", 1, 0},           {"due_to_close", 1, 0},
	            {"closed_of_due", 1, 1},   {"closed_on_time", 1, 1}, {"closed_promptly", 1, 1},  {"closed_late", 0, 1},
	            {"rework", 0, 1},          {"stays_due", 1, 0},      {"handled", 1, 1},          {"handled_on_time", 1, 1},
	            {"overdue", 0, 1},         {"overdue_waiting", 0, 1}, {"accepted_on_time", 1, 1}, {"extended", 0, 1},
	            {"returned", 0, 0},        {"breaches", 0, 0},       {"too_fast", 0, 1},         {"filing", 0, 0},
	            {"score_department", 100000, 1000}, {"score_handling", 100000, 1000}},
	  town[] = {{"filing", 1, 1},           {"not_filed", 0, 0},             {"filed_accurately", 1, 1}, {"valid", 1, 1},
	            {"missed", 0, 1},           {"found_first", 1, 1},           {"handled_on_time", 1, 1},  {"never_fails", 0, 1},
	            {"verified_on_time", 1, 1}, {"dispatched_accurately", 1, 1}, {"dispatched_on_time", 0, 0}};
	for (size_t i = 0; i < COUNT_OF(firm); i++)
		EXPECT(&m, "firm_a", firm[i].id, firm[i].n, firm[i].d);
	for (size_t i = 0; i < COUNT_OF(town); i++)
		EXPECT(&m, NULL, town[i].id, town[i].n, town[i].d);
	EXPECT(&m, "grid_centre", "filing", 1, 1);
	EXPECT(&m, "grid_centre", "verified_on_time", 1, 1);
	EXPECT(&m, "grid_centre", "valid", 0, 0); /* the town's alone */
	assert_int_equal(m.k.rows.n, 2);
}

static void late_is_judged_when_it_is_handed_back(void **state) {
	(void)state;
	struct month m = {0};
	late(&m);
	late_but_excused(&m);
	never_done(&m);
	plain(&m);
	reckon_all(&m);
	EXPECT(&m, "firm_a", "stays_due", 4, 0);
	EXPECT(&m, "firm_a", "handled", 3, 4);
	EXPECT(&m, "firm_a", "handled_on_time", 2, 4);
	EXPECT(&m, "firm_a", "overdue", 2, 4);
	EXPECT(&m, "firm_a", "overdue_waiting", 1, 4);
	EXPECT(&m, "firm_a", "waived", 1, 0);
	EXPECT(&m, "firm_a", "breaches", 2, 0);
	EXPECT(&m, "grid_centre", "breaches", 2, 0); /* nobody verified */
	EXPECT(&m, NULL, "breaches", 3, 0);          /* in one case both */
	EXPECT(&m, "grid_centre", "verified_on_time", 1, 3);
	EXPECT(&m, NULL, "closed_of_due", 1, 4);
	/* 10 for volume + 30 x 1/4 + 30 x 2/4 + 30; 30 x 3/4 + 20 x 2/4 + 20 + 20 x 3/4 + 10 */
	EXPECT(&m, "firm_a", "score_department", 62500, 1000);
	EXPECT(&m, "firm_a", "score_handling", 77500, 1000);
}

static void who_is_silent_is_late(void **state) {
	(void)state;
	struct month m = {0};
	silent(&m);
	reckon_all(&m);
	for (size_t i = 0; i < 2; i++) {
		const char *unit = i ? "property_support" : "firm_a";
		EXPECT(&m, unit, "stays_due", 1, 0);
		EXPECT(&m, unit, "handled", 0, 1);
		EXPECT(&m, unit, "overdue", 1, 1);
		EXPECT(&m, unit, "overdue_waiting", 0, 1);
		EXPECT(&m, unit, "accepted_on_time", 0, 1);
		EXPECT(&m, unit, "breaches", 1, 0);
	}
	EXPECT(&m, "housing_office", "handled_on_time", 1, 1);
	EXPECT(&m, "housing_office", "accepted_on_time", 1, 1);
	EXPECT(&m, "housing_office", "reported", 1, 0);
	/* the town counts the case once: it was late twice, and in time once */
	EXPECT(&m, NULL, "stays_due", 1, 0);
	EXPECT(&m, NULL, "handled_on_time", 0, 1);
	EXPECT(&m, NULL, "overdue", 1, 1);
	EXPECT(&m, NULL, "accepted_on_time", 0, 1);
	EXPECT(&m, NULL, "dispatched_accurately", 0, 1);
}

static void returns_and_whose_mistake(void **state) {
	(void)state;
	struct month m = {0};
	returned_rightly(&m);
	returned_wrongly(&m);
	bounced(&m);
	reckon_all(&m);
	EXPECT(&m, "firm_a", "returned", 3, 0);
	EXPECT(&m, "firm_a", "returns_upheld", 1, 0);
	EXPECT(&m, "firm_a", "shirked", 2, 0); /* refused; and as the arbitration says of all three */
	EXPECT(&m, "firm_a", "stays_due", 2, 0);
	EXPECT(&m, "firm_a", "handled", 1, 2);
	EXPECT(&m, "firm_a", "serial_returns", 1, 3);
	EXPECT(&m, "property_support", "returned", 1, 0);
	EXPECT(&m, "property_support", "shirked", 1, 0);
	EXPECT(&m, "property_support", "handled", 1, 2);
	EXPECT(&m, "grid_centre", "misrouted", 1, 0);
	EXPECT(&m, NULL, "returned", 3, 0);
	EXPECT(&m, NULL, "serial_returns", 1, 3);
	EXPECT(&m, "grid_centre", "dispatched_accurately", 1, 3);
	EXPECT(&m, "grid_centre", "dispatched_on_time", 1, 1);
	EXPECT(&m, "grid_supervisor", "dispatched_on_time", 1, 1);
}

static void an_overdue_is_the_stays_unless_arbitrated(void **state) {
	(void)state;
	struct month m = {0};
	arbitrated_after_breach(&m);
	taken_away_in_time(&m);
	reckon_all(&m);
	EXPECT(&m, "firm_a", "stays_due", 0, 0);
	EXPECT(&m, "firm_a", "breaches", 0, 0);
	EXPECT(&m, "firm_a", "accepted_on_time", 1, 1); /* of the other one: accepted in time is accepted in time */
	EXPECT(&m, "grid_centre", "breaches", 2, 0);    /* that one, and the check of what squad did */
	EXPECT(&m, "squad", "stays_due", 2, 0);
	EXPECT(&m, "squad", "handled_on_time", 1, 2);
}

static void rework_extension_suspension(void **state) {
	(void)state;
	struct month m = {0};
	reworked(&m);
	extended_late(&m);
	hung_up(&m);
	reckon_all(&m);
	EXPECT(&m, "firm_a", "rework", 1, 2); /* the hung-up one isn't due to close */
	EXPECT(&m, "firm_a", "stays_due", 2, 0);
	EXPECT(&m, "firm_a", "handled_on_time", 2, 2);
	EXPECT(&m, "firm_a", "extended", 1, 2);
	EXPECT(&m, "firm_a", "last_hour", 1, 1);
	EXPECT(&m, "firm_a", "suspended", 1, 0);
	EXPECT(&m, "grid_centre", "decided_on_time", 1, 2); /* a working day from Thursday 9:30 ends on Friday 9:30 */
	EXPECT(&m, NULL, "never_fails", 0, 2 - 1);          /* two verdicts in one case */
	EXPECT(&m, "grid_centre", "never_fails", 0, 2);
}

static void what_is_rejected(void **state) {
	(void)state;
	struct month m = {0};
	not_filed(&m);
	cancelled(&m);
	plain(&m);
	dispatched_late(&m);
	reckon_all(&m);
	EXPECT(&m, NULL, "reported", 4, 0);
	EXPECT(&m, NULL, "filed", 3, 0);
	EXPECT(&m, NULL, "filing", 3, 4);
	EXPECT(&m, NULL, "not_filed", 1, 0);
	EXPECT(&m, NULL, "cancelled", 1, 0);
	EXPECT(&m, NULL, "filed_accurately", 2, 3);
	EXPECT(&m, NULL, "valid", 2, 4);
	EXPECT(&m, NULL, "missed", 1, 3);
	EXPECT(&m, NULL, "found_first", 3, 4);
	EXPECT(&m, "grid_centre", "dispatched_on_time", 1, 2);
	EXPECT(&m, "grid_centre", "reported", 1, 0); /* never came further */
	/* 20 for volume + 40 x 1/2 + 40 x 3/3 */
	EXPECT(&m, "grid_centre", "score_dispatch", 80000, 1000);
}

static void what_citizens_say(void **state) {
	(void)state;
	struct month m = {0};
	callbacks(&m);
	reckon_all(&m);
	EXPECT(&m, "firm_a", "first_contact", 2, 4);
	EXPECT(&m, "firm_a", "solved", 2, 3);
	EXPECT(&m, "firm_a", "satisfaction", 2400, 4000);
	/* 5 + 30 x 2/4 + 20 + 40 x 0.6 */
	EXPECT(&m, "firm_a", "score_hotline", 64000, 1000);
}

static void how_it_could_be_gamed(void **state) {
	(void)state;
	struct month m = {0};
	hasty(&m);
	plain(&m);
	entered_late(&m);
	for (int i = 0; i < KPI_VERDICTS - 1; i++)
		plain(&m);
	reckon_all(&m);
	EXPECT(&m, "firm_a", "too_fast", 2, KPI_VERDICTS + 3);
	EXPECT(&m, "firm_a", "undone", 1, 0);
	EXPECT(&m, "firm_a", "overdue", 0, KPI_VERDICTS + 3);
	EXPECT(&m, "grid_centre", "never_fails", KPI_VERDICTS, KPI_VERDICTS);
	reworked_by(&m, "wang"); /* who passed all the others */
	reckon_all(&m);
	EXPECT(&m, "grid_centre", "never_fails", 0, KPI_VERDICTS + 2);
}

static void orders_and_checks(void **state) {
	(void)state;
	struct month m = {0};
	ordered_twice(&m);
	checked_late(&m);
	closed_late(&m);
	reckon_all(&m);
	EXPECT(&m, "firm_a", "supervised", 2, 0);
	EXPECT(&m, "firm_a", "orders_expired", 1, 2);
	EXPECT(&m, "grid_centre", "verified_on_time", 1, 2);
	EXPECT(&m, "firm_a", "closed_late", 1, 4);
	EXPECT(&m, "firm_a", "closed_on_time", 1, 4);
	EXPECT(&m, "firm_a", "closed_promptly", 1, 2);
}

/* ---- Periods, groups, days ---- */

static void a_stay_counts_in_the_month_in_which_it_is_due(void **state) {
	(void)state;
	struct month m = {0};
	struct kpi_ask ask = ask_all();
	plain(&m);
	ask.to_us = at("2026-11-26T10:00:00+08:00");
	reckon(&m, &ask);
	EXPECT(&m, "firm_a", "closed", 1, 0);
	EXPECT(&m, "firm_a", "stays_due", 0, 0); /* due at ten sharp: the next period's */
	ask.from_us = ask.to_us;
	ask.to_us = ask.from_us + 1;
	reckon(&m, &ask);
	EXPECT(&m, "firm_a", "closed", 0, 0);
	EXPECT(&m, "firm_a", "handled_on_time", 1, 1);
	ask = ask_all();
	ask.as_of_us = at("2026-11-25T10:00:00+08:00");
	reckon(&m, &ask);
	EXPECT(&m, "firm_a", "stays_due", 0, 0); /* not yet */
}

static void by_class_each_case_once(void **state) {
	(void)state;
	struct month m = {0};
	struct kpi_ask ask = ask_all();
	silent(&m);
	plain(&m);
	ask.by = KPI_CLASS;
	reckon(&m, &ask);
	assert_int_equal(m.k.rows.n, 1);
	EXPECT(&m, "E70-05", "stays_due", 2, 0);
	EXPECT(&m, "E70-05", "valid", 2, 2);
	ask.by = KPI_GRID;
	reckon(&m, &ask);
	EXPECT(&m, KPI_UNKNOWN, "stays_due", 2, 0);
	ask.tags = words("storm", NULL, NULL);
	reckon(&m, &ask);
	EXPECT(&m, NULL, "reported", 0, 0);
}

static void days_add_up(void **state) {
	(void)state;
	struct month m = {0};
	struct kpi_ask ask = ask_all();
	ask.from_us = at("2026-11-24T00:00:00+08:00");
	ask.to_us = at("2026-11-28T00:00:00+08:00");
	plain(&m);
	late(&m);
	never_done(&m);
	reckon(&m, &ask);
	static const struct kpi_day days[] = {
	    {"2026-11-24", 0, 1, 0, 2}, {"2026-11-25", 0, 0, 0, 2}, {"2026-11-26", 0, 0, 2, 2}, {"2026-11-27", 0, 0, 1, 2}};
	assert_int_equal(m.k.days.n, COUNT_OF(days));
	for (size_t i = 0; i < COUNT_OF(days); i++) {
		const struct kpi_day *d = &m.k.days.v[i];
		assert_string_equal(d->day, days[i].day);
		if (d->received != days[i].received || d->closed != days[i].closed || d->breached != days[i].breached ||
		    d->open != days[i].open)
			fail_msg("%s: %d %d %d %d", d->day, (int)d->received, (int)d->closed, (int)d->breached, (int)d->open);
	}
}

/* ---- The cases behind a number ---- */

static void check_found(struct month *m, const struct kpi_ask *ask, const struct kpi_row *row, struct kpi_wanted w) {
	struct kpi_ask with = *ask;
	w.key = row->key;
	with.wanted = &w;
	const struct kpi_cell cell = row->cells[w.indicator];
	const int64_t number = w.part == KPI_NUMERATOR ? cell.numerator : cell.denominator;
	reckon(m, &with);
	int64_t sum = 0;
	for (size_t i = 0; i < m->found.n; i++) {
		sum += m->found.v[i].weight ? m->found.v[i].weight : 1;
		assert_true(m->found.v[i].seq > 0);
	}
	if (sum != number)
		fail_msg("%s, %s of %s: %lld cases, the number is %lld", indicator_ids[w.indicator], kpi_part_names[w.part],
		         row->key ? row->key : "the town", (long long)sum, (long long)number);
}

static void every_number_has_its_cases(void **state) {
	(void)state;
	struct month m = {0};
	struct kpi_ask ask = ask_all();
	feed_all(&m);
	for (size_t by = 0; by < KPI_BYS; by++) {
		ask.by = (enum kpi_by)by;
		reckon(&m, &ask);
		const struct kpi k = m.k;
		for (size_t i = 0; i < INDICATORS; i++) {
			if (indicators[i].kind == IND_SCORE)
				continue;
			if (by == KPI_UNIT && k.total.cells[i].numerator == 0)
				fail_msg("no history counts for %s", indicator_ids[i]);
			for (size_t part = 0; part < KPI_PARTS; part++) {
				const struct kpi_wanted w = {.indicator = (enum indicator)i, .part = (enum kpi_part)part};
				check_found(&m, &ask, &k.total, w);
				for (size_t r = 0; r < k.rows.n; r++)
					check_found(&m, &ask, &k.rows.v[r], w);
			}
		}
	}
}

/* A rate is never more than 1, in any row. */
static void parts_are_parts(void **state) {
	(void)state;
	struct month m = {0};
	feed_all(&m);
	reckon_all(&m);
	for (size_t r = 0; r <= m.k.rows.n; r++) {
		const struct kpi_row *row = r < m.k.rows.n ? &m.k.rows.v[r] : &m.k.total;
		for (size_t i = 0; i < INDICATORS; i++)
			if (indicators[i].kind == IND_RATE || indicators[i].kind == IND_WEIGHTED)
				assert_true(row->cells[i].numerator <= row->cells[i].denominator);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_case),
	    cmocka_unit_test(late_is_judged_when_it_is_handed_back),
	    cmocka_unit_test(who_is_silent_is_late),
	    cmocka_unit_test(returns_and_whose_mistake),
	    cmocka_unit_test(an_overdue_is_the_stays_unless_arbitrated),
	    cmocka_unit_test(rework_extension_suspension),
	    cmocka_unit_test(what_is_rejected),
	    cmocka_unit_test(what_citizens_say),
	    cmocka_unit_test(how_it_could_be_gamed),
	    cmocka_unit_test(orders_and_checks),
	    cmocka_unit_test(a_stay_counts_in_the_month_in_which_it_is_due),
	    cmocka_unit_test(by_class_each_case_once),
	    cmocka_unit_test(days_add_up),
	    cmocka_unit_test(every_number_has_its_cases),
	    cmocka_unit_test(parts_are_parts),
	};
	return cmocka_run_group_tests_name("kpi", tests, fixture_setup, fixture_teardown);
}
