/* call: the driver: who, role, params, town; then step after step, waiting for rows, a case or the writer between them. */
#include "daemon/call/call.h"

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/log.h"
#include "daemon/base/suggest.h"
#include "daemon/call/call_start.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALL_MAGIC = 0x6361736c, RETRY_AFTER_MS = 250 };

static const struct field common_only[] = {COMMON_FIELDS, FIELD_END};

bool server_ready(const struct server *sv, const char **why_not) {
	if (!db_is_ready(sv->db))
		*why_not = "the database is away";
	else if (!towns_ready(sv->towns))
		*why_not = "a rule pack is still loading";
	else if (sv->stopping)
		*why_not = "gridd is stopping";
	else
		return true;
	return false;
}

size_t server_connections(const struct server *sv) { return net_conns(sv->net); }

enum next call_refuse(struct call *c, enum err_code code, const char *fmt, ...) {
	char text[sizeof c->refusal.text];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	(void)err_set(&c->refusal, code, "%s", text);
	return NEXT_ANSWER;
}

enum next call_refuse_params(struct call *c) {
	const size_t n = c->faults.total;
	return call_refuse(c, E_INVALID_PARAMS, "the params have %zu fault%s: %s", n, n == 1 ? "" : "s",
	                   c->faults.list.n ? c->faults.list.v[0].message : "");
}

enum next call_refuse_err(struct call *c, const struct err *e) {
	c->refusal = *e;
	if (e->code == E_OVERLOADED && !c->refusal_data)
		c->refusal_data = arena_printf(&c->arena, "\"retry_after_ms\":%d", RETRY_AFTER_MS);
	return NEXT_ANSWER;
}

int32_t call_offset_s(const struct call *c, int64_t at_us) {
	return c->pack ? zone_offset_s(pack_calendars(c->pack)->zone, at_us) : 0;
}

/* A batch's replies are bounded together. What was written is told all the same: its reply is small, and `overloaded` would
 * say that nothing happened. */
static bool passes_budget(const struct call *c) {
	return !c->outcome && c->message->reply_bytes + c->result.len > LIMIT_BATCH_REPLY_BYTES;
}

static enum next refuse_over_budget(struct call *c) {
	struct err e = {0};
	(void)err_set(&e, E_OVERLOADED, "the replies to this batch have passed %d MiB", LIMIT_BATCH_REPLY_BYTES >> 20);
	return call_refuse_err(c, &e);
}

/* Writes the reply into its slot and lets the call go. */
static void call_end(struct call *c) {
	struct message *m = c->message;
	const size_t slot = c->slot;
	struct strbuf *reply = &m->replies[slot];
	if (c->refusal.code == E_NONE && passes_budget(c))
		(void)refuse_over_budget(c);
	if (c->refusal.code == E_INTERNAL)
		log_error("call.internal", "method", c->method ? c->method->name : NULL, "error", c->refusal.text);
	if (c->notification) {
		/* Nobody waits for an answer; a fault of one is worth a line in the log. */
		if (c->refusal.code != E_NONE)
			log_debug("call.notification_refused", "error", c->refusal.text);
	} else if (c->refusal.code != E_NONE) {
		rpc_write_error(reply, c->id,
		                &(struct rpc_error){.err = &c->refusal, .faults = &c->faults, .data = c->refusal_data});
	} else {
		CHECK(c->result.len > 0);
		rpc_write_result(reply, c->id, c->result.data, c->result.len);
	}
	c->sv->calls--;
	c->magic = 0;
	pack_unref(&c->pack);
	strbuf_fini(&c->result);
	arena_fini(&c->arena);
	free(c);
	message_call_done(m, slot);
}

static void call_run(struct call *c);

void call_on_rows(const struct rows *rows, const struct err *why, void *call) {
	struct call *c = call;
	CHECK(c->magic == CALL_MAGIC);
	c->rows = rows;
	if (rows) {
		call_run(c);
		return;
	}
	(void)call_refuse_err(c, why);
	call_end(c);
}

static void on_call_loaded(const struct loaded *got, const struct err *why, void *ctx) {
	struct call *c = ctx;
	CHECK(c->magic == CALL_MAGIC);
	if (got) {
		c->loaded = arena_memdup(&c->arena, got, sizeof *got);
		call_run(c);
		return;
	}
	(void)call_refuse_err(c, why);
	call_end(c);
}

