/* night_report: reads the book or reckons the night, and writes the answer. */
#include "daemon/jobs/night_report.h"

#include "daemon/base/check.h"
#include "daemon/jobs/night_json.h"
#include "daemon/jobs/report_message.h"
#include "daemon/jobs/report_thread.h"
#include "daemon/reports/digest_json.h"
#include "daemon/reports/digest_make.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char job[] = "nightly";

struct report {
	struct report_thread t;
	struct report_ask ask;
	struct strs units;
	struct book book;
	int32_t minute;
	enum page_lang lang;
	const char *from, *to;              /* of a message: addresses; to NULL: there is none */
};

/* One night, as it stands in the book or was reckoned. */
struct shown {
	struct occurrence o;                /* id 0: it isn't booked */
	const char *plan;                   /* what the pages are made of */
	struct digest d;
};

/* ---- Reckoning ---- */

static int64_t night_before_us(const struct report *r, int64_t at_us) {
	return night_at_us(r->t.pack, night_day_before(r->t.pack, at_us - 1, r->minute), r->minute);
}

static const char *text_of_day(struct report *r, int32_t day) {
	char text[NIGHT_DAY_BYTES];
	return arena_strdup(&r->t.arena, night_day_text(day, text));
}

static bool ask_book(struct report *r, struct side *s, const char *day, int64_t since_us, struct booked *out, struct err *e) {
	const char *before = text_of_day(r, night_day_before(r->t.pack, since_us, r->minute));
	return occurrence_before(s, &r->book, &(struct booked_ask){day, before, pack_version(r->t.pack)}, &r->t.arena, out, e);
}

/* mark DIGEST_RECKONED: of an instant that has passed. */
static bool reckon(struct report *r, struct side *s, struct night_ask ask, const struct digest **out, struct err *e) {
	struct booked b;
	ask.pack = r->t.pack;
	ask.stop = report_thread_stops;
	ask.ctx = &r->t;
	ask.since_us = night_before_us(r, ask.at_us);
	if (!ask_book(r, s, ask.day, ask.since_us, &b, e))
		return false;
	ask.overdue_before = b.overdue_before;
	return night_read(s, &ask, &r->t.arena, out, e);
}

static const char *encode(struct report *r, const struct digest *d) {
	struct strbuf text;
	strbuf_init(&text);
	digest_encode(d, &text);
	const char *kept = arena_strndup(&r->t.arena, text.data, text.len);
	strbuf_fini(&text);
	return kept;
}

/* ---- report.overdue ---- */

static bool answer_overdue(struct report *r, struct side *s, struct err *e) {
	const bool past = r->ask.at_us != NO_TIME && r->ask.at_us < r->ask.now_us;
	const int64_t at_us = past ? r->ask.at_us : r->ask.now_us;
	const struct digest *d = NULL;
	struct digest own;
	int32_t day;
	int64_t of_day_us;
	zone_local(pack_calendars(r->t.pack)->zone, at_us, &day, &of_day_us);
	const struct night_ask ask = {
	    .day = text_of_day(r, day), .mark = past ? DIGEST_RECKONED : DIGEST_ON_TIME, .at_us = at_us};
	if (!reckon(r, s, ask, &d, e))
		return false;
	if (r->ask.units) {
		digest_narrow(d, &r->units, &r->t.arena, &own);
		d = &own;
	}
	digest_figures_write(d, &r->t.j);
	digest_units_write(d, &r->t.j);
	digest_cases_write(d, (size_t)r->ask.limit, &r->t.j);
	return true;
}

/* ---- report.nightly ---- */

static bool is_day_past(struct report *r, const char *text, int64_t *at_us, struct err *e) {
	int32_t day;
	if (!civil_parse_date(text, &day))
		return err_set(e, E_INVALID_PARAMS, "`%.40s` is no date", text);
	*at_us = night_at_us(r->t.pack, day, r->minute);
	return *at_us <= r->ask.now_us || err_set(e, E_CONFLICT, "the night of %s has not come yet", text);
}

/* A night that isn't in the book, or was skipped: reckoned as of its hour. */
static bool reckon_night(struct report *r, struct side *s, const char *day, struct shown *out, struct err *e) {
	const struct digest *d = NULL;
	int64_t at_us = 0;
	if (!is_day_past(r, day, &at_us, e))
		return false;
	const struct night_ask ask = {
	    .day = day, .mark = DIGEST_RECKONED, .at_us = out->o.id ? out->o.as_of_us : at_us};
	if (!reckon(r, s, ask, &d, e))
		return false;
	out->d = *d;
	out->plan = encode(r, d);
	return true;
}

