/* notice_text: writes a notice for whoever carries it to a person. */
#include "daemon/jobs/notice_text.h"

#include "daemon/base/check.h"
#include "daemon/wire/json_out.h"

#include <stdio.h>
#include <string.h>

/* What is said of each kind, around the case: 【label】案件 NUMBER（WHAT）then. */
static const struct {
	const char *zh, *zh_then, *en, *en_then;
} kinds[NOTICE_KINDS] = {
    [NOTICE_TASK] = {"应急派遣", "请立即出动", "Emergency", "go at once"},
    [NOTICE_REMIND] = {"提醒", "将要到期，请抓紧", "Reminder", "is about to run out"},
    [NOTICE_OVERDUE] = {"超时", "已经到期", "Overdue", "has run out"},
    [NOTICE_LEVEL] = {"升级", "到期未办结，请督促", "Escalated", "ran out and the case is still open"},
    [NOTICE_URGE] = {"催办", "请尽快办理", "Urged", "please see to it"},
    [NOTICE_ORDER] = {"督办", "请按期办理并回复", "Supervision order", "act and reply in time"},
    [NOTICE_EXPIRED] = {"通报", "督办到期，回复未获认可", "Supervision order expired", "no accepted reply in time"},
};

static const struct {
	const char *id, *zh, *en;
} clock_names[] = {
    {"discover", "发现", "discovery"}, {"dispatch", "派遣", "dispatch"}, {"accept", "接单", "acceptance"},
    {"arrive", "到场", "arrival"},     {"handle", "处置", "handling"},   {"verify", "核查", "verification"},
    {"decide", "审批", "decision"},    {"overall", "结案", "closing"},   {"supervise", "督办", "supervision"},
};

struct name {
	const char *zh, *en;
};

/* The pack's names; the id itself where it has none. */
static struct name name_or(const char *id, const char *zh, const char *en) {
	return (struct name){zh ? zh : id, en ? en : zh ? zh : id};
}

static struct name unit_name(const struct pack *pack, const char *id) {
	const struct unit *u = id ? pack_unit(pack, id) : NULL;
	return name_or(id, u ? u->zh : NULL, u ? u->en : NULL);
}

static struct name class_name(const struct pack *pack, const char *code) {
	const struct class_def *c = code ? pack_class(pack, code) : NULL;
	return name_or(code, c ? c->zh : NULL, c ? c->en : NULL);
}

static struct name estate_name(const struct pack *pack, const char *id) {
	const struct estate *e = id ? pack_estate(pack, id) : NULL;
	return name_or(id, e ? e->zh : NULL, e ? e->en : NULL);
}

static struct name clock_name(const struct pack *pack, const char *id) {
	const struct town *town = pack_town(pack);
	for (size_t i = 0; i < COUNT_OF(clock_names); i++)
		if (strcmp(clock_names[i].id, id) == 0)
			return (struct name){clock_names[i].zh, clock_names[i].en};
	for (size_t i = 0; i < town->clocks.n; i++)
		if (strcmp(town->clocks.v[i].named.id, id) == 0)
			return name_or(id, town->clocks.v[i].named.zh, town->clocks.v[i].named.en);
	return name_or(id, NULL, NULL);
}

static void write_name(struct json_out *j, const char *key, const char *id, struct name n) {
	char name_key[40];
	if (!id)
		return;
	jout_kv_str(j, key, id);
	(void)snprintf(name_key, sizeof name_key, "%s_name", key);
	jout_kv_str(j, name_key, n.zh);
	(void)snprintf(name_key, sizeof name_key, "%s_name_en", key);
	jout_kv_str(j, name_key, n.en);
}

enum { LOCAL_BYTES = 48 };
/* "2026-11-26 17:30", of the town. */
static const char *local_minute(const struct pack *pack, int64_t at_us, char out[LOCAL_BYTES]) {
	int32_t day = 0;
	int64_t of_day_us = 0;
	zone_local(pack_calendars(pack)->zone, at_us, &day, &of_day_us);
	const struct civil_date d = civil_from_day(day);
	(void)snprintf(out, LOCAL_BYTES, "%04d-%02d-%02d %02d:%02d", d.year, d.month, d.day, (int)(of_day_us / HOUR_US),
	               (int)(of_day_us % HOUR_US / MINUTE_US));
	return out;
}

