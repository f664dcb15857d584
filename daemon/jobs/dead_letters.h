/* dead_letters: a notice that was given up is told to its case: an event `notice.failed`, once.
 *
 * Any number of daemons look; the event has a key of its own, so that it is stored once. */
#ifndef GRIDD_JOBS_DEAD_LETTERS_H
#define GRIDD_JOBS_DEAD_LETTERS_H

#include "daemon/call/server.h"

struct dead_letters;

struct dead_letters *dead_letters_new(struct server *sv);
void dead_letters_free(struct dead_letters **d);       /* after the database */
void dead_letters_start(struct dead_letters *d);       /* the database is there: any number of times */

#endif
