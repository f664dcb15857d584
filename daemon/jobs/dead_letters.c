/* dead_letters: looks for notices that were given up, a few at a time, and writes the event of each. */
#include "daemon/jobs/dead_letters.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/jobs/by_time.h"
#include "daemon/store/outbox.h"

#include <inttypes.h>
#include <stdlib.h>

enum { LOOK_S = 2, AT_ONCE = 20 };

struct dead_letters {
	struct server *sv;
	struct event *beat;
	struct arena arena; /* of the question under way */
	bool asking;
	struct letter *letters;
	size_t writing;
	bool more; /* than were begun: of one case one at a time */
};

/* One of them, until its event is there and the outbox says so. */
struct letter {
	struct dead_letters *d;
	struct letter *next, **at;
	struct arena arena;
	struct notice_name name;
	struct by_time *b;
};

static void look_in(struct dead_letters *d, int s) {
	const struct timeval tv = {.tv_sec = s};
	CHECK(event_add(d->beat, &tv) == 0);
}

static void letter_free(struct letter *l) {
	*l->at = l->next;
	if (l->next)
		l->next->at = l->at;
	if (--l->d->writing == 0 && l->d->more)
		look_in(l->d, 0);
	by_time_free(&l->b);
	arena_fini(&l->arena);
	free(l);
}

static void on_told(const struct rows *rows, const struct err *why, void *ctx) {
	struct letter *l = ctx;
	(void)rows;
	if (why)
		log_debug("dead_letter.not_marked", "town", l->name.town, "error", why->text);
	letter_free(l);
}

/* One that can't be told would be looked at for ever: the log is all that is left. */
static void done_with(struct letter *l) { outbox_dead_letter_told(l->d->sv->db, &l->name, &l->arena, on_told, l); }

static void give_up(struct letter *l, const struct err *why) {
	log_error("dead_letter.not_told", "town", l->name.town, "case", by_time_number(l->b), "error", why->text);
	done_with(l);
}

static void on_written(struct by_time *b, enum by_time_end end, const struct err *why, void *ctx) {
	struct letter *l = ctx;
	(void)b;
	if (end == BY_TIME_STORED)
		done_with(l);
	else if (end == BY_TIME_FAILED)
		give_up(l, why);
	else
		letter_free(l); /* it is looked at again */
}

static void tell(struct letter *l, const struct rows *rows, size_t row) {
	struct command cmd = {.kind = CMD_UNTOLD};
	struct err why = {0};
	cmd.untold.notice = arena_printf(&l->arena, "%" PRId64 "-%d", l->name.seq, l->name.n);
	cmd.untold.unit = arena_strdup(&l->arena, rows_text(rows, row, DEAD_UNIT));
	cmd.untold.channel = arena_strdup(&l->arena, rows_text(rows, row, DEAD_CHANNEL));
	by_time_set_key(l->b, arena_printf(&l->arena, "notice.failed:%s", cmd.untold.notice));
	if (by_time_read(l->b, &why) && by_time_put(l->b, &cmd, on_written, l, &why))
		return;
	if (why.code == E_UNAVAILABLE)
		letter_free(l);
	else
		give_up(l, &why);
}

static void begin(struct dead_letters *d, const struct rows *rows, size_t row) {
	const struct case_row_ref ref = {.town = rows_text(rows, row, DEAD_TOWN),
	                                 .number = rows_text(rows, row, DEAD_NUMBER),
	                                 .agg = rows_text(rows, row, DEAD_AGG),
	                                 .id = rows_int(rows, row, DEAD_CASE)};
	struct letter *l = calloc(1, sizeof *l);
	CHECK(l != NULL);
	*l = (struct letter){.d = d, .next = d->letters, .at = &d->letters};
	if (l->next)
		l->next->at = &l->next;
	d->letters = l;
	d->writing++;
	arena_init(&l->arena);
	l->name = (struct notice_name){.town = arena_strdup(&l->arena, ref.town),
	                               .seq = rows_int(rows, row, DEAD_SEQ),
	                               .n = (int32_t)rows_int(rows, row, DEAD_N)};
	l->b = by_time_new(d->sv, &ref);
	tell(l, rows, row);
}

/* Two of one case would overtake each other: the second one is told the next time. */
static bool is_under_way(const struct dead_letters *d, int64_t case_id) {
	for (const struct letter *l = d->letters; l; l = l->next)
		if (by_time_id(l->b) == case_id)
			return true;
	return false;
}

static void on_found(const struct rows *rows, const struct err *why, void *ctx) {
	struct dead_letters *d = ctx;
	d->asking = false;
	if (why)
		log_debug("dead_letters.unanswered", "error", why->text);
	d->more = rows && rows->n == AT_ONCE;
	for (size_t i = 0; rows && i < rows->n; i++) {
		if (is_under_way(d, rows_int(rows, i, DEAD_CASE)))
			d->more = true;
		else
			begin(d, rows, i);
	}
	look_in(d, LOOK_S);
}

static void on_look(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct dead_letters *d = arg;
	const char *why = NULL;
	if (d->asking)
		return;
	if (d->writing || d->sv->stopping || !server_ready(d->sv, &why)) {
		look_in(d, LOOK_S);
		return;
	}
	d->asking = true;
	arena_reset(&d->arena);
	outbox_dead_letters(d->sv->db, AT_ONCE, &d->arena, on_found, d);
}

void dead_letters_start(struct dead_letters *d) { look_in(d, 0); }

struct dead_letters *dead_letters_new(struct server *sv) {
	struct dead_letters *d = calloc(1, sizeof *d);
	CHECK(d != NULL);
	d->sv = sv;
	arena_init(&d->arena);
	d->beat = event_new(sv->base, -1, 0, on_look, d);
	CHECK(d->beat != NULL);
	return d;
}

void dead_letters_free(struct dead_letters **d) {
	struct dead_letters *old = *d;
	*d = NULL;
	if (!old)
		return;
	while (old->letters)
		letter_free(old->letters);
	event_free(old->beat);
	arena_fini(&old->arena);
	free(old);
}
