/* reload: reads config and packs again on a thread, and hands over a configuration without faults, or none. */
#include "daemon/app/reload.h"

#include "daemon/base/check.h"
#include "daemon/base/strbuf.h"
#include "daemon/call/worker.h"
#include "daemon/rules/check_dir.h"

#include <stdlib.h>

struct reload {
	int argc;
	char **argv;
	struct config *fresh;
	struct strbuf why;
	bool ok;
	on_config_reread done;
	void *ctx;
};

static void reread(void *ctx) {
	struct reload *r = ctx;
	r->ok = config_read(r->argc, r->argv, r->fresh, &r->why);
	for (size_t i = 0; r->ok && i < r->fresh->packs.n; i++)
		r->ok = rules_check_dir(r->fresh->packs.v[i], &r->why);
}

static void on_reread(void *ctx) {
	struct reload *r = ctx;
	if (!r->ok) {
		log_error("config.refused", "faults", r->why.data, "remedy", "the old one goes on; mend it and send SIGHUP again");
		config_fini(r->fresh);
		free(r->fresh);
		r->fresh = NULL;
	}
	r->done(&r->fresh, r->ctx);
	strbuf_fini(&r->why);
	free(r);
}

void reload_begin(struct event_base *base, int argc, char **argv, on_config_reread done, void *ctx) {
	struct err e = {0};
	struct reload *r = calloc(1, sizeof *r);
	CHECK(r != NULL);
	*r = (struct reload){.argc = argc, .argv = argv, .done = done, .ctx = ctx};
	r->fresh = calloc(1, sizeof *r->fresh);
	CHECK(r->fresh != NULL);
	if (!worker_run(base, reread, on_reread, r, &e)) {
		strbuf_adds(&r->why, e.text);
		on_reread(r);
	}
}
