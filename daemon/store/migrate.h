/* migrate: brings a database to this binary's schema, as role gridd_owner. Blocking: before "ready" only, or gridd --migrate. */
#ifndef GRIDD_STORE_MIGRATE_H
#define GRIDD_STORE_MIGRATE_H

#include "daemon/base/err.h"

/* conninfo of the owner. Applies what is missing, one transaction each, under an advisory lock; reports from and to versions.
 * test_clock: an empty database is marked so; a marked one is refused without it, and the reverse. backup_dir: where the
 * embedded cluster is dumped first if it has data and there is something to apply; NULL: not. */
bool migrate_run(const char *conninfo, bool test_clock, const char *backup_dir, int *from, int *to, struct err *e) MUST_CHECK;
int migrate_newest(void);

#endif
