/* log: one line per committed fact or fault, to stderr: `time level event key=value ...`.
 *
 * Values are quoted where they need it and control bytes are escaped. No personal data, and no report text above debug. */
#ifndef GRIDD_BASE_LOG_H
#define GRIDD_BASE_LOG_H

#include "daemon/base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level level);
bool log_level_parse(const char *name, enum log_level *out) MUST_CHECK;

/* log_write(LOG_INFO, "db.ready", "version", "15.8", "socket", path, NULL): names and values in turn, NULL ends. A NULL
 * value prints as `-`. */
void log_write(enum log_level level, const char *event, ...) __attribute__((sentinel));
/* One value printed by format: log_fmt(LOG_WARN, "clock.jump", "seconds", "%.3f", s) */
void log_fmt(enum log_level level, const char *event, const char *name, const char *fmt, ...) PRINTF_LIKE(4, 5);

#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__, (char *)NULL)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__, (char *)NULL)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__, (char *)NULL)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__, (char *)NULL)

#endif
