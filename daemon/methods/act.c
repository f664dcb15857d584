/* act: loads the case of a command, decides about it and about those that go along, writes them together, and answers. */
#include "daemon/methods/act.h"

#include "daemon/base/log.h"
#include "daemon/call/scope_of.h"
#include "daemon/methods/act_parts.h"
#include "daemon/methods/allowed.h"
#include "daemon/methods/case_id.h"
#include "daemon/methods/keyed.h"

#include <stdio.h>
#include <string.h>

static const struct act_params *params_of(const struct act *a) { return a->c->params; }

/* ---- Loading ---- */

/* Whoever acts in a unit's name reaches what that unit reaches. */
static const struct scope *reach(const struct act *a) {
	struct arena *arena = &a->c->arena;
	const struct scope *own = call_scope(a->c);
	struct principal unit = {.roles = ROLE_UNIT};
	if (own->all || !a->cmd.for_unit)
		return own;
	struct scope *wider = arena_new(arena, struct scope);
	(void)snprintf(unit.unit, sizeof unit.unit, "%s", a->cmd.for_unit);
	scope_of(&unit, a->c->pack, arena, wider);
	wider->submitter = own->submitter;
	for (size_t i = 0; i < own->units.n; i++)
		STRS_ADD(&wider->units, arena, own->units.v[i]);
	return wider;
}

static enum next load_next(struct act *a) {
	struct call *c = a->c;
	c->load = (struct load_ask){.name = a->parts.v[a->loaded].name, .scope = reach(a)};
	if (a->loaded == 0) {
		c->load.principal = c->who->name;
		c->load.key = params_of(a)->common.key;
	}
	c->step = a->step;
	a->loading = true;
	return NEXT_LOAD;
}

enum next act_load(struct act *a) {
	struct call *c = a->c;
	if (c->faults.total > 0)
		return call_refuse_params(c);
	if (c->refusal.code != E_NONE)
		return NEXT_ANSWER;
	a->step = c->step;
	c->rows = NULL;
	return load_next(a);
}

void act_also(struct act *a, enum command_kind kind, struct case_name name) {
	struct act_part *part = LIST_ADD(&a->parts, &a->c->arena);
	part->name = name;
	part->name.town = a->c->town->code;
	part->cmd.kind = kind;
}

void act_answer_merged(struct act *a) {
	const struct strs *merged = &a->parts.v[0].before->merged_from;
	for (size_t i = 0; i < merged->n; i++)
		act_also(a, CMD_ANSWER, (struct case_name){.number = merged->v[i]});
}

/* ---- Deciding ---- */

/* The command about the case itself. */
static void fill_first(struct act *a, int64_t now_us) {
	struct command *cmd = &a->parts.v[0].cmd;
	*cmd = a->cmd;
	if (cmd->kind == CMD_MERGE)
		cmd->merge.other = a->parts.v[1].number;
	if (!cmd->late_entry)
		cmd->at_us = now_us;
}

/* The other half of it, about a case that goes along. Entered late, it doesn't go back behind what happened there. */
static void fill_other(struct act *a, struct act_part *part) {
	const enum command_kind kind = part->cmd.kind;
	part->cmd = a->parts.v[0].cmd;
	part->cmd.kind = kind;
	part->cmd.merge.other = a->parts.v[0].number;
	part->cmd.late_entry = false;
	if (part->cmd.at_us < part->before->changed_at_us)
		part->cmd.at_us = part->before->changed_at_us;
}

static bool decide_part(struct act *a, size_t i, int64_t now_us, struct refusal *why) {
	struct act_part *part = &a->parts.v[i];
	struct call *c = a->c;
	struct pack_facts facts;
	if (i == 0)
		fill_first(a, now_us);
	else
		fill_other(a, part);
	pack_facts_init(&facts, c->pack, part->number);
	facts.facts.verdict = a->verdict;
	if (!decide(part->before, &part->cmd, &facts.facts, now_us, &c->arena, &part->changes, why))
		return false;
	part->after = apply(part->before, c->town->code, &part->changes, &c->arena);
	return true;
}

/* Those that go along without being named were found in the first case as it was then: it has changed since. */
static bool is_outrun(const struct act *a, size_t i, const struct refusal *why) {
	const enum command_kind kind = a->parts.v[i].cmd.kind;
	return (kind == CMD_ANSWER || kind == CMD_RELEASE) && why->err.code == E_CONFLICT && a->c->tries < CALL_TRIES;
}

