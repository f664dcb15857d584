/* moment: times as people say them, made the daemon's: by its own clock, and in the town's offset.
 *
 * `+4h`, `-2d`, `+30min`, `+1w` from now (a day is 24 hours); `now`, `today`, `tomorrow`, `yesterday` (their 00:00); `09:30`,
 * `2026-11-23`; a day with a time behind it, `tomorrow 09:30`. The Chinese words too. What has a `T` is RFC 3339, and the
 * daemon's to judge. */
#ifndef GRIDCTL_MOMENT_H
#define GRIDCTL_MOMENT_H

#include "clients/gridctl/cli/command.h"
#include "daemon/base/civil.h"

/* False: it is none of these. now: RFC 3339 with the town's offset. */
bool moment_read(const char *text, const char *now, char out[RFC3339_BYTES], struct err *e) MUST_CHECK;

/* Every time in params that the table's flags put there. The exit code; what is wrong was said. */
int moments_in(struct ctl *ctl, const struct flag *table, struct json_object *params);
/* All of a command, as it was typed. */
int moments_resolve(struct ctl *ctl);

#endif
