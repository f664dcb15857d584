/* rpc: JSON-RPC 2.0 requests read out of a line, and replies written. */
#include "daemon/wire/rpc.h"

#include "daemon/base/limits.h"

#include <string.h>

/* ---- reading ---- */

static bool is_string(struct json_object *o, const char *text) {
	return json_object_is_type(o, json_type_string) && strcmp(json_object_get_string(o), text) == 0;
}

/* The specification allows strings, numbers and null, and warns of fractions: those couldn't come back exactly. */
static bool id_allowed(struct json_object *id) {
	return !id || json_object_is_type(id, json_type_string) || json_object_is_type(id, json_type_int);
}

static bool read_id(struct json_object *tree, struct rpc_request *r) {
	struct json_object *id = NULL;
	r->notification = !json_object_object_get_ex(tree, "id", &id);
	if (!id_allowed(id))
		return err_set(&r->fault, E_INVALID_REQUEST, "id must be a string, an integer or null");
	r->id = id;
	return true;
}

static bool read_params(struct json_object *params, struct rpc_request *r) {
	switch (json_object_get_type(params)) {
	case json_type_null:
		return true;
	case json_type_object:
	case json_type_array:
		r->params = params;
		return true;
	default:
		return err_set(&r->fault, E_INVALID_REQUEST, "params must be an object");
	}
}

static bool read_request(struct json_object *tree, struct rpc_request *r) {
	if (!json_object_is_type(tree, json_type_object))
		return err_set(&r->fault, E_INVALID_REQUEST, "a request is an object with jsonrpc, method, params and id");
	if (!read_id(tree, r))
		return false;
	if (!is_string(json_object_object_get(tree, "jsonrpc"), "2.0"))
		return err_set(&r->fault, E_INVALID_REQUEST, "jsonrpc must be \"2.0\"");
	struct json_object *method = json_object_object_get(tree, "method");
	if (!json_object_is_type(method, json_type_string))
		return err_set(&r->fault, E_INVALID_REQUEST, "method must be a string");
	/* Fault or not, the method is known from here on: a notification with faulty params stays without an answer. */
	r->method = json_object_get_string(method);
	return read_params(json_object_object_get(tree, "params"), r);
}

/* A request that isn't one is always answered: whether it was meant as a notification can't be known. */
static void read_slot(struct json_object *tree, struct rpc_request *r) {
	if (!read_request(tree, r) && r->fault.code == E_INVALID_REQUEST) {
		r->notification = false;
		r->method = NULL;
	}
}

static bool read_batch(struct rpc_message *out, struct arena *a, struct err *why) {
	out->n = json_object_array_length(out->tree);
	if (out->n == 0)
		return err_set(why, E_INVALID_REQUEST, "a batch holds at least one call");
	if (out->n > LIMIT_BATCH_CALLS) {
		const size_t calls = out->n;
		out->n = 0;
		return err_set(why, E_INVALID_REQUEST, "a batch holds at most %d calls, not %zu", LIMIT_BATCH_CALLS, calls);
	}
	out->batch = true;
	out->requests = arena_array(a, struct rpc_request, out->n);
	for (size_t i = 0; i < out->n; i++)
		read_slot(json_object_array_get_idx(out->tree, i), &out->requests[i]);
	return true;
}

bool rpc_read(const char *line, size_t n, struct arena *a, struct rpc_message *out, struct err *why) {
	struct gate_fault fault;
	*out = (struct rpc_message){0};
	if (!gate_parse(line, n, &out->tree, &fault))
		return err_set(why, E_PARSE, "byte %zu: %s", fault.offset + 1, fault.text);
	if (json_object_is_type(out->tree, json_type_array))
		return read_batch(out, a, why);
	out->n = 1;
	out->requests = arena_array(a, struct rpc_request, 1);
	read_slot(out->tree, &out->requests[0]);
	return true;
}

void rpc_message_fini(struct rpc_message *m) {
	json_object_put(m->tree);
	*m = (struct rpc_message){0};
}

/* ---- writing ---- */

static void open_reply(struct json_out *j) {
	jout_object(j);
	jout_kv_str(j, "jsonrpc", "2.0");
}

static void close_reply(struct json_out *j, struct json_object *id) {
	jout_key(j, "id");
	jout_canonical(j, id, NULL);
	jout_end_object(j);
}

void rpc_write_result(struct strbuf *to, struct json_object *id, const char *result, size_t n) {
	struct json_out j;
	jout_init(&j, to);
	open_reply(&j);
	jout_key(&j, "result");
	jout_rawn(&j, result, n);
	close_reply(&j, id);
}

/* The three errors whose words the specification gives; what went wrong goes to data.detail there. */
static const char *standard_message(enum err_code code) {
	switch (code) {
	case E_PARSE:
		return "Parse error";
	case E_INVALID_REQUEST:
		return "Invalid Request";
	case E_METHOD_NOT_FOUND:
		return "Method not found";
	default:
		return NULL;
	}
}

static void write_fault(struct json_out *j, const struct fault *f) {
	jout_object(j);
	jout_kv_opt(j, "file", f->file);
	if (f->file) {
		jout_kv_int(j, "line", f->line);
		jout_kv_int(j, "col", f->col);
	}
	jout_kv_opt(j, "path", f->path);
	jout_kv_str(j, "code", f->code);
	jout_kv_str(j, "message", f->message);
	jout_kv_opt(j, "suggestion", f->suggestion);
	jout_end_object(j);
}

static void write_faults(struct json_out *j, const struct faults *faults) {
	jout_key(j, "errors");
	jout_array(j);
	for (size_t i = 0; i < faults->list.n; i++)
		write_fault(j, &faults->list.v[i]);
	jout_end_array(j);
	if (faults->total > faults->list.n)
		jout_kv_int(j, "errors_total", (int64_t)faults->total);
}

static void write_data(struct json_out *j, const struct rpc_error *error, enum err_code code) {
	jout_object(j);
	jout_kv_str(j, "reason", err_reason(code));
	if (standard_message(code) && error->err->text[0])
		jout_kv_str(j, "detail", error->err->text);
	if (error->faults && error->faults->total)
		write_faults(j, error->faults);
	if (error->data)
		jout_raw(j, error->data);
	jout_end_object(j);
}

void rpc_write_error(struct strbuf *to, struct json_object *id, const struct rpc_error *error) {
	const struct err *err = error->err;
	/* A code that has no place on the wire is a fault of ours. */
	const enum err_code code = err_rpc_code(err->code) ? err->code : E_INTERNAL;
	const char *standard = standard_message(code);
	struct json_out j;
	jout_init(&j, to);
	open_reply(&j);
	jout_key(&j, "error");
	jout_object(&j);
	jout_kv_int(&j, "code", err_rpc_code(code));
	jout_kv_str(&j, "message", standard ? standard : err->text[0] ? err->text : err_meaning(code));
	jout_key(&j, "data");
	write_data(&j, error, code);
	jout_end_object(&j);
	close_reply(&j, id);
}

void rpc_write_notification(struct strbuf *to, const char *method, const char *params) {
	struct json_out j;
	jout_init(&j, to);
	open_reply(&j);
	jout_kv_str(&j, "method", method);
	jout_key(&j, "params");
	jout_raw(&j, params);
	jout_end_object(&j);
}
