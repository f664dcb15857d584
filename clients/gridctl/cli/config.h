/* config: what gridctl is told before it starts. The system's file, the person's file, the environment, flags: the later wins.
 *
 * There is one for the whole program. What isn't set anywhere has its default; keys are those of config_settings. */
#ifndef GRIDCTL_CONFIG_H
#define GRIDCTL_CONFIG_H

#include "clients/gridctl/cli/args.h"

enum setting_kind {
	SETTING_TEXT,
	SETTING_FILE,                       /* a path; in a file from that file's folder on, `~/` is the person's */
	SETTING_NUMBER,                     /* a whole number, not negative */
	SETTING_SWITCH,                     /* true or false */
	SETTING_WORD,                       /* one of its words */
	SETTING_LANGUAGE                    /* zh or en; the environment may say it as a locale */
};

struct setting {
	const char *key;
	enum setting_kind kind;
	const char *words;                  /* of a SETTING_WORD: divided by spaces */
	const char *env[2];                 /* variables over the files, the first that is set */
	const char *under[4];               /* variables under the files */
	const char *fallback;               /* NULL: none */
	const char *flag;                   /* the global flag that sets it; NULL: none. Its value is "@key" or "key" */
	bool secret;                        /* never shown, and refused in files */
	struct both help;
};

extern const struct setting config_settings[];     /* a row without key ends it */

/* Reads files and environment, and sets the language, which `argv` may say with --lang. What is wrong is kept until
 * config_check: until then what is right counts. Called once, before the first message. */
void config_read(char *const *argv);
/* What the flags said, over all else. False: a value is none of that setting's (*e says why). */
bool config_take(const struct args *args, struct err *e) MUST_CHECK;
/* EXIT_DONE, or says what is wrong with files and environment, and EXIT_USAGE. */
int config_check(void);
void config_free(void);

const char *config_str(const char *key);           /* NULL: not set. Borrowed */
int64_t config_int(const char *key);               /* 0: not set */
bool config_bool(const char *key);
/* Where its value is from: "/etc/gridd/gridctl.yaml:3", "$GRIDD_SOCKET", "--socket"; NULL: it is the default. Borrowed. */
const char *config_origin(const char *key);

/* Who the caller says that he is: flag, environment, or token_file, read when it is first asked for. *token NULL: nothing is
 * said. False: the file can't be read, or others than its owner can. */
bool config_token(const char **token, struct err *e) MUST_CHECK;

/* The person's folder for gridctl's files: $XDG_CONFIG_HOME/gridctl or ~/.config/gridctl. False: there is no home. */
bool config_folder(struct strbuf *out);
/* The files that are read, in order, whether they are there or not; NULL: no more. Borrowed. */
const char *config_file(size_t i, bool *exists);

#endif
