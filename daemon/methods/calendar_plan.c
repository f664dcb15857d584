/* calendar_plan: which due times of open cases another pack's calendars would move. Moves none of them. */
#include "daemon/base/limits.h"
#include "daemon/call/due_moves.h"
#include "daemon/methods/case_view.h"
#include "daemon/methods/methods.h"
#include "daemon/methods/other_pack.h"
#include "daemon/store/open_cases.h"

enum { PAGE_CASES = 200, MOVES_SHOWN = 500, MOVES_MAX = 5000 };

struct plan_params {
	struct common_params common;
	struct other_pack_params pack;
	int32_t limit;
};

static const struct field plan_fields[] = {COMMON_FIELDS, OTHER_PACK_FIELDS(struct plan_params, pack),
                                           FIELD_I32(struct plan_params, limit, 1, MOVES_MAX, 0), FIELD_END};

/* One line of the answer. */
struct planned {
	const char *number, *clock, *unit, *problem;
	int64_t before_us, after_us;
	bool provisional, put_off;
};

struct plan {
	struct call *call;
	struct pack_job *job;
	size_t shown; /* at most */
	LIST_OF(struct planned) moves;
	int64_t cases, moved, unreckoned;
};

static void add_move(struct plan *p, const char *number, const struct due_move *m) {
	struct arena *a = &p->call->arena;
	const struct clock *c = m->before;
	if (!m->problem && m->only_left)
		return;
	if (m->problem)
		p->unreckoned++;
	else
		p->moved++;
	if (p->moves.n == p->shown)
		return;
	*LIST_ADD(&p->moves, a) = (struct planned){.number = arena_strdup(a, number),
	                                           .clock = arena_strdup(a, c->name),
	                                           .unit = arena_strdup(a, c->bearer),
	                                           .problem = arena_strdup(a, m->problem),
	                                           .before_us = c->due_at_us,
	                                           .after_us = m->due_at_us,
	                                           .provisional = m->provisional,
	                                           .put_off = m->put_off};
}

static void on_open_case(const struct open_case *c, struct arena *page, void *ctx) {
	struct plan *p = ctx;
	due_move_list list = {0};
	due_moves(c->cr, pack_calendars(p->job->pack), p->call->now_us, page, &list);
	for (size_t i = 0; i < list.n; i++)
		add_move(p, c->number, &list.v[i]);
	p->cases++;
}

static void on_all_seen(const struct err *why, void *ctx) {
	struct plan *p = ctx;
	if (why)
		(void)call_refuse_err(p->call, why);
	call_resume(p->call);
}

static enum next ask(struct call *c) {
	const struct plan_params *params = c->params;
	return other_pack_ask(c, &params->pack);
}

static enum next load(struct call *c) {
	const struct plan_params *params = c->params;
	struct plan *p = arena_new(&c->arena, struct plan);
	p->call = c;
	p->shown = params->limit ? (size_t)params->limit : MOVES_SHOWN;
	c->state = p;
	return other_pack_load(c, &params->pack, &p->job);
}

static enum next walk(struct call *c) {
	struct plan *p = c->state;
	const struct open_walk_hooks hooks = {.on_case = on_open_case, .on_end = on_all_seen, .ctx = p};
	if (!other_pack_loaded(c, &p->job))
		return NEXT_ANSWER;
	(void)open_walk_start(c->sv->db, c->town->code, PAGE_CASES, &hooks);
	return NEXT_WAIT;
}

static void write_move(struct call *c, const struct planned *m) {
	struct json_out *j = &c->out;
	jout_object(j);
	jout_kv_str(j, "case", m->number);
	jout_kv_str(j, "clock", m->clock);
	if (m->unit)
		case_view_unit(c, "unit", m->unit);
	jout_kv_time(j, "before", m->before_us, call_offset_s(c, m->before_us));
	jout_kv_time(j, "after", m->after_us, call_offset_s(c, m->after_us));
	jout_kv_bool(j, "provisional", m->provisional);
	jout_kv_bool(j, "put_off", m->put_off);
	jout_kv_opt(j, "problem", m->problem);
	jout_end_object(j);
}

static enum next tell(struct call *c) {
	struct plan *p = c->state;
	struct json_out *j = &c->out;
	pack_job_free(&p->job);
	if (c->refusal.code != E_NONE)
		return NEXT_ANSWER;
	jout_object(j);
	jout_kv_str(j, "town", c->town->code);
	jout_kv_int(j, "version", pack_version(c->pack));
	jout_kv_int(j, "cases", p->cases);
	jout_kv_int(j, "moved", p->moved);
	jout_kv_int(j, "unreckoned", p->unreckoned);
	jout_key(j, "moves");
	jout_array(j);
	for (size_t i = 0; i < p->moves.n; i++)
		write_move(c, &p->moves.v[i]);
	jout_end_array(j);
	jout_kv_bool(j, "cut", p->moved + p->unreckoned > (int64_t)p->moves.n);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_calendar_plan = {
    .params = plan_fields, .params_size = sizeof(struct plan_params), .steps = {ask, load, walk, tell}};
