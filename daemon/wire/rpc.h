/* rpc: JSON-RPC 2.0 messages. Reads a line into requests, writes replies; knows no method. */
#ifndef GRIDD_WIRE_RPC_H
#define GRIDD_WIRE_RPC_H

#include "daemon/base/faults.h"
#include "daemon/wire/gate.h"
#include "daemon/wire/json_out.h"

struct rpc_request {
	struct json_object *id;             /* string, integer, or NULL (JSON null, or notification) */
	bool notification;
	const char *method;                 /* NULL if the request is invalid */
	struct json_object *params;         /* an object; an array (who takes no positional params refuses it); or NULL */
	struct err fault;                   /* code E_NONE: a sound request; else what to answer */
};

/* One line's worth. Everything is borrowed from `tree`, which the message owns. */
struct rpc_message {
	struct json_object *tree;
	bool batch;
	struct rpc_request *requests;       /* in the arena */
	size_t n;
};

/* False: the line as a whole is refused (*why: parse error, an empty batch, too many calls); answer it with id null.
 * rpc_message_fini in any case. */
bool rpc_read(const char *line, size_t n, struct arena *a, struct rpc_message *out, struct err *why) MUST_CHECK;
void rpc_message_fini(struct rpc_message *m);

/* What an error reply says in `data` besides reason and errors. */
struct rpc_error {
	const struct err *err;
	const struct faults *faults;        /* may be NULL */
	const char *data;                   /* further members, `"state":"closed","allowed":[...]`, or NULL */
};

/* One reply object, no newline. result: JSON text. id NULL: null. */
void rpc_write_result(struct strbuf *to, struct json_object *id, const char *result, size_t n);
void rpc_write_error(struct strbuf *to, struct json_object *id, const struct rpc_error *error);
void rpc_write_notification(struct strbuf *to, const char *method, const char *params);

#endif