static bool find_night(struct report *r, struct side *s, struct shown *out, struct err *e) {
	bool found = false;
	*out = (struct shown){0};
	if (!occurrence_get(s, &r->book, r->ask.day, &r->t.arena, &out->o, &found, e))
		return false;
	if (!found && !r->ask.day)
		return err_set(e, E_NOT_FOUND, "no night was planned yet; name a date to have one reckoned");
	if (!found || !out->o.planned)
		return reckon_night(r, s, r->ask.day, out, e);
	out->plan = out->o.plan;
	return digest_decode(out->plan, &r->t.arena, &out->d, e);
}

static bool write_mail(struct report *r, const struct message *m, struct err *e) {
	struct strbuf mail;
	strbuf_init(&mail);
	const bool ok = mail_write(m, r->from, r->to, &mail, e);
	if (ok) {
		jout_key(&r->t.j, "message");
		jout_strn(&r->t.j, mail.data, mail.len);
	}
	strbuf_fini(&mail);
	return ok;
}

static bool has_part(const struct report *r, enum report_part part) { return r->ask.parts & 1U << part; }

/* All parts are those of the message that goes out. */
static bool write_parts(struct report *r, const struct shown *night, const struct office *office, struct err *e) {
	const struct report_notice about = {.id = arena_printf(&r->t.arena, "R%" PRId64 "-1", night->o.planned ? night->o.id : 0),
	                                    .town = r->book.town,
	                                    .job = job,
	                                    .day = night->d.day,
	                                    .office = office ? office->unit : "nobody",
	                                    .channel = office ? office->channel : NULL,
	                                    .to = office ? office->to : NULL,
	                                    .plan = night->plan,
	                                    .planned_at_us = night->o.planned ? night->o.planned_at_us : night->d.at_us};
	struct message m;
	if (!report_message(&about, r->lang, &r->t.arena, &m, e))
		return false;
	jout_kv_str(&r->t.j, "subject", m.subject);
	jout_kv_str(&r->t.j, "name", m.name);
	if (m.enclosures.n)
		jout_kv_str(&r->t.j, "file", m.enclosures.v[0].name);
	if (has_part(r, REPORT_TEXT))
		jout_kv_str(&r->t.j, "text", m.text);
	if (has_part(r, REPORT_HTML))
		jout_kv_str(&r->t.j, "html", m.html);
	if (has_part(r, REPORT_WORKBOOK) && m.enclosures.n)
		report_thread_base64(&r->t, "workbook", m.enclosures.v[0].bytes, m.enclosures.v[0].n);
	if (has_part(r, REPORT_FIGURES)) {
		jout_key(&r->t.j, "figures");
		jout_raw(&r->t.j, night->plan);
	}
	return !has_part(r, REPORT_MESSAGE) || write_mail(r, &m, e);
}

static const char *state_of(const struct shown *night) {
	if (!night->o.id)
		return "unplanned";
	return night->o.planned ? "planned" : "skipped";
}

static bool answer_nightly(struct report *r, struct side *s, struct err *e) {
	struct shown night;
	struct rows *told;
	office_list offices = {0};
	if (!find_night(r, s, &night, e) || !occurrence_notices(s, r->book.town, night.o.id, &r->t.arena, &told, e))
		return false;
	const int32_t offset_s = (int32_t)night.d.offset_s;
	night_offices(r->t.pack, &r->t.arena, &offices);
	digest_figures_write(&night.d, &r->t.j);
	jout_kv_str(&r->t.j, "state", state_of(&night));
	jout_kv_str(&r->t.j, "mark", digest_mark_names[night.d.mark]);
	jout_kv_opt(&r->t.j, "reason", night.o.reason);
	jout_kv_int(&r->t.j, "format", night.d.format);
	if (night.o.planned)
		jout_kv_time(&r->t.j, "planned_at", night.o.planned_at_us, offset_s);
	night_notices_write(told, night.o.id, offset_s, &r->t.j);
	return write_parts(r, &night, offices.n ? &offices.v[0] : NULL, e);
}

static bool answer_nights(struct report *r, struct side *s, struct err *e) {
	struct rows *rows;
	if (!occurrence_list(s, &r->book, r->ask.limit, &r->t.arena, &rows, e))
		return false;
	jout_kv_str(&r->t.j, "town", r->book.town);
	night_book_write(rows, zone_offset_s(pack_calendars(r->t.pack)->zone, r->ask.now_us), &r->t.j);
	return true;
}

/* ---- report.send ---- */

/* A night may be planned after all if it was skipped, or lies before one that is booked; else it is the newest one. What lies before
 * the town's first night was nobody's. */
