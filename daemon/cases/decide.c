/* decide: what a command does to a case, or why it may not: what holds for all commands, then the function of each. */
#include "daemon/cases/decision.h"

#include "daemon/base/check.h"

static const decide_fn deciders[COMMANDS] = {
    [CMD_SUBMIT] = decide_submit,
    [CMD_DISPATCH] = decide_dispatch,
    [CMD_ASSIGN] = decide_assign,
    [CMD_ACCEPT] = decide_accept,
    [CMD_ARRIVE] = decide_arrive,
    [CMD_RETURN] = decide_return,
    [CMD_FINISH] = decide_finish,
    [CMD_VERIFY] = decide_verify,
    [CMD_ASK] = decide_ask,
    [CMD_DECIDE] = decide_request,
    [CMD_SUSPEND] = decide_suspend,
    [CMD_RESUME] = decide_resume,
    [CMD_ARBITRATE] = decide_arbitrate,
    [CMD_WAIVE] = decide_waive,
    [CMD_AMEND] = decide_amend,
    [CMD_LINK] = decide_link,
    [CMD_MARK] = decide_mark,
    [CMD_NOTE] = decide_note,
    [CMD_URGE] = decide_urge,
    [CMD_DEADLINE] = decide_deadline,
    [CMD_REVEAL] = decide_note,
    [CMD_REJECT] = decide_reject,
    [CMD_REOPEN] = decide_reopen,
    [CMD_MERGE] = decide_merge,
    [CMD_ABSORB] = decide_absorb,
    [CMD_UNMERGE] = decide_unmerge,
    [CMD_RELEASE] = decide_release,
    [CMD_ANSWER] = decide_answer,
    [CMD_OPEN_ORDER] = decide_open_order,
    [CMD_REPLY_ORDER] = decide_reply_order,
    [CMD_ACCEPT_ORDER] = decide_accept_order,
    [CMD_ACKNOWLEDGE] = decide_acknowledge,
    [CMD_UNTOLD] = decide_note,
    [CMD_FIRE] = decide_fire,
    [CMD_MOVE] = decide_move,
    [CMD_REPAIR] = decide_repair,
};

/* "triage, dispatched or handling" */
static const char *possible_in(struct decision *d, enum command_kind k) {
	const char *text = NULL, *last = NULL;
	for (int s = 0; s < CASE_STATES; s++) {
		if (!lifecycle_move((enum case_state)s, k))
			continue;
		if (last)
			text = text ? arena_printf(d->a, "%s, %s", text, last) : last;
		last = state_name((enum case_state)s);
	}
	return text ? arena_printf(d->a, "%s or %s", text, last) : last;
}

static bool is_possible(struct decision *d) {
	const enum command_kind k = d->cmd->kind;
	if (k == CMD_SUBMIT || lifecycle_move(d->cr->state, k))
		return true;
	const char *what = command_method(k) ? command_method(k) : command_event(k) ? command_event(k) : "a firing";
	return refuse_conflict(d, "%s isn't possible while the case is %s (%s), only while it is %s", what,
	                       state_name(d->cr->state), state_zh(d->cr->state), possible_in(d, k));
}

/* What is entered later than it happened: not in the future, and not so long ago that only a supervisor may. */
static bool is_timely(struct decision *d) {
	if (d->at_us > d->now_us)
		return refuse_params(d, "at is in the future");
	if (!d->cmd->late_entry)
		return true;
	if (d->at_us < d->cr->received_at_us)
		return refuse_params(d, "at is before the case was received");
	const int64_t late_us = d->now_us - d->at_us;
	if (late_us <= d->facts->policy->late_entry_us || (d->cmd->powers & POWER_SUPERVISOR))
		return true;
	return refuse_forbidden(d, "what happened more than %lld minutes ago is entered by a supervisor",
	                        (long long)(d->facts->policy->late_entry_us / MINUTE_US));
}

/* A conflict says what the case is now, and what could be done instead. */
static void fill_refusal(const struct case_rec *before, const struct command *cmd, struct refusal *why, struct arena *a) {
	if (!before || why->err.code != E_CONFLICT)
		return;
	why->state = state_name(before->state);
	for (int k = 0; k < COMMANDS; k++)
		if (k != (int)cmd->kind && command_method((enum command_kind)k) &&
		    lifecycle_move(before->state, (enum command_kind)k))
			STRS_ADD(&why->allowed, a, command_method((enum command_kind)k));
}

bool decide(const struct case_rec *before, const struct command *cmd, const struct facts *facts, int64_t now_us,
            struct arena *a, struct changes *out, struct refusal *why) {
	CHECK((size_t)cmd->kind < COMMANDS && deciders[cmd->kind] && facts->policy);
	*out = (struct changes){.event_type = command_event(cmd->kind),
	                        .at_us = cmd->at_us,
	                        .next_fire_at_us = NO_TIME,
	                        .now_us = now_us,
	                        .pack_version = facts->pack_version};
	*why = (struct refusal){0};
	struct decision d = {.cmd = cmd, .facts = facts, .now_us = now_us, .at_us = cmd->at_us, .a = a, .out = out, .why = why};
	d.cr = apply_begin(before, cmd->town, cmd->at_us, a);
	if (!is_possible(&d) || !is_timely(&d) || !deciders[cmd->kind](&d)) {
		fill_refusal(before, cmd, why, a);
		*out = (struct changes){0};
		return false;
	}
	out->next_fire_at_us = case_next_fire_us(d.cr, facts->calendars);
	return true;
}
