/* case_words: limits, ladder steps, spans and segments as words; the ids in them hold no space and no comma. */
#include "daemon/store/case_words.h"

#include "daemon/base/check.h"
#include "daemon/cases/case.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARTS = 8 };

/* The parts of a word between spaces, copied. */
static size_t split(const char *word, struct arena *a, char *parts[MOST_PARTS]) {
	char *at = arena_strdup(a, word);
	size_t n = 0;
	while (*at && n < MOST_PARTS) {
		parts[n++] = at;
		at += strcspn(at, " ");
		if (*at)
			*at++ = '\0';
	}
	return *at ? 0 : n;
}

static bool no_word(const char *word, struct err *e) { return err_set(e, E_INTERNAL, "`%.100s` is none of our words", word); }

static bool number_of(const char *text, const char *end_word, int32_t *out, const char **rest) {
	char *end = NULL;
	errno = 0;
	const long v = strtol(text, &end, 10);
	const size_t n = strlen(end_word);
	if (errno || end == text || v < 0 || v > INT32_MAX || strncmp(end, end_word, n) != 0)
		return false;
	*out = (int32_t)v;
	*rest = end + n;
	return true;
}

static bool read_limit(const char *word, struct arena *a, void *out, struct err *e) {
	(void)a;
	return limit_parse(word, out, e);
}

static bool write_limit(const void *in, struct strbuf *to) {
	const struct limit *l = in;
	char text[LIMIT_BYTES];
	if (l->amount)
		strbuf_adds(to, limit_format(*l, text));
	return l->amount != 0;
}

const struct word_codec limit_codec = {read_limit, write_limit};

static bool read_clock_limit(const char *word, struct arena *a, void *out, struct err *e) {
	struct clock_limit *l = out;
	char *parts[MOST_PARTS];
	const size_t n = split(word, a, parts);
	if (n < 3 || n > 5)
		return no_word(word, e);
	l->clock = parts[0];
	l->calendar = strcmp(parts[2], "-") == 0 ? NULL : parts[2];
	l->from_event = n > 3 ? parts[3] : NULL;
	l->until_mark = n > 4 ? parts[4] : NULL;
	return limit_parse(parts[1], &l->limit, e);
}

static bool write_clock_limit(const void *in, struct strbuf *to) {
	const struct clock_limit *l = in;
	strbuf_adds(to, l->clock);
	strbuf_addc(to, ' ');
	(void)write_limit(&l->limit, to);
	strbuf_addc(to, ' ');
	strbuf_adds(to, l->calendar ? l->calendar : "-");
	if (l->from_event) {
		strbuf_addc(to, ' ');
		strbuf_adds(to, l->from_event);
	}
	if (l->from_event && l->until_mark) {
		strbuf_addc(to, ' ');
		strbuf_adds(to, l->until_mark);
	}
	return true;
}

const struct word_codec clock_limit_codec = {read_clock_limit, write_clock_limit};

static const char *const act_names[] = {
    [STEP_REMIND] = "remind", [STEP_NOTIFY] = "notify", [STEP_LEVEL] = "level", [STEP_SUPERVISE] = "supervise"};

/* "remind", "level:2" */
static bool read_act(const char *text, struct ladder_step *s) {
	const size_t n = strcspn(text, ":");
	const char *rest = "";
	for (size_t i = 0; i < COUNT_OF(act_names); i++)
		if (strlen(act_names[i]) == n && strncmp(text, act_names[i], n) == 0) {
			s->act = (enum step_act)i;
			return !text[n] || (number_of(text + n + 1, "", &s->level, &rest) && !*rest);
		}
	return false;
}

/* "80%", "100%+5wd" */
static bool read_when(const char *text, struct ladder_step *s, struct err *e) {
	const char *rest;
	if (!number_of(text, "%", &s->percent, &rest))
		return false;
	return !*rest || (*rest == '+' && limit_parse(rest + 1, &s->offset, e));
}

static void read_to(char *text, struct arena *a, struct strs *out) {
	if (strcmp(text, "-") == 0)
		return;
	while (*text) {
		STRS_ADD(out, a, text);
		text += strcspn(text, ",");
		if (*text)
			*text++ = '\0';
	}
}

static bool read_step(const char *word, struct arena *a, void *out, struct err *e) {
	struct ladder_step *s = out;
	char *parts[MOST_PARTS];
	const char *rest = "";
	const size_t n = split(word, a, parts);
	if ((n != 4 && n != 8) || !read_when(parts[1], s, e) || !read_act(parts[2], s))
		return no_word(word, e);
	s->clock = parts[0];
	read_to(parts[3], a, &s->to);
	if (n == 4)
		return true;
	return (limit_parse(parts[5], &s->repeat, e) && number_of(parts[7], "", &s->repeat_max, &rest) && !*rest) ||
	       no_word(word, e);
}

static void write_to(const struct ladder_step *s, struct strbuf *to) {
	if (s->to.n == 0)
		strbuf_adds(to, " -");
	for (size_t i = 0; i < s->to.n; i++) {
		strbuf_addc(to, i ? ',' : ' ');
		strbuf_adds(to, s->to.v[i]);
	}
}

static bool write_step(const void *in, struct strbuf *to) {
	const struct ladder_step *s = in;
	strbuf_adds(to, s->clock);
	strbuf_addc(to, ' ');
	strbuf_addi(to, s->percent);
	strbuf_addc(to, '%');
	if (s->offset.amount) {
		strbuf_addc(to, '+');
		(void)write_limit(&s->offset, to);
	}
	strbuf_addc(to, ' ');
	strbuf_adds(to, act_names[s->act]);
	if (s->level) {
		strbuf_addc(to, ':');
		strbuf_addi(to, s->level);
	}
	write_to(s, to);
	if (s->repeat.amount) {
		strbuf_adds(to, " every ");
		(void)write_limit(&s->repeat, to);
		strbuf_adds(to, " max ");
		strbuf_addi(to, s->repeat_max);
	}
	return true;
}

const struct word_codec step_codec = {read_step, write_step};

static void write_time(int64_t at_us, struct strbuf *to) {
	char text[RFC3339_BYTES];
	strbuf_adds(to, rfc3339_format(at_us, 0, text));
}

static bool read_span(const char *word, struct arena *a, void *out, struct err *e) {
	struct span *s = out;
	char *parts[MOST_PARTS];
	const size_t n = split(word, a, parts);
	if (n < 2 || n > 3)
		return no_word(word, e);
	s->why = parts[1];
	s->bearer = n == 3 ? parts[2] : NULL;
	return rfc3339_parse(parts[0], &s->from_us, e);
}

static bool write_span(const void *in, struct strbuf *to) {
	const struct span *s = in;
	write_time(s->from_us, to);
	strbuf_addc(to, ' ');
	strbuf_adds(to, s->why);
	if (s->bearer) {
		strbuf_addc(to, ' ');
		strbuf_adds(to, s->bearer);
	}
	return true;
}

const struct word_codec span_codec = {read_span, write_span};

static bool read_segment(const char *word, struct arena *a, void *out, struct err *e) {
	struct segment *s = out;
	char *parts[MOST_PARTS];
	if (split(word, a, parts) != 2)
		return no_word(word, e);
	return rfc3339_parse(parts[0], &s->from_us, e) && rfc3339_parse(parts[1], &s->to_us, e);
}

static bool write_segment(const void *in, struct strbuf *to) {
	const struct segment *s = in;
	write_time(s->from_us, to);
	strbuf_addc(to, ' ');
	write_time(s->to_us, to);
	return true;
}

const struct word_codec segment_codec = {read_segment, write_segment};