static bool may_plan(struct report *r, struct side *s, const struct shown *night, struct err *e) {
	struct booked b;
	if (night->o.id)
		return true;
	if (!ask_book(r, s, night->d.day, night_before_us(r, night->d.at_us), &b, e))
		return false;
	const char *newest = text_of_day(r, night_day_before(r->t.pack, r->ask.now_us, r->minute));
	if (night->d.at_us < b.town_since_us)
		return err_set(e, E_NOT_FOUND, "the town was not there on %s", night->d.day);
	if (strcmp(night->d.day, newest) == 0 || (b.newest && strcmp(night->d.day, b.newest) < 0))
		return true;
	return err_set(e, E_NOT_FOUND, "no night was planned before %s", night->d.day);
}

static bool plan_night(struct report *r, struct side *s, struct shown *night, struct err *e) {
	if (night->o.planned)
		return true;
	const struct occurrence o = {.day = night->d.day,
	                             .mark = digest_mark_names[night->d.mark],
	                             .as_of_us = night->d.at_us,
	                             .planned_at_us = r->ask.now_us,
	                             .format = night->d.format,
	                             .plan = night->plan};
	int64_t id = 0;
	if (!may_plan(r, s, night, e) || !occurrence_plan(s, &r->book, &o, true, &id, e))
		return false;
	night->o.id = id;
	return id || err_set(e, E_OVERLOADED, "somebody else planned that night just now");
}

static bool answer_send(struct report *r, struct side *s, struct err *e) {
	struct shown night;
	struct rows *told;
	int64_t first = 0;
	office_list offices = {0};
	night_offices(r->t.pack, &r->t.arena, &offices);
	if (!offices.n)
		return err_set(e, E_CONFLICT, "the pack names no unit that gets reports (a contact with `when: reports`)");
	if (!find_night(r, s, &night, e) || !plan_night(r, s, &night, e) ||
	    !occurrence_tell(s, r->book.town, night.o.id, &offices, r->ask.now_us, &first, e) ||
	    !occurrence_notices(s, r->book.town, night.o.id, &r->t.arena, &told, e))
		return false;
	jout_kv_str(&r->t.j, "town", r->book.town);
	jout_kv_str(&r->t.j, "day", night.d.day);
	jout_kv_str(&r->t.j, "mark", digest_mark_names[night.d.mark]);
	jout_kv_int(&r->t.j, "overdue", night.d.overdue);
	night_notices_write(told, night.o.id, (int32_t)night.d.offset_s, &r->t.j);
	return true;
}

/* ---- The thread, and the way back ---- */

static bool answer(struct report_thread *t, struct side *s, struct err *e) {
	static bool (*const answers[])(struct report *r, struct side *s, struct err *e) = {
	    [REPORT_OVERDUE] = answer_overdue,
	    [REPORT_NIGHTLY] = answer_nightly,
	    [REPORT_NIGHTS] = answer_nights,
	    [REPORT_SEND] = answer_send,
	};
	struct report *r = (struct report *)t;
	return answers[r->ask.what](r, s, e);
}

/* As the channel of the town's first office has them; config may be read again while the thread is at work. */
static void take_addresses(struct report *r, const post_channel_list *channels) {
	office_list offices = {0};
	struct err ignored;
	night_offices(r->t.pack, &r->t.kept, &offices);
	const struct office *o = offices.n ? &offices.v[0] : NULL;
	const struct post_channel *c = o ? post_channel_find(channels, o->channel) : NULL;
	r->from = "gridd@localhost";
	if (c && c->kind == POST_MAIL) {
		r->from = arena_strdup(&r->t.kept, c->mail.from);
		r->to = arena_strdup(&r->t.kept, mail_address_of(c, o->to));
	} else if (o && mail_address_check(o->to, &ignored)) {
		r->to = o->to;
	}
}

static void take_ask(struct report *r, const struct report_ask *ask) {
	struct arena *kept = &r->t.kept;
	r->ask = *ask;
	r->ask.pack = NULL;
	r->ask.day = arena_strdup(kept, ask->day);
	for (size_t i = 0; ask->units && i < ask->units->n; i++)
		STRS_ADD(&r->units, kept, arena_strdup(kept, ask->units->v[i]));
	r->book = (struct book){pack_town(r->t.pack)->code, job};
	for (int lang = 0; ask->language && lang < PAGE_LANGS; lang++)
		if (strcmp(page_lang_names[lang], ask->language) == 0)
			r->lang = (enum page_lang)lang;
}

void night_report(const struct report_sources *from, const struct report_ask *ask, on_reported done, void *call) {
	struct report *r = calloc(1, sizeof *r);
	CHECK(r != NULL);
	report_thread_init(&r->t, ask->pack, done, call);
	r->t.answer = answer;
	r->minute = from->config->nightly_minute;
	r->lang = from->config->language;
	take_ask(r, ask);
	take_addresses(r, from->channels);
	report_thread_run(&r->t, from->sv);
}
