/* db_verify: checks every invariant of the database, and says of each how many rows break it. */
#include "daemon/base/limits.h"
#include "daemon/call/call.h"
#include "daemon/call/facts.h"
#include "daemon/methods/methods.h"
#include "daemon/store/verify.h"

static void on_all_verified(const verify_list *checks, const struct err *why, void *ctx) {
	struct call *c = ctx;
	if (checks)
		c->state = arena_memdup(&c->arena, checks, sizeof *checks);
	else
		(void)call_refuse_err(c, why);
	call_resume(c);
}

/* Asked for each case anew, because another pack may come into force meanwhile. A town that isn't served here is looked after
 * elsewhere. */
static bool facts_of(void *ctx, const char *town, struct facts *out) {
	struct call *c = ctx;
	struct err ignored;
	struct pack_facts *now = c->params;
	const struct town_slot *slot = towns_find(c->sv->towns, town, &ignored);
	if (!slot || !slot->pack)
		return false;
	pack_facts_init(now, slot->pack, NULL);
	*out = now->facts;
	return true;
}

static enum next ask(struct call *c) {
	const struct verify_towns towns = {facts_of, c};
	c->params = arena_new(&c->arena, struct pack_facts); /* it has none of its own */
	verify_run(c->sv->db, &towns, &c->arena, on_all_verified, c);
	return NEXT_WAIT;
}

static enum next tell(struct call *c) {
	const verify_list *checks = c->state;
	struct json_out *j = &c->out;
	int64_t bad = 0;
	if (!checks)
		return NEXT_ANSWER;
	for (size_t i = 0; i < checks->n; i++)
		bad += checks->v[i].bad;
	jout_object(j);
	jout_kv_bool(j, "ok", bad == 0);
	jout_key(j, "checks");
	jout_array(j);
	for (size_t i = 0; i < checks->n; i++) {
		jout_object(j);
		jout_kv_str(j, "name", checks->v[i].name);
		jout_kv_int(j, "bad", checks->v[i].bad);
		jout_key(j, "examples");
		jout_raw(j, checks->v[i].examples);
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_db_verify = {.any_town = true, .steps = {ask, tell}};