static void say_zh(struct strbuf *s, const struct notice_about *a, const struct pack *pack) {
	const struct notice *n = a->notice;
	char due[LOCAL_BYTES];
	strbuf_printf(s, "【%s】案件%s", kinds[n->kind].zh, a->number);
	if (a->class_code)
		strbuf_printf(s, "，%s", class_name(pack, a->class_code).zh);
	if (a->estate)
		strbuf_printf(s, "，%s", estate_name(pack, a->estate).zh);
	if (n->order)
		strbuf_printf(s, "，督办单%s-D%d", a->number, n->order);
	if (n->clock && n->due_at_us != NO_TIME)
		strbuf_printf(s, "，%s时限%s", clock_name(pack, n->clock).zh, local_minute(pack, n->due_at_us, due));
	strbuf_printf(s, "，%s。", kinds[n->kind].zh_then);
	if (n->meant && strcmp(n->meant, n->unit) != 0)
		strbuf_printf(s, "本应通知%s，现无人值班。", unit_name(pack, n->meant).zh);
	if (n->acknowledge)
		strbuf_printf(s, "第%d次通知，收到请确认。", n->times);
}

static void say_en(struct strbuf *s, const struct notice_about *a, const struct pack *pack) {
	const struct notice *n = a->notice;
	char due[LOCAL_BYTES];
	strbuf_printf(s, "%s: case %s", kinds[n->kind].en, a->number);
	if (a->class_code)
		strbuf_printf(s, ", %s", class_name(pack, a->class_code).en);
	if (a->estate)
		strbuf_printf(s, ", %s", estate_name(pack, a->estate).en);
	if (n->order)
		strbuf_printf(s, ", order %s-D%d", a->number, n->order);
	if (n->clock && n->due_at_us != NO_TIME)
		strbuf_printf(s, ", %s due %s", clock_name(pack, n->clock).en, local_minute(pack, n->due_at_us, due));
	strbuf_printf(s, ": %s.", kinds[n->kind].en_then);
	if (n->meant && strcmp(n->meant, n->unit) != 0)
		strbuf_printf(s, " Meant for %s, where nobody is on duty.", unit_name(pack, n->meant).en);
	if (n->acknowledge)
		strbuf_printf(s, " Told %d time%s so far; please acknowledge.", n->times, n->times == 1 ? "" : "s");
}

static void write_texts(struct json_out *j, const struct notice_about *about, const struct pack *pack) {
	struct strbuf text;
	strbuf_init(&text);
	say_zh(&text, about, pack);
	jout_kv_str(j, "text_zh", text.data);
	strbuf_clear(&text);
	say_en(&text, about, pack);
	jout_kv_str(j, "text_en", text.data);
	strbuf_fini(&text);
}

static void write_time(struct json_out *j, const char *key, int64_t at_us, const struct pack *pack) {
	jout_kv_time(j, key, at_us, at_us == NO_TIME ? 0 : zone_offset_s(pack_calendars(pack)->zone, at_us));
}

void notice_write(const struct notice_about *about, const struct pack *pack, struct strbuf *out) {
	const struct notice *n = about->notice;
	char order[80];
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_str(&j, "notice", about->id);
	jout_kv_str(&j, "town", about->town);
	jout_kv_str(&j, "case", about->number);
	jout_kv_str(&j, "kind", notice_kind_names[n->kind]);
	write_name(&j, "unit", n->unit, unit_name(pack, n->unit));
	write_name(&j, "meant", n->meant, unit_name(pack, n->meant));
	jout_kv_opt(&j, "role", n->role);
	jout_kv_opt(&j, "channel", n->channel);
	jout_kv_opt(&j, "to", n->to);
	write_name(&j, "class", about->class_code, class_name(pack, about->class_code));
	write_name(&j, "estate", about->estate, estate_name(pack, about->estate));
	jout_kv_opt(&j, "grid", about->grid);
	if (n->clock)
		write_name(&j, "clock", n->clock, clock_name(pack, n->clock));
	write_time(&j, "due_at", n->due_at_us, pack);
	write_time(&j, "made_at", about->made_at_us, pack);
	if (n->order) {
		(void)snprintf(order, sizeof order, "%s-D%d", about->number, n->order);
		jout_kv_str(&j, "order", order);
	}
	jout_kv_int(&j, "times", n->times);
	jout_kv_bool(&j, "acknowledge", n->acknowledge);
	write_texts(&j, about, pack);
	jout_end_object(&j);
	strbuf_addc(out, '\n');
}

void notice_write_test(const char *town, const char *channel, const char *to, struct strbuf *out) {
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_str(&j, "notice", "test");
	jout_kv_str(&j, "town", town);
	jout_kv_str(&j, "kind", "test");
	jout_kv_str(&j, "channel", channel);
	jout_kv_opt(&j, "to", to);
	jout_kv_str(&j, "text_zh", "【测试】这是一条测试通知，无需处理。");
	jout_kv_str(&j, "text_en", "Test: this is a trial of the channel; nothing is to be done.");
	jout_end_object(&j);
	strbuf_addc(out, '\n');
}
