/* notify_ack: whoever was told says so: it isn't repeated any more. */
#include "daemon/base/limits.h"
#include "daemon/methods/act.h"
#include "daemon/methods/methods.h"
#include "daemon/store/case_json.h"
#include "daemon/store/outbox.h"

#include <string.h>

struct notify_ack_params {
	struct act_params act;
	const char *notice;
};

static const struct field notify_ack_fields[] = {
    ACT_FIELDS, FIELD_STR(struct notify_ack_params, notice, LIMIT_CODE_BYTES, FIELD_REQUIRED | FIELD_NONEMPTY), FIELD_END};

static enum next find(struct call *c) {
	const struct notify_ack_params *p = c->params;
	struct notice_name name;
	if (!notice_name_parse(p->notice, &name)) {
		faults_at(&c->faults, "/params/notice", "format", "this is the number of an event and of its notice: 4711-1");
		return call_refuse_params(c);
	}
	name.town = c->town->code;
	outbox_get(c->sv->db, &name, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

/* Was it he who was told: his unit, one below it, or one in whose name he acts? A dispatcher is the desk, an inspector the
 * supervision office. */
static bool was_told(const struct call *c, const struct command *cmd, const char *told) {
	const struct roster roster = pack_roster(c->pack);
	const struct policy *policy = pack_policy(c->pack);
	const char *unit = command_unit(cmd);
	if (unit && roster_within(&roster, told, unit))
		return true;
	if ((cmd->powers & (POWER_DISPATCHER | POWER_SUPERVISOR)) && policy->desk && strcmp(told, policy->desk) == 0)
		return true;
	return (cmd->powers & POWER_INSPECTOR) && policy->supervision && strcmp(told, policy->supervision) == 0;
}

static enum next acknowledge(struct call *c) {
	const struct notify_ack_params *p = c->params;
	struct notice told;
	struct err why = {0};
	if (c->rows->n == 0 || !rows_text(c->rows, 0, NOTICE_NUMBER))
		return call_refuse(c, E_NOT_FOUND, "there is no notice %s", p->notice);
	if (!notice_decode(rows_text(c->rows, 0, NOTICE_AGG), &c->arena, &told, &why))
		return call_refuse_err(c, &why);
	struct act *a = act_begin(c, CMD_ACKNOWLEDGE);
	if (!was_told(c, &a->cmd, told.unit))
		return call_refuse(c, E_NOT_FOUND, "there is no notice %s that was sent to you", p->notice);
	a->parts.v[0].name.number = rows_text(c->rows, 0, NOTICE_NUMBER);
	a->cmd.acknowledge.step = told.step;
	a->cmd.acknowledge.clock = told.clock;
	a->cmd.acknowledge.task = told.task;
	a->cmd.acknowledge.started_at_us = told.started_at_us;
	const enum next next = act_load(a);
	c->load.scope = NULL; /* being told is enough: a leader need not hold the case */
	return next;
}

const struct method_code method_notify_ack = {.params = notify_ack_fields,
                                              .params_size = sizeof(struct notify_ack_params),
                                              .steps = {find, acknowledge, ACT_STEPS}};
