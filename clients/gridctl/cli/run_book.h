/* run_book: remembers a bulk until it has come to its end, in ~/.local/state/gridctl/ ($XDG_STATE_HOME/gridctl/).
 *
 * A file for each command that was begun, named by what was typed; it holds what that run's keys begin with. Whoever types the
 * same command within the day after it broke off goes on with those keys; after the end, or a day, the same command is a new one. */
#ifndef GRIDCTL_RUN_BOOK_H
#define GRIDCTL_RUN_BOOK_H

#include "clients/gridctl/cli/command.h"

struct run_book {
	struct strbuf path, text;
	const char *run;                    /* what the keys begin with */
	bool kept;                          /* there is a file of it */
};

/* Says so where it goes on with an earlier run. With --key the person keeps the book himself. Without a place for the file the
 * run gets its own keys, and that is said. */
void run_book_open(struct run_book *book, const struct ctl *ctl);
void run_book_close(struct run_book *book);        /* the run came to its end */
void run_book_fini(struct run_book *book);

#endif
