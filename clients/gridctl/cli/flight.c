/* flight: sends ahead, and takes replies as they come. */
#include "clients/gridctl/cli/flight.h"

#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

#include <string.h>
#include <time.h>

/* The daemon stops reading a connection with 64; half of them keeps it busy. */
enum { IN_FLIGHT = 32, TRIES = 40, RETRY_MS = 250, LONGEST_RETRY_MS = 60000 };

struct slot {
	struct json_object *params; /* NULL: free */
	size_t call;
	int64_t id;
	int tries;
};

struct run {
	struct flight *f;
	struct slot slots[IN_FLIGHT];
	size_t under_way;
	bool stopped;
};

/* Where nothing more can be sent, replies may lie there still: the reading finds the end of them, and says it. */
static void send_slot(struct run *r, struct slot *s) {
	struct err ignored = {0};
	s->tries++;
	if (!client_send(&r->f->ctl->client, r->f->method, s->params, &s->id, &ignored))
		r->stopped = true;
}

static void send_next(struct run *r) {
	struct slot *s = r->slots;
	while (s->params)
		s++;
	*s = (struct slot){.call = r->f->sent, .params = r->f->params_of(r->f->sent, r->f->ctx)};
	ctl_sign(r->f->ctl, s->params);
	r->f->sent++;
	r->under_way++;
	send_slot(r, s);
}

static bool worth_retrying(const struct slot *s, struct json_object *error) {
	static const char *const reasons[] = {"overloaded", "unavailable", "outcome_unknown"};
	const char *reason = tree_str(error, "data.reason");
	for (size_t i = 0; reason && i < COUNT_OF(reasons); i++)
		if (strcmp(reason, reasons[i]) == 0)
			return s->tries < TRIES && !term_interrupted();
	return false;
}

static void try_again(struct run *r, struct slot *s, struct json_object *error) {
	const int64_t asked = tree_int(error, "data.retry_after_ms");
	const int64_t ms = asked > 0 && asked < LONGEST_RETRY_MS ? asked : RETRY_MS;
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	(void)nanosleep(&t, NULL);
	send_slot(r, s);
}

static void take(struct run *r, struct slot *s, struct json_object *reply) {
	struct json_object *error = tree_get(reply, "error");
	if (error && worth_retrying(s, error)) {
		try_again(r, s, error);
		return;
	}
	if (!r->f->on_reply(s->call, reply, r->f->ctx))
		r->stopped = true;
	json_object_put(s->params);
	s->params = NULL;
	r->under_way--;
}

static int receive(struct run *r) {
	struct json_object *reply = NULL;
	struct err e = {0};
	if (!client_receive(&r->f->ctl->client, &reply, &e))
		return ctl_broken(&e);
	int rc = EXIT_DONE;
	/* An error of nobody: the daemon could not even read what we sent. */
	if (tree_get(reply, "error") && !tree_get(reply, "id"))
		rc = ctl_refused(r->f->ctl, tree_get(reply, "error"));
	const int64_t id = tree_int(reply, "id");
	for (size_t i = 0; i < IN_FLIGHT && id > 0; i++)
		if (r->slots[i].params && r->slots[i].id == id) {
			take(r, &r->slots[i], reply);
			break;
		}
	json_object_put(reply);
	return rc;
}

int flight_run(struct flight *f) {
	struct run r = {.f = f};
	int rc = f->ctl->client.fd < 0 ? ctl_connect(f->ctl) : EXIT_DONE;
	f->ctl->client.patient = f->to_the_end;
	while (rc == EXIT_DONE && (r.under_way > 0 || (f->sent < f->n && !r.stopped && !term_interrupted()))) {
		if (f->sent < f->n && !r.stopped && !term_interrupted() && r.under_way < IN_FLIGHT)
			send_next(&r);
		else
			rc = receive(&r);
	}
	f->ctl->client.patient = false;
	for (size_t i = 0; i < IN_FLIGHT; i++)
		json_object_put(r.slots[i].params);
	return term_interrupted() ? EXIT_INTERRUPTED : rc;
}
