/* loader: aggregates and call keys of the commands that wait, in one statement for all of them.
 *
 * A command on a stored case is loaded, decided and written. What waits when the connection is free goes out together, at most
 * LIMIT_LOAD_BATCH. */
#ifndef GRIDD_STORE_LOADER_H
#define GRIDD_STORE_LOADER_H

#include "daemon/cases/case.h"
#include "daemon/store/reader.h"
#include "daemon/store/scope.h"

struct loader;

struct load_ask {
	struct case_name name;
	const struct scope *scope;          /* outside of it there is no such case. NULL: all */
	const char *principal, *key;        /* key NULL: none */
};

struct loaded {
	struct case_rec *cr;                /* in the asker's arena; NULL: no such case, or outside the scope */
	const char *number;
	bool key_known;                     /* that key was answered already: don't decide, write with changes NULL */
};

/* done runs once, from the loop, never from within this call: what was loaded, or NULL and why (E_UNAVAILABLE,
 * E_OVERLOADED, E_INTERNAL). Everything borrowed must live until then. */
typedef void (*on_loaded)(const struct loaded *got, const struct err *why, void *ctx);
void loader_ask(struct loader *l, const struct load_ask *ask, struct arena *a, on_loaded done, void *ctx);

#endif
