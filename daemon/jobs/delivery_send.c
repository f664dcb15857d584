/* delivery_send: one try: what goes out together, its message, and a thread that hands it over. */
#include "daemon/jobs/delivery_parts.h"

#include "daemon/base/check.h"
#include "daemon/base/crash.h"
#include "daemon/call/worker.h"
#include "daemon/store/case_json.h"

#include <stdio.h>
#include <string.h>

enum {
	BUNDLE_MORE_THAN = 20,
	BUNDLE_WITHIN_S = 600,
	BUNDLE_AT_MOST = 500
};

bool attempt_take_pack(struct attempt *t) {
	struct err why = {0};
	const struct town_slot *slot = towns_find(t->sv->towns, t->name.town, &why);
	if (slot && slot->pack)
		t->pack = pack_ref(slot->pack);
	return t->pack != NULL;
}

void attempt_fail(struct attempt *t, enum post_end end, const char *why) {
	t->post.end = end;
	(void)snprintf(t->post.failure, sizeof t->post.failure, "%.*s", (int)sizeof t->post.failure - 1, why);
	t->done(t);
}

/* ---- On the thread ---- */

static bool compose(struct attempt *t, struct message *m, struct err *e) {
	switch (t->what) {
	case SEND_REPORT:
		return report_message(&t->report, t->book->language, &t->arena, m, e);
	case SEND_TRIAL:
		notice_trial_message(&t->trial, t->pack, &t->arena, m);
		return true;
	default:
		notice_message(&t->notices, t->pack, &t->arena, m);
		return true;
	}
}

static void send_it(void *ctx) {
	struct attempt *t = ctx;
	const int64_t began_us = clock_monotonic_us();
	struct message m;
	struct err why = {0};
	if (compose(t, &m, &why)) {
		post_send(t->channel, &m, clock_host_us(), &t->post);
	} else {
		t->post.end = POST_FAILED;
		(void)snprintf(t->post.failure, sizeof t->post.failure, "%.*s", (int)sizeof t->post.failure - 1, why.text);
	}
	t->took_ms = (int32_t)((clock_monotonic_us() - began_us) / 1000);
}

static void on_sent(void *ctx) {
	struct attempt *t = ctx;
	crash_point("worker.sent");
	t->done(t);
}

static void start_thread(struct attempt *t) {
	struct err why = {0};
	if (!worker_run(t->sv->base, send_it, on_sent, t, &why))
		attempt_fail(t, POST_FAILED, why.text);
}

/* ---- What it is about ---- */

static void on_report(const struct rows *rows, const struct err *why, void *ctx) {
	struct attempt *t = ctx;
	(void)why;
	if (!rows) {
		attempt_drop(t);
		return;
	}
	if (rows->n == 0) {
		attempt_fail(t, POST_REFUSED, "there is no such report");
		return;
	}
	t->report = (struct report_notice){.id = notice_name_text(&t->name, &t->arena),
	                                   .town = t->name.town,
	                                   .job = rows_text(rows, 0, REPORT_JOB),
	                                   .day = rows_text(rows, 0, REPORT_DAY),
	                                   .office = t->unit,
	                                   .channel = t->lane.channel,
	                                   .to = t->lane.receiver,
	                                   .plan = rows_text(rows, 0, REPORT_PLAN),
	                                   .planned_at_us = rows_time(rows, 0, REPORT_PLANNED_AT)};
	start_thread(t);
}

static bool read_notice(struct attempt *t, const struct rows *rows, size_t row, struct err *e) {
	const struct notice_name name = {t->name.town, rows_int(rows, row, NOTICE_SEQ), (int32_t)rows_int(rows, row, NOTICE_N)};
	struct notice *notice = arena_new(&t->arena, struct notice);
	if (!notice_decode(rows_text(rows, row, NOTICE_AGG), &t->arena, notice, e))
		return false;
	*LIST_ADD(&t->notices, &t->arena) = (struct notice_about){.town = t->name.town,
	                                                          .id = notice_name_text(&name, &t->arena),
	                                                          .number = rows_text(rows, row, NOTICE_NUMBER),
	                                                          .class_code = rows_text(rows, row, NOTICE_CLASS),
	                                                          .estate = rows_text(rows, row, NOTICE_ESTATE),
	                                                          .grid = rows_text(rows, row, NOTICE_GRID),
	                                                          .made_at_us = rows_time(rows, row, NOTICE_MADE_AT),
	                                                          .notice = notice};
	return true;
}

static void send_notices(struct attempt *t, const struct rows *rows) {
	struct err why = {0};
	for (size_t i = 0; i < rows->n; i++) {
		if (!read_notice(t, rows, i, &why)) {
			attempt_fail(t, POST_FAILED, why.text);
			return;
		}
	}
	start_thread(t);
}

static void on_gathered(const struct rows *rows, const struct err *why, void *ctx) {
	struct attempt *t = ctx;
	crash_point("worker.gathered");
	(void)why;
	if (!rows || rows->n == 0) {
		attempt_drop(t);
	} else if (t->what == SEND_NOTICES) {
		send_notices(t, rows);
	} else if (t->what == SEND_TRIAL) {
		t->trial = (struct trial_about){.town = t->name.town,
		                                .id = notice_name_text(&t->name, &t->arena),
		                                .channel = t->lane.channel,
		                                .to = t->lane.receiver[0] ? t->lane.receiver : NULL,
		                                .made_at_us = rows_time(rows, 0, NOTICE_MADE_AT)};
		start_thread(t);
	} else {
		outbox_report(t->sv->db, &t->name, &t->arena, on_report, t);
	}
}

void attempt_send(struct attempt *t, bool ordinary) {
	const struct gather_ask ask = {.name = t->name,
	                               .more_than = BUNDLE_MORE_THAN,
	                               .within_s = BUNDLE_WITHIN_S,
	                               .at_most = BUNDLE_AT_MOST,
	                               .ordinary = ordinary};
	outbox_gather(t->sv->db, &ask, &t->arena, on_gathered, t);
}
