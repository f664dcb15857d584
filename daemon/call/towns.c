/* towns: follows which pack version the database calls active, and swaps packs. */
#include "daemon/call/towns.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/call/pack_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEAT_MS = 1500, SOON_MS = 200 };

struct towns {
	struct event_base *base;
	struct db *db;
	char *actor;
	void (*on_change)(void *ctx);
	void *ctx;
	struct town_slot **slots;
	size_t n;
	struct event *beat;
	struct pack_job *first, *last; /* first is running; the others wait */
	bool asking, known;            /* known: the database told once what is active */
	struct arena ask_arena;
};

static void beat_in(struct towns *t, int ms) {
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	CHECK(event_add(t->beat, &tv) == 0);
}

static struct town_slot *find_slot(const struct towns *t, const char *code) {
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->slots[i]->code, code) == 0)
			return t->slots[i];
	return NULL;
}

static struct town_slot *find_or_add_slot(struct towns *t, const char *code) {
	struct town_slot *slot = find_slot(t, code);
	if (slot)
		return slot;
	t->slots = realloc(t->slots, (t->n + 1) * sizeof(struct town_slot *));
	slot = calloc(1, sizeof *slot);
	CHECK(t->slots && slot);
	(void)snprintf(slot->code, sizeof slot->code, "%s", code);
	t->slots[t->n++] = slot;
	return slot;
}

/* The running job gave a pack that is active as `version`: calls that come from now on decide by it. */
static void adopt(struct town_slot *slot, struct pack_job *job, int32_t version) {
	pack_set_version(job->pack, version);
	pack_unref(&slot->pack);
	slot->pack = job->pack;
	job->pack = NULL;
	slot->active_version = version;
	memcpy(slot->active_hash, pack_hash(slot->pack), sizeof slot->active_hash);
	log_fmt(LOG_INFO, "pack.loaded", "town", "%s version=%d rules=%zu", slot->code, version, pack_rules(slot->pack));
}

static void run_next_job(struct towns *t);

/* Tells whoever asked, and lets the next job run. */
static void job_over(struct towns *t, bool ok, int32_t version, bool changed) {
	struct pack_job *job = t->first;
	if (!ok && !job->done)
		log_warn("pack.not_loaded", "from", job->dir ? job->dir : job->town, "error",
		         job->faults.list.n ? job->faults.list.v[0].message : job->err.text);
	if (job->done)
		job->done(
		    &(struct reload_result){
		        .ok = ok, .version = version, .changed = changed, .faults = &job->faults, .err = job->err},
		    job->done_ctx);
	t->first = job->next;
	if (!t->first)
		t->last = NULL;
	pack_job_free(&job);
	t->on_change(t->ctx);
	run_next_job(t);
}

static void on_activated(const struct rows *rows, const struct err *why, void *ctx) {
	struct towns *t = ctx;
	struct pack_job *job = t->first;
	struct town_slot *slot = find_slot(t, job->town);
	if (!rows) {
		job->err = *why;
		job_over(t, false, slot->active_version, false);
		return;
	}
	const int32_t version = (int32_t)rows_int(rows, 0, 0);
	if (!rows_bool(rows, 0, 1)) {
		(void)err_set(&job->err, E_CONFLICT, "another pack was activated meanwhile: version %d", version);
		job_over(t, false, version, false);
		return;
	}
	const bool changed = version != slot->active_version || !slot->pack;
	adopt(slot, job, version);
	job_over(t, true, version, changed);
}

/* The pack is loaded: whose is it, and is it to be activated? */
static void on_job_loaded(struct pack_job *job, void *ctx) {
	struct towns *t = ctx;
	CHECK(job == t->first);
	if (!job->pack) {
		job_over(t, false, 0, false);
		return;
	}
	(void)snprintf(job->town, sizeof job->town, "%s", pack_town(job->pack)->code);
	struct town_slot *slot = find_or_add_slot(t, job->town);
	if (job->dir) {
		free(slot->dir);
		slot->dir = strdup(job->dir);
		memcpy(slot->dir_hash, pack_hash(job->pack), sizeof slot->dir_hash);
		slot->dir_read = true;
	}
	const bool activate =
	    job->activate == ACTIVATE_ALWAYS || (job->activate == ACTIVATE_IF_NONE && slot->active_version == 0);
	if (activate) {
		packs_activate(t->db, slot->code, pack_town(job->pack)->zh, &job->source, slot->active_version, job->actor,
		               &job->arena, on_activated, t);
		return;
	}
	if (memcmp(pack_hash(job->pack), slot->active_hash, sizeof slot->active_hash) == 0) {
		const int32_t version = job->version ? job->version : slot->active_version;
		const bool changed = !slot->pack || pack_version(slot->pack) != version;
		if (changed)
			adopt(slot, job, version);
		job_over(t, true, version, changed);
		return;
	}
	if (town_folder_differs(slot))
		log_warn("pack.folder_differs", "town", slot->code, "folder", slot->dir, "remedy",
		         "the active version goes on; `gridctl rules reload` activates the folder");
	job_over(t, true, slot->active_version, false);
}

static void on_job_fetched(const struct rows *rows, const struct err *why, void *ctx) {
	struct towns *t = ctx;
	if (!rows || rows->n == 0) {
		struct pack_job *job = t->first;
		if (why)
			job->err = *why;
		else
			(void)err_set(&job->err, E_NOT_FOUND, "town %s has no pack version %d", job->town, job->version);
		job_over(t, false, 0, false);
		return;
	}
	pack_job_take_rows(t->first, rows);
	pack_job_load(t->first, t->base, on_job_loaded, t);
}

