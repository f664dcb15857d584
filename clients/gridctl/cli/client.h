/* client: one connection to gridd, blocking. One JSON message a line, both ways. */
#ifndef GRIDCTL_CLIENT_H
#define GRIDCTL_CLIENT_H

#include "daemon/base/strbuf.h"

#include <json-c/json.h>
#include <stdint.h>

enum { CLIENT_TRACED = 64 };            /* as many requests are timed at once */

struct client {
	int fd;                             /* -1: not connected */
	struct strbuf in;                   /* bytes read and not yet used, from `used` on */
	size_t used, looked;
	int64_t last_id;
	int timeout_s;                      /* the longest wait for bytes; 0: for ever */
	bool verbose;                       /* requests and times on stderr; stays over client_close */
	int64_t sent_us[CLIENT_TRACED];     /* by id; 0: answered */
	bool patient;                       /* Ctrl-C doesn't end its waits: what was sent is to be known */
};

void client_init(struct client *c);
void client_close(struct client *c);

/* The daemon's address: `given` if it isn't NULL, else what the configuration says, else the first that exists of the system's
 * socket and the one beside the build folder of this program. False, with the places looked at, if there is none. */
bool client_find(const char *given, struct strbuf *url, struct err *e) MUST_CHECK;
/* unix:PATH, a bare path, or tcp://HOST:PORT. timeout_s 0: waits for replies as long as it takes. Ctrl-C
 * ends every wait with an error. */
bool client_open(struct client *c, const char *url, int timeout_s, struct err *e) MUST_CHECK;

/* Sends one request; *id is what its reply will carry. `params` is borrowed; NULL: none. */
bool client_send(struct client *c, const char *method, struct json_object *params, int64_t *id, struct err *e) MUST_CHECK;
/* The next message, the caller's (json_object_put). */
bool client_receive(struct client *c, struct json_object **message, struct err *e) MUST_CHECK;
/* Sends and waits for its reply: an object with `result` or `error`. */
bool client_call(struct client *c, const char *method, struct json_object *params, struct json_object **reply, struct err *e)
    MUST_CHECK;

#endif
