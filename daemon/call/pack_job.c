/* pack_job: reads and loads a pack off the event loop. */
#include "daemon/call/pack_job.h"

#include "daemon/base/check.h"
#include "daemon/call/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct pack_job *job_new(void) {
	struct pack_job *job = calloc(1, sizeof *job);
	CHECK(job != NULL);
	arena_init(&job->arena);
	faults_init(&job->faults, &job->arena);
	return job;
}

struct pack_job *pack_job_folder(const char *dir, enum activate activate, const char *actor) {
	struct pack_job *job = job_new();
	job->dir = strdup(dir);
	job->actor = strdup(actor);
	CHECK(job->dir && job->actor);
	job->activate = activate;
	return job;
}

struct pack_job *pack_job_stored(const char *town, int32_t version) {
	struct pack_job *job = job_new();
	(void)snprintf(job->town, sizeof job->town, "%s", town);
	job->version = version;
	return job;
}

struct pack_job *pack_job_sent(const char *town) {
	struct pack_job *job = pack_job_stored(town, 0);
	arena_init(&job->source.arena);
	return job;
}

static int by_name(const void *a, const void *b) {
	return strcmp(((const struct pack_file *)a)->name, ((const struct pack_file *)b)->name);
}

/* Kept sorted: a folder's hash is over its files in that order. */
void pack_job_add_file(struct pack_job *job, const char *name, const char *text) {
	struct pack_source *s = &job->source;
	*LIST_ADD(&s->files, &s->arena) = (struct pack_file){
	    .name = arena_strdup(&s->arena, name), .text = arena_strdup(&s->arena, text), .n = strlen(text)};
	qsort(s->files.v, s->files.n, sizeof *s->files.v, by_name);
}

void pack_job_ask(struct pack_job *job, const char *actor, on_reloaded done, void *ctx) {
	if (!job->actor)
		job->actor = strdup(actor);
	job->activate = ACTIVATE_ALWAYS;
	job->done = done;
	job->done_ctx = ctx;
}

void pack_job_free(struct pack_job **job) {
	struct pack_job *old = *job;
	*job = NULL;
	pack_unref(&old->pack);
	pack_source_fini(&old->source);
	arena_fini(&old->arena);
	free(old->dir);
	free(old->actor);
	free(old);
}

void pack_job_take_rows(struct pack_job *job, const struct rows *rows) {
	struct arena *a = &job->source.arena;
	arena_init(a);
	for (size_t i = 0; i < rows->n; i++) {
		const char *text = rows_text(rows, i, 1);
		*LIST_ADD(&job->source.files, a) = (struct pack_file){
		    .name = arena_strdup(a, rows_text(rows, i, 0)), .text = arena_strdup(a, text), .n = strlen(text)};
	}
}

static void load_on_thread(void *ctx) {
	struct pack_job *job = ctx;
	if (job->dir && !pack_source_read(job->dir, &job->source, &job->err))
		return;
	if (!pack_load(&job->source, zone_load_file, false, &job->faults, &job->pack))
		(void)err_set(&job->err, E_CONFIG, "the pack has %zu fault%s", job->faults.total, job->faults.total == 1 ? "" : "s");
}

static void on_thread_done(void *ctx) {
	struct pack_job *job = ctx;
	job->on_loaded(job, job->loaded_ctx);
}

static void on_no_thread(evutil_socket_t fd, short what, void *ctx) {
	(void)fd, (void)what;
	on_thread_done(ctx);
}

void pack_job_load(struct pack_job *job, struct event_base *base, void (*on_loaded)(struct pack_job *job, void *ctx),
                   void *ctx) {
	job->on_loaded = on_loaded;
	job->loaded_ctx = ctx;
	if (!worker_run(base, load_on_thread, on_thread_done, job, &job->err))
		CHECK(event_base_once(base, -1, EV_TIMEOUT, on_no_thread, job, NULL) == 0);
}

static int hex_digit(char c) {
	const char *const digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

void pack_hash_parse(const char *hex, unsigned char out[32]) {
	memset(out, 0, 32);
	if (!hex || strlen(hex) != 64)
		return;
	for (int i = 0; i < 32; i++) {
		const int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
		if (high < 0 || low < 0)
			return;
		out[i] = (unsigned char)(high * 16 + low);
	}
}
