/* kpi_score: points of 100, by the formulas of the sources, from the other cells of a row. In thousandths, in integers. */
#include "daemon/reports/kpi_parts.h"

#include "daemon/base/check.h"

enum { POINT = 1000, HUNDRED = 100 * POINT };

/* One summand: so many points (in thousandths) for the whole of that rate, or of what it lacks to 1. */
struct summand {
	enum indicator rate;
	int64_t points;
	bool lacking;
};

static const struct summand department[] = {
    {IND_CLOSED_OF_DUE, 30 * POINT, false}, {IND_HANDLED_ON_TIME, 30 * POINT, false}, {IND_REWORK, 30 * POINT, true}};
static const struct summand handling[] = {{IND_HANDLED, 30 * POINT, false},
                                          {IND_HANDLED_ON_TIME, 20 * POINT, false},
                                          {IND_REWORK, 20 * POINT, true},
                                          {IND_OVERDUE_WAITING, 20 * POINT, true},
                                          {IND_EXTENDED, 10 * POINT, true}};
static const struct summand dispatching[] = {{IND_DISPATCHED_ON_TIME, 40 * POINT, false},
                                             {IND_DISPATCHED_ACCURATELY, 40 * POINT, false}};
static const struct summand hotline[] = {{IND_FIRST_CONTACT, 30 * POINT, false}, {IND_SATISFACTION, 40 * POINT, false}};

static int64_t share_of(int64_t points, const struct kpi_cell *c) {
	return (2 * points * c->numerator + c->denominator) / (2 * c->denominator);
}

/* False: one of the rates has nothing to take a share of. */
static bool sum_up(const struct kpi_row *row, const struct summand *list, size_t n, int64_t *sum) {
	for (size_t i = 0; i < n; i++) {
		const struct kpi_cell *c = &row->cells[list[i].rate];
		if (c->denominator == 0)
			return false;
		const int64_t share = share_of(list[i].points, c);
		*sum += list[i].lacking ? list[i].points - share : share;
	}
	return true;
}

/* Points for volume: the source's bands, fewer points for more cases. Its edges overlap: here a band ends where it says. */
static int64_t volume_points(int64_t filed) {
	static const struct {
		int64_t up_to, points;
	} bands[] = {{50, 100 * POINT}, {100, 90 * POINT}, {200, 75 * POINT}, {500, 60 * POINT}, {1000, 40 * POINT}};
	for (size_t i = 0; i < COUNT_OF(bands); i++)
		if (filed <= bands[i].up_to)
			return bands[i].points;
	return 0;
}

static void set(struct kpi_row *row, enum indicator i, int64_t sum) {
	row->cells[i] = (struct kpi_cell){sum < 0 ? 0 : sum > HUNDRED ? HUNDRED : sum, POINT};
}

/* 20 points where an outcome is known, whichever it is; one is taken off for each overdue stay, the source doesn't say how many. */
static void score_hotline(struct kpi_row *row, const struct kpi_row *town) {
	const struct kpi_cell volume = {row->cells[IND_FILED].numerator, town->cells[IND_FILED].numerator};
	int64_t sum = 20 * POINT;
	if (volume.denominator == 0 || row->cells[IND_SOLVED].denominator == 0 ||
	    !sum_up(row, hotline, COUNT_OF(hotline), &sum))
		return;
	sum += share_of(5 * POINT, &volume);
	set(row, IND_SCORE_HOTLINE, sum - row->cells[IND_OVERDUE].numerator * POINT);
}

void kpi_score(struct kpi_row *row, const struct kpi_row *town) {
	const int64_t filed = row->cells[IND_FILED].numerator;
	int64_t sum = volume_points(filed) * 10 / 100;
	if (sum_up(row, department, COUNT_OF(department), &sum))
		set(row, IND_SCORE_DEPARTMENT, sum);
	sum = 0;
	if (sum_up(row, handling, COUNT_OF(handling), &sum))
		set(row, IND_SCORE_HANDLING, sum);
	/* whose row has dispatching has all that was filed */
	sum = volume_points(row->cells[IND_DISPATCHED_ACCURATELY].denominator) * 20 / 100;
	if (sum_up(row, dispatching, COUNT_OF(dispatching), &sum))
		set(row, IND_SCORE_DISPATCH, sum);
	score_hotline(row, town);
}
