/* aside: a thread, a connection, three tries. */
#include "daemon/jobs/aside.h"

#include "daemon/base/check.h"
#include "daemon/call/worker.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 3 };

struct aside {
	struct server *sv;
	struct aside_work w;
	char *conninfo;
	bool ok;
	struct err err;
};

static bool called_since(void *ctx, int64_t mono_us) {
	const struct server *sv = ctx;
	return sv->called_mono_us >= mono_us;
}

static void work(void *ctx) {
	struct aside *a = ctx;
	for (int i = 0; i < TRIES; i++) {
		struct side *side = NULL;
		a->err = (struct err){0};
		a->ok = side_open(a->conninfo, &side, &a->err);
		if (a->ok && a->w.gives_way)
			side_give_way(side, called_since, a->sv);
		a->ok = a->ok && a->w.work(side, a->w.ctx, &a->err);
		side_close(&side);
		if (a->ok || a->err.code != E_OVERLOADED)
			break;
	}
}

static void on_over(void *ctx) {
	struct aside *a = ctx;
	a->sv->asides--;
	a->w.done(a->ok ? NULL : &a->err, a->w.ctx);
	free(a->conninfo);
	free(a);
}

static void on_no_thread(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	on_over(ctx);
}

void aside_run(struct server *sv, const struct aside_work *w) {
	struct aside *a = calloc(1, sizeof *a);
	CHECK(a != NULL);
	*a = (struct aside){.sv = sv, .w = *w, .conninfo = strdup(db_conninfo(sv->db))};
	CHECK(a->conninfo != NULL);
	sv->asides++;
	if (!worker_run(sv->base, work, on_over, a, &a->err))
		CHECK(event_base_once(sv->base, -1, EV_TIMEOUT, on_no_thread, a, &(struct timeval){0}) == 0);
}
