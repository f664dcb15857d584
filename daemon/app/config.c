/* config: the command line, over the config file. */
#include "daemon/app/config.h"

#include "daemon/app/config_file.h"
#include "daemon/base/civil.h"
#include "daemon/base/strbuf.h"

#include <getopt.h>
#include <stdatomic.h>
#include <string.h>

const char config_usage[] =
    "usage: gridd [-c FILE] [--embedded[=DIR] | database in FILE] [--pack DIR]... [--listen URL]...\n"
    "\n"
    "  -c, --config FILE       the config file (YAML; see gridd(8))\n"
    "      --embedded[=DIR]    gridd's own private PostgreSQL under DIR (default: var)\n"
    "      --pack DIR          a rule pack; several for several towns\n"
    "      --listen URL        unix:PATH or tcp://HOST:PORT (default: unix:DIR/gridd.sock, else "
    "unix:/run/gridd/gridd.sock)\n"
    "      --worker[=CONNINFO] deliver notices, and do nothing else; gridd starts its own unless config has `worker: apart`\n"
    "      --check-config      check config and packs, list every fault, exit 0 or 1\n"
    "      --new-token ID      make a token: prints it once, and the line that config takes\n"
    "      --migrate           bring the database (owner_database) to this version's schema and stop\n"
    "      --test-clock[=TIME] time stands still and moves by test.advance; for databases made for it\n"
    "      --version, --help\n";

enum { OPT_EMBEDDED = 256, OPT_PACK, OPT_LISTEN, OPT_WORKER, OPT_CHECK, OPT_NEW_TOKEN, OPT_MIGRATE, OPT_TEST_CLOCK, OPT_VERSION, OPT_HELP };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"embedded", optional_argument, NULL, OPT_EMBEDDED},
    {"pack", required_argument, NULL, OPT_PACK},
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"worker", optional_argument, NULL, OPT_WORKER},
    {"check-config", no_argument, NULL, OPT_CHECK},
    {"new-token", required_argument, NULL, OPT_NEW_TOKEN},
    {"migrate", no_argument, NULL, OPT_MIGRATE},
    {"test-clock", optional_argument, NULL, OPT_TEST_CLOCK},
    {"version", no_argument, NULL, OPT_VERSION},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* What the command line said, kept apart until the file is read: it wins. */
struct given {
	const char *embedded;
	bool has_embedded;
	const char *worker_database; /* NULL: the file's */
	struct strs packs, listen;
};

static bool read_test_clock(struct config *c, const char *text, struct strbuf *why) {
	struct err e = {0};
	c->test_clock = true;
	if (!text || rfc3339_parse(text, &c->test_clock_at_us, &e))
		return true;
	strbuf_printf(why, "--test-clock: %s\n", e.text);
	return false;
}

static bool read_option(struct config *c, struct given *g, int option, struct strbuf *why) {
	switch (option) {
	case 'c':
		c->file = optarg;
		return true;
	case OPT_EMBEDDED:
		g->has_embedded = true;
		g->embedded = optarg ? optarg : "var";
		return true;
	case OPT_PACK:
		STRS_ADD(&g->packs, &c->arena, optarg);
		return true;
	case OPT_LISTEN:
		STRS_ADD(&g->listen, &c->arena, optarg);
		return true;
	case OPT_WORKER:
		c->run = RUN_WORKER;
		g->worker_database = optarg;
		return true;
	case OPT_CHECK:
		c->run = RUN_CHECK;
		return true;
	case OPT_NEW_TOKEN:
		c->run = RUN_NEW_TOKEN;
		c->token_id = optarg;
		return true;
	case OPT_MIGRATE:
		c->run = RUN_MIGRATE;
		return true;
	case OPT_TEST_CLOCK:
		return read_test_clock(c, optarg, why);
	case OPT_VERSION:
		c->run = RUN_VERSION;
		return true;
	case OPT_HELP:
		c->run = RUN_HELP;
		return true;
	default:
		strbuf_printf(why, "%s", config_usage);
		return false;
	}
}

static void put_defaults(struct config *c, const struct given *g) {
	if (g->worker_database) {
		c->database = g->worker_database;
		c->embedded_dir = NULL;
	} else if (g->has_embedded) {
		c->embedded_dir = g->embedded;
		c->database = NULL;
	} else if (c->database) {
		c->embedded_dir = NULL;
	}
	if (g->packs.n)
		c->packs = g->packs;
	if (g->listen.n)
		c->listen = (listen_list){0};
	for (size_t i = 0; i < g->listen.n; i++)
		*LIST_ADD(&c->listen, &c->arena) = (struct listen_row){.url = g->listen.v[i], .name = "tcp"};
	if (c->listen.n == 0)
		*LIST_ADD(&c->listen, &c->arena) =
		    (struct listen_row){.url = c->embedded_dir ? arena_printf(&c->arena, "unix:%s/gridd.sock", c->embedded_dir)
		                                               : "unix:/run/gridd/gridd.sock"};
}

bool config_read(int argc, char **argv, struct config *out, struct strbuf *why) {
	static atomic_uint readings;
	*out = (struct config){.log_level = LOG_INFO, .shutdown_seconds = 10, .test_clock_at_us = NO_TIME,
	                       .reports = {.nightly_minute = NIGHTLY_MINUTE,
	                                   .monthly_day = MONTHLY_DAY,
	                                   .monthly_minute = MONTHLY_MINUTE,
	                                   .language = PAGE_ZH}};
	out->principals.generation = atomic_fetch_add(&readings, 1) + 1;
	arena_init(&out->arena);
	struct given given = {0};
	optind = 1;
	for (int option; (option = getopt_long(argc, argv, "c:", options, NULL)) != -1;)
		if (!read_option(out, &given, option, why))
			return false;
	if (optind < argc) {
		strbuf_printf(why, "gridd takes no argument `%s`\n%s", argv[optind], config_usage);
		return false;
	}
	if (out->run == RUN_VERSION || out->run == RUN_HELP || out->run == RUN_NEW_TOKEN)
		return true;
	if (out->file && !config_file_read(out->file, out, why))
		return false;
	put_defaults(out, &given);
	if (out->run == RUN_SERVE && !out->database && !out->embedded_dir) {
		strbuf_adds(why,
		            "no database: start with --embedded for a private one, or name `database` in the file that -c gives\n");
		return false;
	}
	if (out->run == RUN_WORKER && !out->database) {
		strbuf_adds(why, "no database: a worker that is started apart needs `database` in the file that -c gives\n");
		return false;
	}
	return true;
}

void config_fini(struct config *c) {
	arena_fini(&c->arena);
	*c = (struct config){0};
}
