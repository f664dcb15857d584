/* flight: many calls of one method, several on their way at once. */
#ifndef GRIDCTL_FLIGHT_H
#define GRIDCTL_FLIGHT_H

#include "clients/gridctl/cli/command.h"

struct flight {
	struct ctl *ctl;
	const char *method;
	size_t n;                           /* calls */
	bool to_the_end;                    /* Ctrl-C sends nothing further, but what is on its way is waited for; else it ends the wait too */
	/* The params of the i-th call; flight's. */
	struct json_object *(*params_of)(size_t i, void *ctx);
	/* Its reply, with `result` or `error`, in whatever order they come; borrowed. False: send nothing further. */
	bool (*on_reply)(size_t i, struct json_object *reply, void *ctx);
	void *ctx;
	size_t sent;                        /* given back: how many calls were begun */
};

/* Makes the calls. A call that is put off, or whose outcome isn't known, is made again. The exit code of the way itself:
 * EXIT_DONE, EXIT_UNREACHABLE (said), EXIT_INTERRUPTED; what the replies say is the caller's to judge. */
int flight_run(struct flight *f);

#endif
