/* call: one request in flight, from its line to its reply. Owns an arena; all made for it dies with it. */
#ifndef GRIDD_CALL_CALL_H
#define GRIDD_CALL_CALL_H

#include "daemon/call/server.h"
#include "daemon/store/loader.h"
#include "daemon/store/writer.h"
#include "daemon/wire/rpc.h"

struct message;

enum { CALL_TRIES = 3 }; /* a case that changes under a call so often is left to its other callers */

struct call {
	unsigned magic;
	struct arena arena;
	struct server *sv;
	struct message *message; /* the line it came in; owns connection, ids and replies */
	size_t slot;             /* place of its reply in a batch */
	struct json_object *id;
	bool notification;
	const struct principal *who; /* of the connection, or of the call's own token */

	const struct method *method;
	struct json_object *tree; /* the params as they came; NULL: none */
	void *params;             /* the method's params struct, read from the tree */
	struct town_slot *town;   /* NULL for methods that need none */
	struct pack *pack;        /* the town's pack when the call came; held until the end */
	int64_t now_us;           /* case time when the call came */
	int32_t step;
	void *state; /* whatever a method carries from step to step, in the arena */

	const struct rows *rows; /* what the database answered to call_on_rows */
	struct load_ask load;     /* NEXT_LOAD: the next step finds c->loaded */
	const struct loaded *loaded;

	struct write_item write; /* NEXT_WRITE */
	const struct outcome *outcome;
	/* A step to go back to when the case changed meanwhile (its number, counted from 0): load and decide again, CALL_TRIES
	 * times at most. -1: tell the conflict at once. */
	int32_t again_step, tries;

	struct faults faults;     /* of the params */
	struct err refusal;       /* code E_NONE: none */
	const char *refusal_data; /* further members of error.data, as JSON text, or NULL */
	struct strbuf result;     /* JSON text of the result */
	struct json_out out;      /* writes into it */
};

/* Refuse and leave: `return call_refuse(c, E_NOT_FOUND, "...")`. */
enum next call_refuse(struct call *c, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The params have faults: refuse with all of them. */
enum next call_refuse_params(struct call *c);
/* Passes an error on. */
enum next call_refuse_err(struct call *c, const struct err *e);
/* The on_rows of a question to the database: a step asks with it, and returns NEXT_WAIT. */
void call_on_rows(const struct rows *rows, const struct err *why, void *call);
/* For who else answers NEXT_WAIT: go on with the next step. Never from within the step itself. */
void call_resume(struct call *c);
/* What the principal may see and act on, in the call's town. */
const struct scope *call_scope(struct call *c);
/* Offset of the town's zone at an instant, for printing. */
int32_t call_offset_s(const struct call *c, int64_t at_us);

#endif
