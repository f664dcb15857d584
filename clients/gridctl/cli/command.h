/* command: one row for each thing gridctl can do. Words, help and "did you mean" all come from the one table. */
#ifndef GRIDCTL_COMMAND_H
#define GRIDCTL_COMMAND_H

#include "clients/gridctl/cli/args.h"
#include "clients/gridctl/cli/client.h"
#include "clients/gridctl/term/term.h"

/* One run of the program. */
struct ctl {
	const struct command *command;
	struct args args;
	struct client client;               /* connected by the first call */
	const char *words[16];              /* the operands as they were typed */
	size_t n_words;
	int format_rc;                      /* what came of printing for programs: see formats_print */
};

struct command {
	const char *noun, *verb;            /* verb NULL: a command of one word */
	const char *shortcut;               /* one word for both, for what is typed all day; NULL: none */
	struct operand operands[5];         /* the words behind it; a row without name ends them */
	const struct flag *flags[6];        /* tables of flags, NULL ends */
	struct both help;
	const char *example;                /* what follows `gridctl ` */

	int (*prepare)(struct ctl *ctl);    /* completes the params first; NULL: they are as typed */
	const char *method;                 /* called with the params, the result given to print */
	const char *pages;                  /* the result's list that comes in pages; NULL: it doesn't */
	/* Asks for what else is shown with the result, and puts it there; NULL: nothing. What can't be had is left out. */
	void (*complete)(struct ctl *ctl, struct json_object *result);
	void (*print)(struct json_object *result);
	int (*judge)(struct json_object *result);     /* exit code of a result; NULL: EXIT_DONE */
	bool full_screen;                   /* takes the whole terminal where there is one */
	int (*run)(struct ctl *ctl);        /* instead of method: commands that are more than one call */
	bool raw;                           /* for programs: reads its words itself (args.argv), and is not in the help */
	bool any_config;                    /* runs although the configuration is broken */
};

extern const struct command commands[];           /* a row without noun ends it */
const struct command *command_find(const char *noun, const char *verb);
bool command_has_noun(const char *noun);
const struct command *command_by_method(const char *method);
/* Calls the row's method, follows its pages, prints. The exit code. */
int command_call(struct ctl *ctl);

/* Help for one command; for all of a noun's; for all (noun NULL). On stdout. */
void help_command(const struct command *c);
void help_all(const char *noun);
/* "case list" */
void help_words(const struct command *c, struct strbuf *out);
/* "gridctl case show NUMBER [OPTION]..." */
void help_usage(const struct command *c, struct strbuf *out);
/* "-n, --limit N" */
void help_flag(const struct flag *f, struct strbuf *out);
/* The list of commands as the man page has it. On stdout. */
void help_man(void);
/* Says what is wrong with the words and what was probably meant; the exit code. */
int help_unknown(const char *noun, const char *verb);

/* One call, connecting first if need be. Not EXIT_DONE: what went wrong was said, *result is NULL. Else *result is the
 * caller's (json_object_put). */
int ctl_call(struct ctl *ctl, const char *method, struct json_object *params, struct json_object **result);
int ctl_connect(struct ctl *ctl);
/* Says what an error reply says; its exit code. `ctl` gives the words of the command for the advice. */
int ctl_refused(const struct ctl *ctl, struct json_object *error);
/* Says what broke on the way, and what that means; its exit code. */
int ctl_broken(const struct err *e);
/* The faults of an error reply one by one: "estate: no such estate". Without faults: its message. */
void error_each(struct json_object *error, void (*on_fault)(const char *text, void *ctx), void *ctx);
int error_exit_code(struct json_object *error);

/* Puts into params what every call carries: the caller's token and town, where the configuration has them. */
void ctl_sign(const struct ctl *ctl, struct json_object *params);

void print_json(struct json_object *tree);
void print_json_line(struct json_object *tree);    /* one line, also on a terminal */
/* True with --json, --csv and the like: then the tree was printed so. */
bool ctl_json(struct ctl *ctl, struct json_object *tree);
/* Runs the command of ctl as its options want it shown: in a format, through a pager, again and again. The exit code. */
/* Before anything is asked: whether its options fit each other and the command. Says why not; the exit code. */
int output_check(const struct ctl *ctl);
int output_run(struct ctl *ctl);
/* --watch: until Ctrl-C. */
int watch_check(const struct ctl *ctl);
int watch_run(struct ctl *ctl, int (*once)(struct ctl *ctl));

/* The rows of the table that are more than a call and a print. */
int run_import(struct ctl *ctl);
int run_board(struct ctl *ctl);         /* as text */
int run_live_board(struct ctl *ctl);
int run_rules_check(struct ctl *ctl);
int run_filter_list(struct ctl *ctl);
int run_filter_show(struct ctl *ctl);
int run_follow(struct ctl *ctl);
int run_rpc(struct ctl *ctl);
int run_config_show(struct ctl *ctl);
int run_config_path(struct ctl *ctl);
int run_completion(struct ctl *ctl);
int run_complete_words(struct ctl *ctl);
int run_nightly(struct ctl *ctl);
int run_kpi(struct ctl *ctl);
/* Params from a file or stdin, under what the options say. */
int prepare_submit(struct ctl *ctl);
/* --month as from and to. */
int prepare_month(struct ctl *ctl);
/* What the named filters say, under what the options say. */
int prepare_list(struct ctl *ctl);
/* The files of a pack folder. */
int prepare_plan(struct ctl *ctl);

void complete_case(struct ctl *ctl, struct json_object *one);
void complete_why(struct ctl *ctl, struct json_object *result);

void print_submitted(struct json_object *result);
void print_written(struct json_object *result);
void print_revealed(struct json_object *result);
void print_case(struct json_object *result);
void print_list(struct json_object *result);
void print_history(struct json_object *result);
void print_clock(struct json_object *result);
void print_ledger(struct json_object *result);
void print_why(struct json_object *result);
void print_orders(struct json_object *result);
void print_notices(struct json_object *result);
int prepare_notices(struct ctl *ctl);
void print_retried(struct json_object *result);
void print_channel(struct json_object *result);
void print_trial(struct json_object *result);
int judge_trial(struct json_object *result);
void print_overdue_report(struct json_object *result);
void print_sent(struct json_object *result);
void print_agenda(struct json_object *result);
void print_found(struct json_object *result);
void print_events(struct json_object *result);
void print_explained(struct json_object *result);
void print_rules_show(struct json_object *result);
void print_rules_versions(struct json_object *result);
void print_rules_reload(struct json_object *result);
void print_plan(struct json_object *result);
void print_info(struct json_object *result);
void print_ping(struct json_object *result);
int judge_ping(struct json_object *result);
void print_verify(struct json_object *result);
int judge_verify(struct json_object *result);
void print_advance(struct json_object *result);
void print_words(struct json_object *result);
void print_methods(struct json_object *result);
int run_rpc_doc(struct ctl *ctl);

#endif
