/* decide_merge: two reports of one thing: the child goes along with its parent, and may be taken out again. */
#include "daemon/cases/decision.h"

#include "daemon/base/limits.h"

#include <string.h>

static const char withdrawn_because[] = "merged";

static void change_merged(struct decision *d, const char *into) {
	struct change c = {.kind = CHANGE_MERGED};
	c.merged.into = into;
	change_add(d, c);
}

static void change_absorbed(struct decision *d, const char *other, bool gone) {
	struct change c = {.kind = CHANGE_ABSORBED};
	c.absorbed.other = other;
	c.absorbed.gone = gone;
	change_add(d, c);
}

static bool is_another(struct decision *d) {
	if (!d->facts->number || strcmp(d->facts->number, d->cmd->merge.other) != 0)
		return true;
	return refuse_params(d, "into: a case can't be merged into itself");
}

/* ---- The child ---- */

bool decide_merge(struct decision *d) {
	if (!is_another(d) || !is_since_move(d))
		return false;
	if (d->cr->merged_from.n > 0)
		return refuse_conflict(d, "%s goes along with this case: merge the other way round, or take that back first",
		                       d->cr->merged_from.v[0]);
	end_lead(d, TASK_WITHDRAWN, withdrawn_because);
	withdraw_tasks(d, 1U << TASK_ASSIST, withdrawn_because);
	change_state(d, CASE_MERGED, NULL);
	change_merged(d, d->cmd->merge.other);
	change_span(d, NULL, "merged");
	pause_clocks(d, d->at_us, true);
	return true;
}

/* The stays that the merge ended. */
static bool reopen_stays(struct decision *d, int64_t merged_at_us) {
	for (size_t i = 0; i < d->cr->tasks.n; i++) {
		const struct task *t = &d->cr->tasks.v[i];
		const bool by_merge = t->state == TASK_WITHDRAWN && t->ended_at_us == merged_at_us && t->reason &&
		                      strcmp(t->reason, withdrawn_because) == 0;
		if (by_merge && !reopen_task(d, t->n))
			return false;
	}
	return true;
}

bool decide_unmerge(struct decision *d) {
	const int64_t merged_at_us = d->cr->spans.v[d->cr->spans.n - 1].from_us;
	if (!is_since_move(d))
		return false;
	change_merged(d, NULL);
	return to_previous(d) && reopen_stays(d, merged_at_us);
}

bool decide_answer(struct decision *d) {
	stop_clock(d, "dispatch", 0);
	return to_check(d, NULL) && resume_clocks(d, d->at_us);
}

void part_company(struct decision *d) {
	const struct strs others = d->cr->merged_from;
	if (d->cr->merged_into)
		change_merged(d, NULL);
	for (size_t i = 0; i < others.n; i++)
		change_absorbed(d, others.v[i], true);
}

/* ---- The parent ---- */

bool decide_absorb(struct decision *d) {
	const char *other = d->cmd->merge.other;
	if (!is_another(d))
		return false;
	if (strs_has(&d->cr->merged_from, other))
		return refuse_conflict(d, "%s goes along with this case already", other);
	if (d->cr->merged_from.n + 2 > LIMIT_WRITE_GROUP)
		return refuse_conflict(d, "%d cases go along with this one: more can't", LIMIT_WRITE_GROUP - 1);
	change_absorbed(d, other, false);
	return true;
}

bool decide_release(struct decision *d) {
	const char *other = d->cmd->merge.other;
	if (!strs_has(&d->cr->merged_from, other))
		return refuse_conflict(d, "%s doesn't go along with this case", other);
	change_absorbed(d, other, true);
	return true;
}
