/* decision: what the files decide_*.c share: one decision in the making. Nobody else includes it.
 *
 * Each change is added to the list and folded into `cr` at once, so that the next line sees the case as it now is. */
#ifndef GRIDD_CASES_DECISION_H
#define GRIDD_CASES_DECISION_H

#include "daemon/cases/decide.h"

struct decision {
	struct case_rec *cr;                /* the case as it is after the changes so far; of a submit: a new one */
	const struct command *cmd;
	const struct facts *facts;
	int64_t now_us, at_us;              /* at_us: when it happened, <= now_us */
	struct arena *a;
	struct changes *out;
	struct refusal *why;
};

typedef bool (*decide_fn)(struct decision *d);

/* One for each command, in the file that the name says. */
bool decide_submit(struct decision *d);                                 /* decide_submit.c */
bool decide_dispatch(struct decision *d), decide_assign(struct decision *d);            /* decide_desk.c */
bool decide_arbitrate(struct decision *d), decide_verify(struct decision *d);
bool decide_reject(struct decision *d), decide_reopen(struct decision *d);
bool decide_accept(struct decision *d), decide_arrive(struct decision *d);              /* decide_work.c */
bool decide_return(struct decision *d), decide_finish(struct decision *d);
bool decide_ask(struct decision *d), decide_request(struct decision *d);                /* decide_request.c */
bool decide_suspend(struct decision *d), decide_resume(struct decision *d), decide_waive(struct decision *d);
bool decide_amend(struct decision *d), decide_link(struct decision *d);                 /* decide_facts.c */
bool decide_mark(struct decision *d), decide_note(struct decision *d), decide_urge(struct decision *d);
bool decide_deadline(struct decision *d);
bool decide_merge(struct decision *d), decide_absorb(struct decision *d);               /* decide_merge.c */
bool decide_unmerge(struct decision *d), decide_release(struct decision *d), decide_answer(struct decision *d);
bool decide_open_order(struct decision *d), decide_reply_order(struct decision *d);     /* decide_order.c */
bool decide_accept_order(struct decision *d);
bool decide_acknowledge(struct decision *d), decide_fire(struct decision *d);           /* decide_time.c */
bool decide_move(struct decision *d), decide_repair(struct decision *d);

/* ---- Folding (apply.c) ---- */

/* The aggregate that the changes of one event are folded into: a copy of `before`, one version on. */
struct case_rec *apply_begin(const struct case_rec *before, const char *town, int64_t at_us, struct arena *a);
void apply_change(struct case_rec *cr, const struct change *c, struct arena *a);

/* ---- Changes (decision.c) ---- */

/* Adds it and folds it in. */
void change_add(struct decision *d, struct change c);
void change_task(struct decision *d, struct task t);
void change_clock(struct decision *d, struct clock c);
/* The state; CASE_FINISHED and the like move `previous` along. result: what came of the case; may be NULL. */
void change_state(struct decision *d, enum case_state state, const char *result);
void change_held(struct decision *d, const char *unit);                 /* since at_us */
/* Whose time it is from at_us on; nothing if that is so already. */
void change_span(struct decision *d, const char *bearer, const char *why);
/* A new task, given at at_us. Returns its number. */
int32_t change_new_task(struct decision *d, enum task_kind kind, const char *unit, bool required);
/* The counts of the case as they are, to be changed and added. */
struct change counts_now(const struct decision *d);

/* ---- Refusals; each returns false ---- */

