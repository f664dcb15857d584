/* towns: which towns are served, each by which version of its pack; follows what the database says is active.
 *
 * The database says which version is active. towns asks every 1.5 s (and at a hint), loads what changed on a thread, and
 * swaps one pointer. A folder named by config is only a source: it is stored and activated when the town has nothing active
 * yet, or when a reload asks for it. */
#ifndef GRIDD_CALL_TOWNS_H
#define GRIDD_CALL_TOWNS_H

#include "daemon/rules/pack.h"
#include "daemon/store/db.h"

struct town_slot {
	char code[16];
	struct pack *pack;      /* NULL until loaded */
	int32_t active_version; /* as the database said last; 0: none */
	unsigned char active_hash[32];
	char *dir;                  /* the configured folder; NULL: none */
	unsigned char dir_hash[32]; /* of the folder when it was read last */
	bool dir_read;
};

struct towns;

struct towns_config {
	struct event_base *base;
	struct db *db;
	struct strs dirs;             /* pack folders; already checked by config */
	const char *actor;            /* principal's name for activations at start */
	void (*on_change)(void *ctx); /* something was loaded, or could not be */
	void *ctx;
};

struct towns *towns_new(const struct towns_config *cfg); /* copies what it needs of cfg */
void towns_free(struct towns **t);
/* The database is there (again): start following it. */
void towns_start(struct towns *t);
/* Ask now rather than at the next beat. */
void towns_hint(struct towns *t);

size_t towns_count(const struct towns *t);
struct town_slot *towns_at(struct towns *t, size_t i);
/* By code; NULL code: the only one. On NULL *e says why. */
struct town_slot *towns_find(struct towns *t, const char *code, struct err *e);
/* All folders are read, and every town has a pack. */
bool towns_ready(const struct towns *t);
/* The configured folder isn't what is active. */
bool town_folder_differs(const struct town_slot *slot);

/* Reads the town's folder again (version 0) or takes a stored version, loads and checks it on a thread, activates it, and
 * swaps. done runs once from the loop, never from within this call; on failure `faults` (may be empty) lists what is wrong.
 * Everything given to done dies with it. */
struct reload_result {
	bool ok;
	int32_t version; /* now active */
	bool changed;    /* another version than before */
	const struct faults *faults;
	struct err err;
};
typedef void (*on_reloaded)(const struct reload_result *r, void *ctx);
void towns_reload(struct towns *t, struct town_slot *slot, int32_t version, const char *actor, on_reloaded done, void *ctx);
/* SIGHUP: reads each of these folders again and activates it; the list replaces the configured one. */
void towns_reload_dirs(struct towns *t, const struct strs *dirs, const char *actor);

#endif
