/* packs: stored versions of rule packs. The database says which one is active. */
#ifndef GRIDD_STORE_PACKS_H
#define GRIDD_STORE_PACKS_H

#include "daemon/rules/pack.h"
#include "daemon/store/db.h"

/* Which version is active, per town: rows (town, version, sha256 hex). */
void packs_active(struct db *d, struct arena *a, on_rows done, void *ctx);
/* A stored version's files: rows (name, text). */
void packs_fetch(struct db *d, const char *town, int32_t version, struct arena *a, on_rows done, void *ctx);
/* The stored versions, newest first: rows (version, sha256 hex, stored_at, actor, active). */
void packs_list(struct db *d, const char *town, int32_t limit, struct arena *a, on_rows done, void *ctx);
/* Stores the source as a new version (or finds the one with the same hash) and activates it, in one transaction, if the active
 * version is still `expect` (0: none): one row (version, activated bool). Two at once: one gets activated = false. Notifies. */
void packs_activate(struct db *d, const char *town, const char *town_zh, const struct pack_source *s, int32_t expect,
                    const char *actor, struct arena *a, on_rows done, void *ctx);

#endif