bool refuse_conflict(struct decision *d, const char *fmt, ...) PRINTF_LIKE(2, 3);       /* with state and allowed */
bool refuse_forbidden(struct decision *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool refuse_params(struct decision *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool refuse_not_found(struct decision *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* An instant for people, in the town's time. */
const char *when_text(const struct decision *d, int64_t at_us);

/* ---- Clocks (decide_clocks.c) ---- */

enum moment {
	MOMENT_OBSERVED, MOMENT_RECEIVED, MOMENT_TRIAGE, MOMENT_DISPATCHED, MOMENT_FINISHED, MOMENT_ASKED, MOMENT_ORDERED,
	MOMENTS
};

struct start {
	enum moment moment;
	int64_t at_us;
	const char *bearer;                 /* NULL: nobody's time yet */
	int32_t task;                       /* the stay that the clocks built in belong to; 0: the case */
	int32_t order;                      /* MOMENT_ORDERED: of which order */
};

/* One of those built in that belong to a stay: accept, arrive, handle. */
bool clock_is_of_stay(const char *clock);
/* The limit of a clock: the verdict's of a submit, else the case's own, else the town's. NULL: none. */
const struct clock_limit *limit_of(const struct decision *d, const char *clock);
/* Starts all clocks that this moment starts and that have a limit: those built in, then those that the town declares. */
bool start_clocks(struct decision *d, struct start s) MUST_CHECK;
/* Declared clocks that start from a mark. */
bool start_clocks_of_mark(struct decision *d, const char *mark) MUST_CHECK;
/* One of them. own: amount 0 = as limit_of says. */
bool start_clock(struct decision *d, const char *name, const struct start *s, struct limit own) MUST_CHECK;
/* A deadline from outside, the case's own whoever holds it: a clock of ours with that name doesn't start beside it. */
bool start_deadline(struct decision *d, const char *name, int64_t from_us, int64_t due_at_us) MUST_CHECK;
/* The open (running or paused) clock of that name and task; or a deadline from outside of that name. NULL: none. task < 0:
 * any. */
const struct clock *open_clock(const struct decision *d, const char *name, int32_t task);
/* The clocks that wait for what the lead does, deadlines from outside among them: it has done all. */
void stop_work(struct decision *d, int32_t task);
/* Stops it at at_us if it is open. */
void stop_clock(struct decision *d, const char *name, int32_t task);
/* Every open clock of that stay. */
void stop_stay(struct decision *d, int32_t task);
/* The clock of that supervision order. */
void stop_order_clock(struct decision *d, int32_t order);
/* What waits for that mark. */
void stop_clocks_of_mark(struct decision *d, const char *mark);
/* The case is over: every open clock, except (keep_outside) deadlines from outside. */
void stop_all(struct decision *d, bool keep_outside);
/* Stopped clocks of that stay go on with what was left, from at_us: the same unit after rework, or a refused return. */
bool go_on_stay(struct decision *d, int32_t task, const char *name) MUST_CHECK;
/* All running ones that a suspension pauses (or, all: a merge), at pause_at_us; and back. */
void pause_clocks(struct decision *d, int64_t pause_at_us, bool all);
bool resume_clocks(struct decision *d, int64_t resume_at_us) MUST_CHECK;
/* One of them, at at_us, if it is open. */
void pause_clock(struct decision *d, const char *name, int32_t task);
bool resume_clock(struct decision *d, const char *name, int32_t task) MUST_CHECK;

/* ---- Who (decide_who.c) ---- */

/* In whose name the actor acts: his unit's, or for_unit's. NULL: refused: nobody's, or he may not act for that one. */
const char *acting_unit(struct decision *d);
/* The open task that the actor (or for_unit) may act on: his unit's own, else that of one below it; the lead before others.
 * NULL: refused (the *why is filled): nobody's unit, no task there. */
const struct task *acting_task(struct decision *d);
/* `for` is a dispatcher's, a supervisor's, or a platform's that acts for units (the method has checked which). */
bool may(const struct decision *d, unsigned powers);
/* Does the actor belong to that unit or to one below it, or act for one? */
bool is_of_unit(const struct decision *d, const char *unit);
/* Is it the centre's: the desk's, or that of a desk for returned cases? */
bool is_of_centre(const struct decision *d, const char *unit);
bool unit_is_known(struct decision *d, const char *unit);               /* false: refused */
/* False, refused: at_us is before the case came to where it is now; before what is known of that task. */
bool is_since_move(struct decision *d);
bool is_since_task(struct decision *d, const struct task *t);
/* The open task of exactly that unit; NULL: none. */
const struct task *task_of_unit(const struct decision *d, const char *unit);
/* The marks of that list that aren't set, for people: "danger_removed, contacted"; NULL: all are. */
const char *marks_missing(const struct decision *d, const struct strs *marks);

/* ---- Moves shared by several commands (moves.c) ---- */

/* Why a case is at a desk, and whom to propose (NULL: nobody). */
struct desk_reason {
	const char *code, *detail, *proposed;
};
/* To a desk, to be dispatched (again): state triage, the `dispatch` clock. */
bool to_desk(struct decision *d, const char *desk, const struct desk_reason *why) MUST_CHECK;
/* Copies what the verdict says into the case, and sends it there (decide_submit.c). */
void change_routed(struct decision *d);
bool land_by_verdict(struct decision *d) MUST_CHECK;
/* To a unit as its lead, with new clocks; in an emergency it is told. */
bool to_unit(struct decision *d, const char *unit) MUST_CHECK;
/* A stay ends: so, for that coded reason. Its clocks stop. */
void end_task(struct decision *d, struct task t, enum task_state how, const char *reason);
/* That of the open lead; what its unit asked for and is not decided yet has come to nothing. */
void end_lead(struct decision *d, enum task_state how, const char *reason);
/* Every open task of these kinds (bits 1 << enum task_kind) is withdrawn. */
void withdraw_tasks(struct decision *d, unsigned kinds, const char *reason);
/* A stay that had ended goes on, as far as it had come, on its own clocks. */
bool reopen_task(struct decision *d, int32_t n) MUST_CHECK;
/* To the unit of that ended lead task again: rework, or a return that was refused. */
bool back_to_lead(struct decision *d, int32_t n) MUST_CHECK;
/* A new task; in an emergency its unit is told. required: of an assistant. Returns its number. */
int32_t give_task(struct decision *d, enum task_kind kind, const char *unit, bool required);
/* Tasks beside the lead, for those units that have none: of those that the rule names, and of those that somebody asked for,
 * who are required. */
void give_assist_of_rule(struct decision *d);
void give_assist(struct decision *d, const struct strs *units);
/* An assistant that the rule had sent along must finish now before the lead does. */
void require(struct decision *d, const struct task *assistant);
/* Where a unit stands in the chain; where it is now if it doesn't. */
int32_t chain_index(const struct decision *d, const char *unit);
/* The lead handed back, or another case did it for it: the desk checks. */
bool to_check(struct decision *d, const char *result) MUST_CHECK;
/* No longer with the desk that checks: its clock stops, and nobody looks at the site any more. */
void leave_check(struct decision *d);
/* The pending request has come to nothing; an excuse that was asked for stays unless `all`. */
void drop_request(struct decision *d, bool all);
/* The lead has finished: what it asked for has come to nothing, but for what decides whether it was in time. */
void settle_request(struct decision *d);
/* The case is over: every task and clock ends; orders without a reply lapse. */
void end_all(struct decision *d, enum case_state state, const char *result);
/* Is there one in the chain after the present one? To it; NULL: no. */
const char *next_handler(const struct decision *d);
/* Back from a suspension or a merge to where it was; its clocks go on from at_us. */
bool to_previous(struct decision *d) MUST_CHECK;
/* Hung up until then; its clocks stand still from pause_at_us on (<= at_us: a request that was asked earlier). */
bool suspend_until(struct decision *d, const char *reason, int64_t pause_at_us, int64_t until_us) MUST_CHECK;
/* The end of a suspension, whoever brings it about. */
bool resume_suspended(struct decision *d) MUST_CHECK;
/* Opened again, a case goes alone: those that went along with it have been answered, as it was itself. (decide_merge.c) */
void part_company(struct decision *d);
/* A new supervision order, with its clock and its notice; its number is given here. (decide_order.c) */
bool order_open(struct decision *d, struct order o, struct limit within) MUST_CHECK;
/* The open or replied order of that kind to that unit; NULL: none. */
const struct order *order_pending(const struct decision *d, const char *unit, enum order_kind kind);

/* The case has another ladder than `former`: a step that is in both and has fired for a clock that goes on doesn't fire again;
 * what repeats of the former one is over. (decide_time.c) */
void carry_steps_over(struct decision *d, const ladder_step_list *former);

/* ---- Telling (notices.c) ---- */

/* Tells one unit: whoever is on duty there; nobody: its leader at once, and so on up; nobody anywhere: a notice without a
 * channel, which the outbox shows as undeliverable. */
void tell_unit(struct decision *d, const char *unit, struct notice n);
/* The unit that a word of a step means in that notice: unit, unit.leader, desk, supervision, a unit's id. NULL: there is none. */
const char *unit_meant(const struct decision *d, const char *word, const struct notice *n);
/* Tells all that a step names. */
void tell_step(struct decision *d, const struct ladder_step *s, struct notice n);

#endif