/* What is known of a case that somebody else keeps changing. */
static const char *latest(struct call *c) {
	const struct case_rec *cr = c->loaded ? c->loaded->cr : NULL;
	return cr ? arena_printf(&c->arena, "\"state\":\"%s\",\"version\":%d", state_name(cr->state), cr->version) : NULL;
}

/* What a refused write says: whose the key or the reference is, or how to find the fault in the log. */
static void refuse_write(struct call *c, const struct outcome *out) {
	if (out->kind == OUT_KEY_CONFLICT) {
		c->refusal_data = arena_printf(&c->arena, "\"case\":\"%s\"", out->number);
		(void)call_refuse(c, E_CONFLICT, "the same key or reference came before with another body: case %s", out->number);
	} else if (out->kind == OUT_VERSION_CONFLICT) {
		c->refusal_data = latest(c);
		(void)call_refuse(c, E_CONFLICT, "the case changed meanwhile; look at it again");
	} else {
		if (out->incident[0])
			c->refusal_data = arena_printf(&c->arena, "\"incident\":\"%s\"", out->incident);
		(void)call_refuse_err(c, &out->err);
	}
}

/* Somebody else was faster: decide again, about the case as it is now. */
static void go_again(struct call *c) {
	c->tries++;
	c->step = c->again_step;
	strbuf_clear(&c->result);
	jout_init(&c->out, &c->result);
	call_run(c);
}

static void on_call_written(const struct outcome *out, void *ctx) {
	struct call *c = ctx;
	CHECK(c->magic == CALL_MAGIC);
	if (out->kind == OUT_VERSION_CONFLICT && c->again_step >= 0 && c->tries < CALL_TRIES) {
		go_again(c);
		return;
	}
	if (out->kind == OUT_STORED || out->kind == OUT_REPLAYED) {
		c->outcome = out;
		call_run(c);
		return;
	}
	refuse_write(c, out);
	call_end(c);
}

static void call_run(struct call *c) {
	CHECK(c->step < METHOD_STEPS && c->method->code->steps[c->step]);
	const enum next next = c->method->code->steps[c->step++](c);
	if (next != NEXT_ANSWER && next != NEXT_AGAIN)
		c->sv->called_mono_us = clock_monotonic_us();
	switch (next) {
	case NEXT_ANSWER:
		call_end(c);
		return;
	case NEXT_LOAD:
		loader_ask(db_loader(c->sv->db), &c->load, &c->arena, on_call_loaded, c);
		return;
	case NEXT_WRITE:
		writer_put(db_writer(c->sv->db), &c->write, on_call_written, c);
		return;
	case NEXT_AGAIN:
		go_again(c);
		return;
	case NEXT_WAIT:
		return;
	}
}

void call_resume(struct call *c) {
	CHECK(c->magic == CALL_MAGIC);
	call_run(c);
}

static const struct method *find_method(const struct method *table, const char *name, const char **nearest) {
	struct suggest s;
	suggest_start(&s, name);
	for (const struct method *m = table; m->name; m++) {
		if (strcmp(m->name, name) == 0)
			return m;
		suggest_offer(&s, m->name);
	}
	*nearest = s.best;
	return NULL;
}

/* The town that is named, else the caller's own, else the only one. Another town than the caller's isn't there for him. */
static bool find_town(struct call *c, const char *code) {
	struct err e = {0};
	c->town = towns_find(c->sv->towns, code ? code : c->who->town[0] ? c->who->town : NULL, &e);
	if (c->town && !access_serves(c->who, c->town->code)) {
		c->town = NULL;
		(void)call_refuse(c, E_NOT_FOUND, "there is no town %.64s here", code);
	} else if (!c->town && e.code == E_UNAVAILABLE) {
		(void)call_refuse_err(c, &e);
	} else if (!c->town) {
		faults_at(&c->faults, "/params/town", code ? "unknown" : "missing", "%s", e.text);
	}
	return c->town != NULL;
}

