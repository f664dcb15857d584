/* act_read: reads what every command on a stored case carries, and answers questions about who gives it. */
#include "daemon/methods/act.h"

#include "daemon/base/check.h"
#include "daemon/methods/case_id.h"

#include <string.h>

const struct field act_for_fields[] = {
    FIELD_WORD(struct act_for, unit, FIELD_REQUIRED),
    FIELD_STR(struct act_for, person, LIMIT_NAME_BYTES, FIELD_NONEMPTY), FIELD_END};

static unsigned powers_of(unsigned roles) {
	static const struct {
		unsigned role, power;
	} rows[] = {{ROLE_PLATFORM, POWER_PLATFORM},
	            {ROLE_DISPATCHER, POWER_DISPATCHER},
	            {ROLE_SUPERVISOR, POWER_DISPATCHER | POWER_SUPERVISOR},
	            {ROLE_INSPECTOR, POWER_INSPECTOR}};
	unsigned powers = 0;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (roles & rows[i].role)
			powers |= rows[i].power;
	return powers;
}

bool act_by(const struct act *a, unsigned roles) { return a->c->who->roles & roles; }

static bool is_under(const struct act *a, const char *unit, const char *top) {
	const struct roster roster = pack_roster(a->c->pack);
	return top[0] && roster_within(&roster, unit, top);
}

static bool may_act_for(const struct act *a, const char *unit) {
	const struct call *c = a->c;
	if (act_by(a, ROLE_DISPATCHER | ROLE_SUPERVISOR))
		return true;
	if (act_by(a, ROLE_UNIT) && is_under(a, unit, c->who->unit))
		return true;
	const struct principal_row *row = act_by(a, ROLE_PLATFORM) ? access_row(c->who, c->sv->principals) : NULL;
	return row && (strs_has(&row->acts_for, unit) || strs_has(&row->acts_for, "*"));
}

static void read_for(struct act *a) {
	const struct act_params *p = a->c->params;
	const char *unit = word_unit(a->c, "/params/for/unit", p->on_behalf.unit);
	if (!unit)
		return;
	if (!may_act_for(a, unit))
		(void)call_refuse(a->c, E_FORBIDDEN, "%s may not act for %s", a->c->who->name, unit);
	a->cmd.for_unit = unit;
	a->cmd.for_person = p->on_behalf.person;
}

static void read_at(struct act *a) {
	const struct act_params *p = a->c->params;
	char now[RFC3339_BYTES];
	a->cmd.late_entry = p->at != NO_TIME;
	a->cmd.at_us = p->at != NO_TIME ? p->at : a->c->now_us;
	if (a->cmd.at_us > a->c->now_us)
		faults_at(&a->c->faults, "/params/at", "range", "this lies in the future: here it is %s",
		          rfc3339_format(a->c->now_us, call_offset_s(a->c, a->c->now_us), now));
}

struct act *act_begin(struct call *c, enum command_kind kind) {
	const struct act_params *p = c->params;
	const struct act *earlier = c->tries ? c->state : NULL;
	struct act *a = arena_new(&c->arena, struct act);
	a->c = c;
	a->first_version = earlier ? earlier->first_version : 0;
	a->cmd = (struct command){.kind = kind,
	                          .town = c->town->code,
	                          .actor = c->who->name,
	                          .actor_unit = c->who->unit[0] ? c->who->unit : NULL,
	                          .powers = powers_of(c->who->roles)};
	c->state = a;
	c->again_step = 0;
	read_for(a);
	read_at(a);
	act_keep_text(a, p->note);
	struct act_part *first = LIST_ADD(&a->parts, &c->arena);
	first->name.town = c->town->code;
	if (p->which && !case_id_read(c, p->which, &first->name))
		CHECK(c->faults.total > 0);
	return a;
}

void act_keep_text(struct act *a, const char *text) {
	if (text)
		a->more.note = a->more.note ? arena_printf(&a->c->arena, "%s\n%s", text, a->more.note) : text;
}

const char *act_reason(struct act *a, const char *path, const char *of, const char *word) {
	const struct reason_words r = word_reason(a->c, path, of, word);
	act_keep_text(a, r.text);
	return r.code;
}

/* The number in "-R12"; 0: it isn't so. */
static int32_t number_behind(const char *dash, char letter) {
	int32_t n = 0;
	if (dash[1] != letter || dash[2] == '0')
		return 0;
	for (const char *digit = dash + 2; *digit; digit++) {
		if (*digit < '0' || *digit > '9' || n > 99999)
			return 0;
		n = n * 10 + (*digit - '0');
	}
	return n;
}

int32_t act_read_name(struct act *a, const char *path, char letter, const char *text) {
	const char *dash = text ? strrchr(text, '-') : NULL;
	const int32_t n = dash ? number_behind(dash, letter) : 0;
	struct case_name *name = &a->parts.v[0].name;
	int64_t id;
	if (n > 0)
		name->number = arena_strndup(&a->c->arena, text, (size_t)(dash - text));
	if (n > 0 && case_number_id(name->number, &id))
		return n;
	if (text)
		faults_at(&a->c->faults, path, "format", "this is the number of a case with -%c1, -%c2 ... behind it", letter, letter);
	return 0;
}

const char *act_name(const struct act *a, char letter, int32_t n) {
	return arena_printf(&a->c->arena, "%s-%c%d", a->parts.v[0].number, letter, n);
}

/* ---- Who ---- */

bool act_has_task(const struct act *a) {
	const struct case_rec *cr = a->parts.v[0].before;
	const char *unit = command_unit(&a->cmd);
	if (!a->cmd.for_unit && act_by(a, ROLES_ALL & ~ROLE_UNIT))
		return true;
	for (size_t i = 0; unit && i < cr->tasks.n; i++)
		if (task_is_open(&cr->tasks.v[i]) && is_under(a, cr->tasks.v[i].unit, unit))
			return true;
	return false;
}

bool act_holds(const struct act *a) {
	const char *holder = a->parts.v[0].before->unit, *unit = command_unit(&a->cmd);
	return holder && unit && is_under(a, holder, unit);
}

bool act_is_own(const struct act *a) {
	const char *submitter = a->parts.v[0].before->actor;
	return submitter && strcmp(submitter, a->c->who->name) == 0;
}

enum next act_left(struct act *a) {
	return call_refuse(a->c, E_FORBIDDEN, "the case isn't with %s: it can be read there, no more", command_unit(&a->cmd));
}
