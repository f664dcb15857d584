/* people: what the people of the town might do next to a case, at random: sensible often enough, and often not. */
#ifndef GRIDD_TESTS_UNIT_CASES_PEOPLE_H
#define GRIDD_TESTS_UNIT_CASES_PEOPLE_H

#include "tests/unit/cases/dice.h"

static const char *const units[] = {"firm_a", "support", "housing", "c035"};

static inline const char *holder(const struct life *l) { return l->cr->unit ? l->cr->unit : "grid_centre"; }

static inline struct command of_holder(struct life *l, struct dice *dice, enum command_kind kind) {
	return life_of_unit(kind, chance(dice, 90) ? holder(l) : PICK(dice, units));
}

static inline int64_t soon_us(struct life *l, struct dice *dice) { return l->now_us + roll(dice, 20 * DAY_US); }

static inline void fill_supervisor(struct life *l, struct dice *dice, struct command *cmd) {
	switch (cmd->kind) {
	case CMD_DISPATCH:
		cmd->dispatch.unit = chance(dice, 30) ? NULL : PICK(dice, units);
		cmd->dispatch.explained = true;
		break;
	case CMD_ASSIGN:
		cmd->assign.unit = PICK(dice, units);
		cmd->assign.kind = chance(dice, 50) ? TASK_ASSIST : TASK_CHECK;
		cmd->assign.limit = chance(dice, 50) ? limit_of("1wd") : (struct limit){0};
		break;
	case CMD_ARBITRATE:
		cmd->arbitrate.unit = PICK(dice, units);
		cmd->arbitrate.fault = "rule";
		break;
	case CMD_VERIFY:
		cmd->actor = "checker";
		cmd->verify.pass = chance(dice, 50);
		break;
	case CMD_DECIDE:
		cmd->decide.request = l->cr->request.n;
		cmd->decide.grant = chance(dice, 60);
		cmd->decide.until_us = NO_TIME;
		break;
	case CMD_SUSPEND:
		cmd->suspend.reason = "season";
		cmd->suspend.until_us = soon_us(l, dice);
		break;
	case CMD_WAIVE:
		cmd->waive.clock = "handle";
		cmd->waive.reason = "weather";
		break;
	case CMD_OPEN_ORDER:
		cmd->open_order.kind = ORDER_LEADER;
		cmd->open_order.within = limit_of("3wd");
		cmd->open_order.reason = "leader";
		break;
	case CMD_DEADLINE:
		cmd->deadline = (struct deadline){"contact", soon_us(l, dice)};
		break;
	case CMD_AMEND:
		cmd->amend.class_code = "E70-06";
		cmd->amend.reroute = chance(dice, 50);
		break;
	case CMD_MERGE:
		cmd->merge.other = "20261101-0000007";
		break;
	case CMD_ABSORB:
	case CMD_RELEASE:
		cmd->merge.other = "20261101-0000008";
		break;
	case CMD_REPLY_ORDER:
	case CMD_ACCEPT_ORDER:
		cmd->order.order = 1 + (int32_t)roll(dice, 2);
		cmd->order.accepted = chance(dice, 60);
		break;
	default:
		cmd->because.reason = "because";
		break;
	}
}

static inline void fill_unit(struct life *l, struct dice *dice, struct command *cmd) {
	switch (cmd->kind) {
	case CMD_RETURN:
		cmd->giving_back.reason = "not_ours";
		break;
	case CMD_FINISH:
		cmd->finish.result = "solved";
		break;
	case CMD_ASK:
		cmd->ask.what = (enum request_what)roll(dice, REQUEST_WHATS);
		cmd->ask.reason = "parts";
		cmd->ask.until_us = cmd->ask.what == ASK_SUSPEND ? soon_us(l, dice) : NO_TIME;
		break;
	case CMD_MARK:
		cmd->mark.mark = chance(dice, 50) ? "contacted" : "danger_removed";
		break;
	case CMD_REPLY_ORDER:
		cmd->order.order = 1;
		break;
	default:
		break;
	}
}

/* With one of the alarms of the case, if there is any. */
static inline void fill_acknowledge(const struct life *l, struct command *cmd) {
	const alarm_list *alarms = &l->cr->alarms;
	cmd->acknowledge.clock = "handle";
	if (alarms->n == 0)
		return;
	const struct alarm *m = &alarms->v[alarms->n - 1];
	cmd->acknowledge.step = m->step;
	cmd->acknowledge.clock = m->clock;
	cmd->acknowledge.task = m->task;
	cmd->acknowledge.started_at_us = m->started_at_us;
}

/* What happens often stands here more than once. */
static const enum command_kind by_units[] = {CMD_ACCEPT, CMD_ACCEPT, CMD_ARRIVE, CMD_FINISH, CMD_FINISH, CMD_RETURN,
                                             CMD_ASK,    CMD_ASK,    CMD_MARK,   CMD_NOTE,   CMD_REPLY_ORDER};
static const enum command_kind by_centre[] = {
    CMD_DISPATCH, CMD_DISPATCH, CMD_ASSIGN,     CMD_VERIFY,      CMD_VERIFY,  CMD_VERIFY,       CMD_DECIDE, CMD_DECIDE,
    CMD_SUSPEND,  CMD_RESUME,   CMD_ARBITRATE,  CMD_WAIVE,       CMD_URGE,    CMD_REJECT,       CMD_REOPEN, CMD_AMEND,   CMD_MERGE,
    CMD_UNMERGE,  CMD_ANSWER,   CMD_OPEN_ORDER, CMD_REPLY_ORDER, CMD_ACCEPT_ORDER, CMD_DEADLINE, CMD_ABSORB, CMD_RELEASE};

static inline struct command any_command(struct life *l, struct dice *dice) {
	if (chance(dice, 4)) {
		struct command cmd = of_holder(l, dice, CMD_ACKNOWLEDGE);
		fill_acknowledge(l, &cmd);
		return cmd;
	}
	if (chance(dice, 55)) {
		struct command cmd = of_holder(l, dice, PICK(dice, by_units));
		fill_unit(l, dice, &cmd);
		return cmd;
	}
	struct command cmd = life_of_boss(PICK(dice, by_centre));
	if (cmd.kind == CMD_REJECT && chance(dice, 80))
		cmd.kind = CMD_URGE; /* else few cases would live long */
	fill_supervisor(l, dice, &cmd);
	return cmd;
}

#endif
