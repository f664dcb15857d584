/* notice_text: a notice in words: its sentence, and its members as JSON. */
#include "daemon/jobs/notice_text.h"

#include "daemon/jobs/notice_words.h"

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

const char *notice_label(enum notice_kind kind) { return kinds[kind].zh; }
const char *notice_label_en(enum notice_kind kind) { return kinds[kind].en; }

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

void notice_say_zh(const struct notice_about *a, const struct pack *pack, struct strbuf *s) {
	const struct notice *n = a->notice;
	char due[NOTICE_MINUTE_BYTES];
	strbuf_printf(s, "【%s】案件%s", kinds[n->kind].zh, a->number);
	if (a->class_code)
		strbuf_printf(s, "，%s", notice_class_name(pack, a->class_code).zh);
	if (a->estate)
		strbuf_printf(s, "，%s", notice_estate_name(pack, a->estate).zh);
	if (n->order)
		strbuf_printf(s, "，督办单%s-D%d", a->number, n->order);
	if (n->clock && n->due_at_us != NO_TIME)
		strbuf_printf(s, "，%s时限%s", notice_clock_name(pack, n->clock).zh, notice_minute(pack, n->due_at_us, due));
	strbuf_printf(s, "，%s。", kinds[n->kind].zh_then);
	if (n->meant && strcmp(n->meant, n->unit) != 0)
		strbuf_printf(s, "本应通知%s，现无人值班。", notice_unit_name(pack, n->meant).zh);
	if (n->acknowledge)
		strbuf_printf(s, "第%d次通知，收到请确认。", n->times);
}

void notice_say_en(const struct notice_about *a, const struct pack *pack, struct strbuf *s) {
	const struct notice *n = a->notice;
	char due[NOTICE_MINUTE_BYTES];
	strbuf_printf(s, "%s: case %s", kinds[n->kind].en, a->number);
	if (a->class_code)
		strbuf_printf(s, ", %s", notice_class_name(pack, a->class_code).en);
	if (a->estate)
		strbuf_printf(s, ", %s", notice_estate_name(pack, a->estate).en);
	if (n->order)
		strbuf_printf(s, ", order %s-D%d", a->number, n->order);
	if (n->clock && n->due_at_us != NO_TIME)
		strbuf_printf(s, ", %s due %s", notice_clock_name(pack, n->clock).en, notice_minute(pack, n->due_at_us, due));
	strbuf_printf(s, ": %s.", kinds[n->kind].en_then);
	if (n->meant && strcmp(n->meant, n->unit) != 0)
		strbuf_printf(s, " Meant for %s, where nobody is on duty.", notice_unit_name(pack, n->meant).en);
	if (n->acknowledge)
		strbuf_printf(s, " Told %d time%s so far; please acknowledge.", n->times, n->times == 1 ? "" : "s");
}

static void write_texts(struct json_out *j, const struct notice_about *about, const struct pack *pack) {
	struct strbuf text;
	strbuf_init(&text);
	notice_say_zh(about, pack, &text);
	jout_kv_str(j, "text_zh", text.data);
	strbuf_clear(&text);
	notice_say_en(about, pack, &text);
	jout_kv_str(j, "text_en", text.data);
	strbuf_fini(&text);
}

static void write_time(struct json_out *j, const char *key, int64_t at_us, const struct pack *pack) {
	jout_kv_time(j, key, at_us, at_us == NO_TIME ? 0 : zone_offset_s(pack_calendars(pack)->zone, at_us));
}

void notice_write(const struct notice_about *about, const struct pack *pack, struct json_out *j) {
	const struct notice *n = about->notice;
	char order[80];
	jout_object(j);
	jout_kv_str(j, "notice", about->id);
	jout_kv_str(j, "town", about->town);
	jout_kv_str(j, "case", about->number);
	jout_kv_str(j, "kind", notice_kind_names[n->kind]);
	write_name(j, "unit", n->unit, notice_unit_name(pack, n->unit));
	write_name(j, "meant", n->meant, notice_unit_name(pack, n->meant));
	jout_kv_opt(j, "role", n->role);
	jout_kv_opt(j, "channel", n->channel);
	jout_kv_opt(j, "to", n->to);
	write_name(j, "class", about->class_code, notice_class_name(pack, about->class_code));
	write_name(j, "estate", about->estate, notice_estate_name(pack, about->estate));
	jout_kv_opt(j, "grid", about->grid);
	if (n->clock)
		write_name(j, "clock", n->clock, notice_clock_name(pack, n->clock));
	write_time(j, "due_at", n->due_at_us, pack);
	write_time(j, "made_at", about->made_at_us, pack);
	if (n->order) {
		(void)snprintf(order, sizeof order, "%s-D%d", about->number, n->order);
		jout_kv_str(j, "order", order);
	}
	jout_kv_int(j, "times", n->times);
	jout_kv_bool(j, "acknowledge", n->acknowledge);
	write_texts(j, about, pack);
	jout_end_object(j);
}
