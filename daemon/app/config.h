/* config: what the command line and the config file say, checked. The command line wins. */
#ifndef GRIDD_APP_CONFIG_H
#define GRIDD_APP_CONFIG_H

#include "daemon/base/faults.h"
#include "daemon/base/log.h"
#include "daemon/base/strbuf.h"
#include "daemon/call/access.h"
#include "daemon/jobs/night.h"
#include "daemon/post/post.h"

struct listen_row {
	const char *url;
	const char *name; /* the principal of who connects here; needed for TCP */
};
typedef LIST_OF(struct listen_row) listen_list;

struct config {
	struct arena arena;
	const char *file; /* -c; NULL: none */
	listen_list listen;
	const char *database;       /* conninfo of gridd_app; NULL: embedded */
	const char *owner_database; /* conninfo of gridd_owner, for --migrate */
	const char *embedded_dir;   /* NULL: not embedded */
	const char *embedded_run_as, *embedded_settings;
	struct strs packs;
	principal_list principals;
	post_channel_list channels;
	struct report_config reports;
	bool worker_apart; /* somebody else starts the worker */
	enum log_level log_level;
	int32_t shutdown_seconds;
	bool any_address;  /* TCP beyond loopback */
	bool allow_unsafe; /* accept a database with fsync or synchronous_commit off */
	bool test_clock;
	int64_t test_clock_at_us; /* NO_TIME: none given */
	const char *token_id;     /* of --new-token */
	enum { RUN_SERVE, RUN_WORKER, RUN_CHECK, RUN_MIGRATE, RUN_NEW_TOKEN, RUN_VERSION, RUN_HELP } run;
};

/* Reads argv, then the file it names. On false *why holds what to print on stderr, one fault a line, ending in a newline.
 * The faults of rule packs aren't looked for here. */
bool config_read(int argc, char **argv, struct config *out, struct strbuf *why) MUST_CHECK;
/* The file again, for SIGHUP, with the same command line. */
void config_fini(struct config *c);
extern const char config_usage[];

#endif
