/* link: a connection to gridd that never blocks: requests go out, each answer goes to its handler, whatever else comes goes to one
 * place. The loop polls its descriptor. */
#ifndef GRIDCTL_BOARD_LINK_H
#define GRIDCTL_BOARD_LINK_H

#include "daemon/base/strbuf.h"

#include <json-c/json.h>
#include <stdint.h>

/* What came of a request. Both NULL: the connection broke before an answer came. All borrowed. */
struct answer {
	struct json_object *params, *result, *error;
};
typedef void (*on_answer)(void *ctx, const struct answer *a);

struct waiting;

struct link {
	int fd;                             /* -1: closed */
	bool connected;                     /* else still connecting */
	struct strbuf in, out;
	size_t used, looked, sent;          /* of in: taken, searched for a LF; of out: sent */
	int64_t last_id;
	int64_t heard_us;                   /* monotonic: when the last bytes came */
	struct waiting *waiting;
	void (*on_notice)(void *ctx, const char *method, struct json_object *params);
	void *ctx;                          /* of all handlers */
};

void link_init(struct link *l);
/* unix:PATH, a bare path, tcp://HOST:PORT. Starts connecting; what is sent meanwhile goes out when it stands. */
bool link_open(struct link *l, const char *url, struct err *e) MUST_CHECK;
/* Every handler that still waits is told. */
void link_close(struct link *l);

/* Sends a request; `params` is taken over. */
void link_call(struct link *l, const char *method, struct json_object *params, on_answer handler);

/* What poll(2) is to wait for. */
short link_events(const struct link *l);
/* Reads and writes what can be; gives out what came. False: it broke. */
bool link_ready(struct link *l, short revents, struct err *e) MUST_CHECK;

#endif
