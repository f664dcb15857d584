/* writer: stores changes. One statement, one transaction for all calls that wait, on two connections in turn.
 *
 * A batch leaves as soon as a connection is free, with whatever has come in, at most LIMIT_WRITE_BATCH. Success = the
 * pipeline's Sync arrived and no error came since the Sync before it. */
#ifndef GRIDD_STORE_WRITER_H
#define GRIDD_STORE_WRITER_H

#include "daemon/cases/decide.h"

struct db;
struct writer;

/* What is private about a command on a stored case: kept beside its event, or in place of what the case had. */
struct private_more {
	const char *note;                   /* free text: a note, a demand, a reply, a reason in words; NULL */
	attachment_list attachments;        /* brought along */
	bool set_address, set_place, set_attrs;     /* amended: these of `amended` */
	struct private_part amended;
	const char *similar_estate;         /* with set_address: part of the address hash; may be NULL */
};

/* One writing call. Everything borrowed must live until on_done (the call's arena). */
struct write_item {
	const char *town;
	const char *principal;              /* name; '' for a key made of channel and ref */
	const char *key;                    /* NULL: none, nothing to replay */
	unsigned char body_sha256[32];      /* of the canonical body */
	const char *ref_channel, *ref;      /* of a submit with source.ref; else NULL */

	const struct changes *changes;      /* NULL: the key is known, store nothing, give back what it was answered */
	const struct case_rec *after;       /* the aggregate after; of a known key only id and town are read */
	const struct command *cmd;          /* for the event's body */
	const struct private_more *more;    /* NULL: nothing private. A stored case only */
	/* A second case that the same command changes (a merge), and so on: all are stored, or none. Of these only town, changes,
	 * after, cmd and `more` are read; the outcome is the first one's. At most LIMIT_WRITE_GROUP in all: more are refused
	 * (E_OVERLOADED). */
	const struct write_item *with;
	bool by_time;                       /* from the timekeeper: goes after waiting calls, at most LIMIT_TIME_BATCH a batch */
	/* A new case only: */
	const struct private_part *priv;
	int32_t received_day;               /* local date of receipt, for the number */
	const char *similar_group;          /* class group; NULL: no look for similar cases */
	const char *similar_estate;         /* part of the address hash; may be NULL */
	/* The reply's members besides case, seq and similar, as JSON text without the braces:
	 * `"state":"dispatched","version":1,...`. Stored with the key, given back on replay. */
	const char *reply;
	bool dry_run;                       /* decide and answer, store nothing: the writer is not asked */
};

enum outcome_kind { OUT_STORED, OUT_REPLAYED, OUT_KEY_CONFLICT, OUT_VERSION_CONFLICT, OUT_FAILED };

struct outcome {
	enum outcome_kind kind;
	const char *number;                 /* of the case stored, replayed, or (conflict) of the case that has the key or ref */
	int64_t seq;
	const char *reply;                  /* as in write_item; what was stored, on replay */
	const char *similar;                /* JSON array text of case numbers, `[]` if none */
	struct err err;                     /* of OUT_FAILED: E_UNAVAILABLE, E_OUTCOME_UNKNOWN, E_OVERLOADED, E_INTERNAL */
	char incident[24];                  /* of E_INTERNAL: also in the log */
};

/* on_done runs once, from the loop, never from within this call; the outcome dies with the callback. Refuses (E_OVERLOADED,
 * E_UNAVAILABLE) by on_done as well. */
typedef void (*on_written)(const struct outcome *out, void *ctx);
void writer_put(struct writer *w, const struct write_item *item, on_written done, void *ctx);
size_t writer_waiting(const struct writer *w);         /* calls; what comes by time isn't counted */
/* What comes by time rests beside calls (8 times as long as it worked, for as long as the last call is not 100 ms ago). Now
 * somebody waits for it: calls up to here no longer count, those that come from here on do. */
void writer_forget_calls(struct writer *w);

#endif
