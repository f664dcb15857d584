/* lease: asks for a job's lease once a second, and knows until when it is ours. */
#include "daemon/jobs/lease.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/store/timers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	RENEW_MS = 1000,
	RETRY_TEST_MS = 250,    /* on a test clock it is held only while there is something to do */
	OURS_US = 2750000       /* 3 s by the database, less what its answer may have told too late */
};

struct lease {
	struct server *sv;
	struct lease_config cfg;
	char holder[96];
	struct event *beat;
	struct arena arena; /* of the question under way */
	bool wanted, asking;
	int64_t asked_mono_us, until_mono_us;
};

static void beat_in(struct lease *l, int ms) {
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	CHECK(event_add(l->beat, &tv) == 0);
}

bool lease_held(const struct lease *l) { return l->until_mono_us > clock_monotonic_us(); }
const char *lease_holder(const struct lease *l) { return l->holder; }

static void give_up(struct lease *l) {
	l->until_mono_us = 0;
	if (db_is_ready(l->sv->db))
		lease_give_up(l->sv->db, l->cfg.job, l->holder);
}

static void on_taken(const struct rows *rows, const struct err *why, void *ctx) {
	struct lease *l = ctx;
	const bool before = lease_held(l), ours = rows && rows->n && rows_bool(rows, 0, 0);
	l->asking = false;
	if (why)
		log_debug("lease.unanswered", "job", l->cfg.job, "error", why->text);
	if (!l->wanted) {
		if (ours)
			give_up(l);
		return;
	}
	if (rows)
		l->until_mono_us = ours ? l->asked_mono_us + OURS_US : 0;
	beat_in(l, ours || !l->sv->test_clock ? RENEW_MS : RETRY_TEST_MS);
	if (before == lease_held(l))
		return;
	log_fmt(l->sv->test_clock ? LOG_DEBUG : LOG_INFO, before ? "lease.lost" : "lease.gained", "job", "%s", l->cfg.job);
	if (!before && l->cfg.on_gained)
		l->cfg.on_gained(l->cfg.ctx);
}

static void on_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct lease *l = arg;
	if (l->asking || !l->wanted)
		return;
	if (!db_is_ready(l->sv->db)) {
		beat_in(l, RENEW_MS);
		return;
	}
	l->asking = true;
	l->asked_mono_us = clock_monotonic_us();
	arena_reset(&l->arena);
	lease_take(l->sv->db, l->cfg.job, l->holder, &l->arena, on_taken, l);
}

void lease_want(struct lease *l, bool wanted) {
	if (l->wanted == wanted)
		return;
	l->wanted = wanted;
	if (wanted) {
		beat_in(l, 0);
		return;
	}
	(void)event_del(l->beat);
	if (lease_held(l) && !l->asking)
		give_up(l);
}

struct lease *lease_new(struct server *sv, const struct lease_config *cfg) {
	struct lease *l = calloc(1, sizeof *l);
	char host[48] = "";
	CHECK(l != NULL);
	l->sv = sv;
	l->cfg = *cfg;
	arena_init(&l->arena);
	if (gethostname(host, sizeof host - 1) != 0)
		host[0] = '\0';
	(void)snprintf(l->holder, sizeof l->holder, "%s/%ld/%08" PRIx32, host, (long)getpid(), arc4random());
	l->beat = event_new(sv->base, -1, 0, on_beat, l);
	CHECK(l->beat != NULL);
	return l;
}

void lease_free(struct lease **l) {
	struct lease *old = *l;
	*l = NULL;
	if (!old)
		return;
	event_free(old->beat);
	arena_fini(&old->arena);
	free(old);
}
