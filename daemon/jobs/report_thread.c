/* report_thread: an arena, a pack, a text; to the thread, and back. */
#include "daemon/jobs/report_thread.h"

#include "daemon/base/check.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { AT_ONCE = 4 };                   /* further calls are told to come again */

void report_thread_init(struct report_thread *t, struct pack *pack, on_reported done, void *call) {
	arena_init(&t->kept);
	arena_init(&t->arena);
	strbuf_init(&t->out);
	t->pack = pack_ref(pack);
	t->done = done;
	t->call = call;
}

static bool work(struct side *s, void *ctx, struct err *e) {
	struct report_thread *t = ctx;
	arena_reset(&t->arena);
	strbuf_clear(&t->out);
	jout_init(&t->j, &t->out);
	jout_object(&t->j);
	const bool ok = side_begin(s, e) && t->answer(t, s, e) && side_commit(s, e);
	jout_end_object(&t->j);
	arena_reset(&t->arena); /* a hundred megabytes take the loop as many milliseconds */
	return ok;
}

static void on_over(const struct err *why, void *ctx) {
	struct report_thread *t = ctx;
	t->done(why ? NULL : &t->out, why, t->call);
	strbuf_fini(&t->out);
	pack_unref(&t->pack);
	arena_fini(&t->arena);
	arena_fini(&t->kept);
	free(t);
}

static void on_refused(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	struct report_thread *t = ctx;
	on_over(&t->refused, t);
}

void report_thread_run(struct report_thread *t, struct server *sv) {
	t->sv = sv;
	if (sv->asides < AT_ONCE) {
		aside_run(sv, &(struct aside_work){.work = work, .done = on_over, .ctx = t});
		return;
	}
	(void)err_set(&t->refused, E_OVERLOADED, "%d reports are being made already", AT_ONCE);
	CHECK(event_base_once(sv->base, -1, EV_TIMEOUT, on_refused, t, &(struct timeval){0}) == 0);
}

/* One word that only ever becomes true; seen a little later it is seen early enough. */
bool report_thread_stops(void *ctx) {
	const struct report_thread *t = ctx;
	return __atomic_load_n(&t->sv->stopping, __ATOMIC_RELAXED);
}

void report_thread_base64(struct report_thread *t, const char *key, const void *bytes, size_t n) {
	const size_t size = (n + 2) / 3 * 4;
	char *text = arena_alloc(&t->arena, size + 1);
	CHECK(EVP_EncodeBlock((unsigned char *)text, bytes, (int)n) == (int)size);
	jout_key(&t->j, key);
	jout_strn(&t->j, text, size);
}
