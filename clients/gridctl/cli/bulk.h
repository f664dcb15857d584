/* bulk: one command on every case that a filter finds: a plan first, then a typed count, then a row for each.
 *
 * A case that changes in between is left alone and says so. Every act has a key, made of the run and the case; the run is kept
 * in a file (run_book.h) until it has come to its end, so that the same command, typed again after it broke off, goes on. */
#ifndef GRIDCTL_BULK_H
#define GRIDCTL_BULK_H

#include "clients/gridctl/cli/command.h"

bool bulk_is_wanted(const struct ctl *ctl);            /* --where was typed */
int bulk_run(struct ctl *ctl);

#endif