static enum next refuse(struct act *a, size_t i, const struct refusal *why) {
	struct call *c = a->c;
	if (is_outrun(a, i, why))
		return NEXT_AGAIN;
	if (why->err.code == E_CONFLICT)
		return act_tell_conflict(a, i, &why->err);
	if (why->err.code == E_INVALID_PARAMS)
		faults_at(&c->faults, act_fault_path(a, why->err.text), "impossible", "%s", why->err.text);
	return call_refuse_err(c, &why->err);
}

/* What of each case goes into one transaction; the reply stands with the first. */
static void fill_write(struct act *a) {
	struct call *c = a->c;
	const char *key = params_of(a)->common.key;
	for (size_t i = a->parts.n; i-- > 0;) {
		struct act_part *part = &a->parts.v[i];
		part->item = (struct write_item){.town = c->town->code,
		                                 .changes = &part->changes,
		                                 .after = part->after,
		                                 .cmd = &part->cmd,
		                                 .more = i == 0 ? &a->more : NULL,
		                                 .with = i + 1 < a->parts.n ? &a->parts.v[i + 1].item : NULL};
	}
	c->write = a->parts.v[0].item;
	c->write.principal = key ? c->who->name : "";
	c->write.key = key;
	keyed_hash(c, c->method->name, c->write.body_sha256);
	keyed_members(c, a->parts.v[0].after);
	if (a->add)
		a->add(a);
	c->write.reply = keyed_take(c);
}

static enum next answer_dry_run(struct act *a) {
	struct call *c = a->c;
	jout_object(&c->out);
	jout_kv_str(&c->out, "case", a->parts.v[0].number);
	jout_kv_bool(&c->out, "dry_run", true);
	keyed_members(c, a->parts.v[0].after);
	if (a->add)
		a->add(a);
	act_trial_members(a);
	jout_end_object(&c->out);
	return NEXT_ANSWER;
}

static enum next decide_all(struct act *a) {
	struct call *c = a->c;
	struct refusal why;
	int64_t now_us = c->now_us; /* time doesn't go backwards for any of them */
	for (size_t i = 0; i < a->parts.n; i++)
		if (a->parts.v[i].before->changed_at_us > now_us)
			now_us = a->parts.v[i].before->changed_at_us;
	for (size_t i = 0; i < a->parts.n; i++)
		if (!decide_part(a, i, now_us, &why))
			return refuse(a, i, &why);
	if (params_of(a)->common.dry_run)
		return answer_dry_run(a);
	fill_write(a);
	c->step = a->step + 1;
	return NEXT_WRITE;
}

/* ---- The steps ---- */

/* The key was answered before: what was stored then is the answer, whatever the case is now. */
static enum next write_known_key(struct act *a) {
	struct call *c = a->c;
	c->write = (struct write_item){.town = c->town->code,
	                               .principal = c->who->name,
	                               .key = params_of(a)->common.key,
	                               .after = c->loaded->cr};
	keyed_hash(c, c->method->name, c->write.body_sha256);
	c->step = a->step + 1;
	return NEXT_WRITE;
}

/* Takes the part that was asked for. False: *next is how it ends. */
static bool take_loaded(struct act *a, enum next *next) {
	struct call *c = a->c;
	const struct loaded *got = c->loaded;
	struct act_part *part = &a->parts.v[a->loaded];
	const int32_t expected = params_of(a)->expect_version;
	const bool first = a->loaded == 0;
	a->loading = false;
	if (!got->cr) {
		*next = call_refuse(c, E_NOT_FOUND, "there is no %s", case_id_text(&part->name, &c->arena));
		return false;
	}
	part->before = got->cr;
	part->number = got->number;
	a->loaded++;
	if (first && !a->first_version)
		a->first_version = got->cr->version;
	if (first && got->key_known)
		*next = write_known_key(a);
	else if (first && expected && expected != got->cr->version)
		*next = act_conflict(a, "the case is at version %d, not %d", got->cr->version, expected);
	else
		return true;
	return false;
}

enum next act_go(struct call *c) {
	struct act *a = c->state;
	enum next next;
	if (a->loading && !take_loaded(a, &next))
		return next;
	if (a->look && !a->looked) {
		c->step = a->step;
		next = a->look(a);
		a->looked = next == NEXT_WRITE;
		if (next != NEXT_WRITE)
			return next;
	}
	return a->loaded < a->parts.n ? load_next(a) : decide_all(a);
}

void act_log(const struct act *a) {
	const struct act_part *first = &a->parts.v[0];
	const struct call *c = a->c;
	if (c->outcome->kind == OUT_STORED)
		log_info(first->changes.event_type, "town", c->town->code, "case", first->number, "state",
		         state_name(first->after->state), "unit", first->after->unit, "by", c->who->name);
}

enum next act_written(struct call *c) {
	keyed_open(c);
	jout_end_object(&c->out);
	act_log(c->state);
	return NEXT_ANSWER;
}