static void run_next_job(struct towns *t) {
	struct pack_job *job = t->first;
	if (!job) {
		beat_in(t, towns_ready(t) ? BEAT_MS : SOON_MS);
		return;
	}
	job->started = true;
	if (job->dir)
		pack_job_load(job, t->base, on_job_loaded, t);
	else
		packs_fetch(t->db, job->town, job->version, &job->arena, on_job_fetched, t);
}

static void enqueue(struct towns *t, struct pack_job *job) {
	if (t->last)
		t->last->next = job;
	else
		t->first = job;
	t->last = job;
}

static bool loading(const struct towns *t, const char *code) {
	for (const struct pack_job *job = t->first; job; job = job->next)
		if (strcmp(job->town, code) == 0)
			return true;
	return false;
}

/* What the database calls active: a town whose loaded version is another gets a job. */
static void on_active(const struct rows *rows, const struct err *why, void *ctx) {
	struct towns *t = ctx;
	t->asking = false;
	if (!rows) {
		log_debug("towns.unanswered", "error", why->text);
		beat_in(t, BEAT_MS);
		return;
	}
	t->known = true;
	for (size_t i = 0; i < rows->n; i++) {
		struct town_slot *slot = find_or_add_slot(t, rows_text(rows, i, 0));
		slot->active_version = (int32_t)rows_int(rows, i, 1);
		pack_hash_parse(rows_text(rows, i, 2), slot->active_hash);
	}
	const bool idle = t->first == NULL || !t->first->started;
	const bool folders_first = t->first && t->first->activate == ACTIVATE_IF_NONE;
	for (size_t i = 0; i < t->n && !folders_first; i++) {
		struct town_slot *slot = t->slots[i];
		const bool current = slot->pack && pack_version(slot->pack) == slot->active_version;
		if (!current && slot->active_version && !loading(t, slot->code))
			enqueue(t, pack_job_stored(slot->code, slot->active_version));
	}
	if (idle)
		run_next_job(t);
}

static void on_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct towns *t = arg;
	if (t->asking || (t->first && t->first->started))
		return;
	if (!db_is_ready(t->db)) {
		beat_in(t, BEAT_MS);
		return;
	}
	t->asking = true;
	arena_reset(&t->ask_arena);
	packs_active(t->db, &t->ask_arena, on_active, t);
}

struct towns *towns_new(const struct towns_config *cfg) {
	struct towns *t = calloc(1, sizeof *t);
	CHECK(t != NULL);
	t->base = cfg->base;
	t->db = cfg->db;
	t->actor = strdup(cfg->actor);
	t->on_change = cfg->on_change;
	t->ctx = cfg->ctx;
	arena_init(&t->ask_arena);
	t->beat = event_new(cfg->base, -1, 0, on_beat, t);
	CHECK(t->beat && t->actor);
	for (size_t i = 0; i < cfg->dirs.n; i++)
		enqueue(t, pack_job_folder(cfg->dirs.v[i], ACTIVATE_IF_NONE, t->actor));
	return t;
}

void towns_free(struct towns **t) {
	struct towns *old = *t;
	*t = NULL;
	if (!old)
		return;
	for (size_t i = 0; i < old->n; i++) {
		pack_unref(&old->slots[i]->pack);
		free(old->slots[i]->dir);
		free(old->slots[i]);
	}
	while (old->first) {
		struct pack_job *job = old->first;
		old->first = job->next;
		pack_job_free(&job);
	}
	event_free(old->beat);
	arena_fini(&old->ask_arena);
	free(old->slots);
	free(old->actor);
	free(old);
}

void towns_start(struct towns *t) { beat_in(t, 0); }
void towns_hint(struct towns *t) { beat_in(t, 0); }

size_t towns_count(const struct towns *t) { return t->n; }
struct town_slot *towns_at(struct towns *t, size_t i) {
	return i < t->n ? t->slots[i] : NULL;
}

struct town_slot *towns_find(struct towns *t, const char *code, struct err *e) {
	if (code) {
		struct town_slot *slot = find_slot(t, code);
		if (!slot)
			(void)err_set(e, E_NOT_FOUND, "no town %s is served here", code);
		return slot;
	}
	if (t->n == 1)
		return t->slots[0];
	if (t->n == 0)
		(void)err_set(e, E_UNAVAILABLE, "no town is served yet; nothing was stored");
	else
		(void)err_set(e, E_INVALID_PARAMS, "several towns are served here: say which");
	return NULL;
}

bool towns_ready(const struct towns *t) {
	for (const struct pack_job *job = t->first; job; job = job->next)
		if (job->activate == ACTIVATE_IF_NONE)
			return false;
	for (size_t i = 0; i < t->n; i++)
		if (!t->slots[i]->pack)
			return false;
	return t->known && t->n > 0;
}

bool town_folder_differs(const struct town_slot *slot) {
	return slot->dir_read && slot->active_version && memcmp(slot->dir_hash, slot->active_hash, sizeof slot->dir_hash) != 0;
}

static void add_and_run(struct towns *t, struct pack_job *job) {
	const bool idle = t->first == NULL;
	enqueue(t, job);
	if (idle && !t->asking) {
		(void)event_del(t->beat);
		run_next_job(t);
	}
}

void towns_reload(struct towns *t, struct town_slot *slot, int32_t version, const char *actor, on_reloaded done, void *ctx) {
	struct pack_job *job =
	    version ? pack_job_stored(slot->code, version) : pack_job_folder(slot->dir ? slot->dir : "", ACTIVATE_ALWAYS, actor);
	pack_job_ask(job, actor, done, ctx);
	add_and_run(t, job);
}

void towns_reload_dirs(struct towns *t, const struct strs *dirs, const char *actor) {
	for (size_t i = 0; i < dirs->n; i++)
		add_and_run(t, pack_job_folder(dirs->v[i], ACTIVATE_ALWAYS, actor));
}
