/* log: key=value lines on stderr, one write(2) each. */
#include "daemon/base/log.h"

#include "daemon/base/civil.h"
#include "daemon/base/clock.h"
#include "daemon/base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *const level_names[] = {"debug", "info", "warn", "error"};
static enum log_level threshold = LOG_INFO;

void log_set_level(enum log_level level) { threshold = level; }

bool log_level_parse(const char *name, enum log_level *out) {
	for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
		if (strcasecmp(name, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

static void add_value(struct strbuf *s, const char *value) {
	if (!value) {
		strbuf_adds(s, "-");
		return;
	}
	const bool quote = *value == '\0' || strpbrk(value, " \"=\\") != NULL;
	if (quote)
		strbuf_addc(s, '"');
	for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			strbuf_printf(s, "\\x%02x", *p);
		else if (quote && (*p == '"' || *p == '\\'))
			strbuf_printf(s, "\\%c", *p);
		else
			strbuf_addc(s, (char)*p);
	}
	if (quote)
		strbuf_addc(s, '"');
}

/* Log lines carry the host's own UTC time: they are read beside other logs of the host, not beside cases. */
static void add_head(struct strbuf *s, enum log_level level, const char *event) {
	char now[RFC3339_BYTES];
	strbuf_adds(s, rfc3339_format(clock_host_us() / 1000 * 1000, 0, now));
	strbuf_addc(s, ' ');
	strbuf_adds(s, level_names[level]);
	strbuf_addc(s, ' ');
	strbuf_adds(s, event);
}

static void emit(struct strbuf *s) {
	strbuf_addc(s, '\n');
	/* Where stderr itself fails there is nobody left to tell. */
	if (write(STDERR_FILENO, s->data, s->len) < 0)
		strbuf_clear(s);
	strbuf_fini(s);
}

void log_write(enum log_level level, const char *event, ...) {
	if (level < threshold)
		return;
	struct strbuf s;
	strbuf_init(&s);
	add_head(&s, level, event);
	va_list ap;
	va_start(ap, event);
	for (const char *name; (name = va_arg(ap, const char *)) != NULL;) {
		strbuf_addc(&s, ' ');
		strbuf_adds(&s, name);
		strbuf_addc(&s, '=');
		add_value(&s, va_arg(ap, const char *));
	}
	va_end(ap);
	emit(&s);
}

void log_fmt(enum log_level level, const char *event, const char *name, const char *fmt, ...) {
	if (level < threshold)
		return;
	char value[512];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(value, sizeof value, fmt, ap);
	va_end(ap);
	log_write(level, event, name, value, (char *)NULL);
}