/* Reads the params and finds the town; all faults at once. */
static bool read_params(struct call *c) {
	const struct method_code *code = c->method->code;
	if (code->positional)
		return true;
	if (json_object_is_type(c->tree, json_type_array)) {
		(void)call_refuse(c, E_INVALID_PARAMS, "params must be named: an object, not an array");
		return false;
	}
	const size_t size = code->params ? code->params_size : sizeof(struct common_params);
	const struct field *table = code->params ? code->params : common_only;
	struct common_params *common = arena_alloc(&c->arena, size);
	fields_init(table, common);
	bool ok = fields_read(table, c->tree, "/params", &c->arena, common, &c->faults);
	c->params = common;
	if ((!code->any_town || common->town) && !find_town(c, common->town)) {
		if (c->refusal.code != E_NONE)
			return false;
		ok = false;
	}
	if (ok || (code->reads_on && c->town && c->town->pack))
		return true;
	(void)call_refuse_params(c);
	return false;
}

/* A call that brings a token is made by whom the token names, whoever the connection belongs to. */
static bool find_caller(struct call *c) {
	struct json_object *auth = NULL;
	struct err e = {0};
	if (!json_object_is_type(c->tree, json_type_object) || !json_object_object_get_ex(c->tree, "auth", &auth) ||
	    !json_object_is_type(auth, json_type_string))
		return true;
	struct principal *who = arena_new(&c->arena, struct principal);
	if (!access_by_token(json_object_get_string(auth), c->sv->principals, who, &e)) {
		(void)call_refuse_err(c, &e);
		return false;
	}
	c->who = who;
	return true;
}

static void write_roles(struct json_out *j, const char *key, unsigned roles) {
	jout_key(j, key);
	jout_array(j);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		if (roles & (1U << i))
			jout_str(j, role_names[i]);
	jout_end_array(j);
}

/* Who is asking, as what, and who may. */
static void refuse_role(struct call *c) {
	struct strbuf text;
	struct json_out j;
	strbuf_init(&text);
	jout_init(&j, &text);
	jout_object(&j);
	jout_kv_str(&j, "principal", c->who->name);
	write_roles(&j, "roles", c->who->roles);
	write_roles(&j, "needs", c->method->roles);
	jout_end_object(&j);
	/* The members alone: they go into error.data. */
	c->refusal_data = arena_strndup(&c->arena, text.data + 1, text.len - 2);
	strbuf_fini(&text);
}

/* Everything that must be true before a method's first step. */
static bool admit(struct call *c, const struct rpc_request *rq) {
	struct err e = {0};
	if (rq->fault.code != E_NONE) {
		(void)call_refuse_err(c, &rq->fault);
		return false;
	}
	const char *nearest = NULL;
	c->method = find_method(c->sv->methods, rq->method, &nearest);
	if (!c->method) {
		if (nearest)
			c->refusal_data = arena_printf(&c->arena, "\"suggestion\":\"%s\"", nearest);
		(void)call_refuse(c, E_METHOD_NOT_FOUND,
		                  nearest ? "there is no such method; did you mean %s?" : "there is no such method", nearest);
		return false;
	}
	if (!find_caller(c))
		return false;
	if (!access_allowed(c->who, c->method->roles, c->method->name, &e)) {
		refuse_role(c);
		(void)call_refuse_err(c, &e);
		return false;
	}
	const char *why = "";
	if (!c->method->code->before_ready && !server_ready(c->sv, &why)) {
		(void)call_refuse(c, E_UNAVAILABLE, "%s; nothing was stored", why);
		return false;
	}
	if (passes_budget(c)) {
		(void)refuse_over_budget(c);
		return false;
	}
	return read_params(c);
}

void call_start(struct message *m, size_t slot) {
	const struct rpc_request *rq = &m->rpc.requests[slot];
	struct call *c = calloc(1, sizeof *c);
	CHECK(c != NULL);
	c->magic = CALL_MAGIC;
	arena_init(&c->arena);
	c->sv = m->sv;
	c->message = m;
	c->slot = slot;
	c->id = rq->id;
	c->notification = rq->notification;
	c->who = &m->who;
	c->tree = rq->params;
	c->again_step = -1;
	faults_init(&c->faults, &c->arena);
	jout_init(&c->out, &c->result);
	c->sv->calls++;
	if (!admit(c, rq)) {
		call_end(c);
		return;
	}
	if (c->town && c->town->pack)
		c->pack = pack_ref(c->town->pack);
	if (c->sv->db && db_is_ready(c->sv->db))
		c->now_us = db_now_us(c->sv->db);
	call_run(c);
}
