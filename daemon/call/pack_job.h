/* pack_job: one pack on its way into service: read from a folder or fetched from the database, loaded on a thread. */
#ifndef GRIDD_CALL_PACK_JOB_H
#define GRIDD_CALL_PACK_JOB_H

#include "daemon/call/towns.h"
#include "daemon/store/packs.h"

enum activate { ACTIVATE_NOT, ACTIVATE_IF_NONE, ACTIVATE_ALWAYS };

struct pack_job {
	struct pack_job *next;
	char town[16];   /* "" until the folder is read */
	char *dir;       /* NULL: from the database, or sent inline */
	int32_t version; /* from the database: which */
	enum activate activate;
	char *actor;
	bool started;
	struct pack_source source;
	struct arena arena;
	struct faults faults;
	struct err err;
	struct pack *pack; /* NULL: it could not be loaded; err or faults say why */
	on_reloaded done;  /* NULL: nobody asked */
	void *done_ctx;
	void (*on_loaded)(struct pack_job *job, void *ctx);
	void *loaded_ctx;
};

struct pack_job *pack_job_folder(const char *dir, enum activate activate, const char *actor);
struct pack_job *pack_job_stored(const char *town, int32_t version);
/* Sent inline: its files come with pack_job_add_file. */
struct pack_job *pack_job_sent(const char *town);
void pack_job_add_file(struct pack_job *job, const char *name, const char *text);      /* copies both */
/* Somebody waits for it: activates always, and tells. */
void pack_job_ask(struct pack_job *job, const char *actor, on_reloaded done, void *ctx);
void pack_job_free(struct pack_job **job);

/* The files of a stored version: rows (name, text). Copies them. */
void pack_job_take_rows(struct pack_job *job, const struct rows *rows);
/* Reads the folder if it has one, and loads, on a thread; on_loaded runs on the loop. */
void pack_job_load(struct pack_job *job, struct event_base *base, void (*on_loaded)(struct pack_job *job, void *ctx),
                   void *ctx);

/* 64 hex digits; anything else gives zeros. */
void pack_hash_parse(const char *hex, unsigned char out[32]);

#endif
