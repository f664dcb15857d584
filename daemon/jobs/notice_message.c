/* notice_message: puts subject, text and JSON of notices together. */
#include "daemon/jobs/notice_message.h"

#include "daemon/jobs/notice_words.h"

static const char *keep(struct strbuf *s, struct arena *a) {
	const char *text = arena_strndup(a, s->data ? s->data : "", s->len);
	strbuf_fini(s);
	return text;
}

static int32_t offset_of(const struct pack *pack, int64_t at_us) { return zone_offset_s(pack_calendars(pack)->zone, at_us); }

/* ---- One notice ---- */

static const char *subject_of(const struct notice_about *n, const struct pack *pack, struct arena *a) {
	struct strbuf s;
	strbuf_init(&s);
	strbuf_printf(&s, "【%s】案件%s", notice_label(n->notice->kind), n->number);
	if (n->class_code)
		strbuf_printf(&s, "，%s", notice_class_name(pack, n->class_code).zh);
	if (n->estate)
		strbuf_printf(&s, "，%s", notice_estate_name(pack, n->estate).zh);
	return keep(&s, a);
}

static void write_one(const struct notice_about *n, const struct pack *pack, struct arena *a, struct message *out) {
	struct strbuf text, json;
	struct json_out j;
	strbuf_init(&text);
	strbuf_init(&json);
	notice_say_zh(n, pack, &text);
	strbuf_adds(&text, "\n\n");
	notice_say_en(n, pack, &text);
	strbuf_addc(&text, '\n');
	jout_init(&j, &json);
	notice_write(n, pack, &j);
	out->subject = subject_of(n, pack, a);
	out->text = keep(&text, a);
	out->json = keep(&json, a);
}

/* ---- Many ---- */

/* Of what they all are; "通知" where they differ. */
static bool of_one_kind(const notice_about_list *list) {
	for (size_t i = 1; i < list->n; i++)
		if (list->v[i].notice->kind != list->v[0].notice->kind)
			return false;
	return true;
}

static void say_all(const notice_about_list *list, const struct pack *pack, struct strbuf *s,
                    void (*say)(const struct notice_about *n, const struct pack *pack, struct strbuf *out)) {
	for (size_t i = 0; i < list->n; i++) {
		strbuf_printf(s, "%zu. ", i + 1);
		say(&list->v[i], pack, s);
		strbuf_addc(s, '\n');
	}
}

static void write_json(const notice_about_list *list, const struct pack *pack, const struct message *m, struct strbuf *out) {
	const struct notice_about *head = &list->v[0];
	struct json_out j;
	jout_init(&j, out);
	jout_object(&j);
	jout_kv_str(&j, "notice", head->id);
	jout_kv_str(&j, "town", head->town);
	jout_kv_str(&j, "kind", m->kind);
	jout_kv_opt(&j, "channel", head->notice->channel);
	jout_kv_opt(&j, "to", head->notice->to);
	jout_kv_time(&j, "made_at", head->made_at_us, m->offset_s);
	jout_kv_str(&j, "subject", m->subject);
	jout_key(&j, "notices");
	jout_array(&j);
	for (size_t i = 0; i < list->n; i++)
		notice_write(&list->v[i], pack, &j);
	jout_end_array(&j);
	jout_end_object(&j);
}

static void write_many(const notice_about_list *list, const struct pack *pack, struct arena *a, struct message *out) {
	const enum notice_kind kind = list->v[0].notice->kind;
	const bool alike = of_one_kind(list);
	const char *zh = alike ? notice_label(kind) : "通知", *en = alike ? notice_label_en(kind) : "Notices";
	struct strbuf text, json;
	strbuf_init(&text);
	strbuf_init(&json);
	out->kind = alike ? notice_kind_names[kind] : "mixed";
	out->subject = arena_printf(a, "【%s】共%zu条：案件%s 等", zh, list->n, list->v[0].number);
	strbuf_printf(&text, "【%s】共%zu条：\n", zh, list->n);
	say_all(list, pack, &text, notice_say_zh);
	strbuf_printf(&text, "\n%s, %zu in all:\n", en, list->n);
	say_all(list, pack, &text, notice_say_en);
	out->text = keep(&text, a);
	write_json(list, pack, out, &json);
	out->json = keep(&json, a);
}

/* ---- Outside ---- */

void notice_message(const notice_about_list *list, const struct pack *pack, struct arena *a, struct message *out) {
	const struct notice_about *head = &list->v[0];
	*out = (struct message){.id = head->id,
	                        .name = arena_printf(a, "%s.%s%s", head->id, head->town, list->n > 1 ? ".bundle" : ""),
	                        .town = head->town,
	                        .kind = notice_kind_names[head->notice->kind],
	                        .to = head->notice->to,
	                        .made_at_us = head->made_at_us,
	                        .offset_s = offset_of(pack, head->made_at_us)};
	if (list->n > 1)
		write_many(list, pack, a, out);
	else
		write_one(head, pack, a, out);
}

void notice_trial_message(const struct trial_about *about, const struct pack *pack, struct arena *a, struct message *out) {
	static const char zh[] = "【测试】这是一条测试通知，无需处理。",
	                  en[] = "Test: this is a trial of the channel; nothing is to be done.";
	struct strbuf json;
	struct json_out j;
	*out = (struct message){.id = about->id,
	                        .name = arena_printf(a, "%s.%s", about->id, about->town),
	                        .town = about->town,
	                        .kind = "test",
	                        .to = about->to,
	                        .subject = zh,
	                        .text = arena_printf(a, "%s\n\n%s\n", zh, en),
	                        .made_at_us = about->made_at_us,
	                        .offset_s = offset_of(pack, about->made_at_us)};
	strbuf_init(&json);
	jout_init(&j, &json);
	jout_object(&j);
	jout_kv_str(&j, "notice", about->id);
	jout_kv_str(&j, "town", about->town);
	jout_kv_str(&j, "kind", out->kind);
	jout_kv_str(&j, "channel", about->channel);
	jout_kv_opt(&j, "to", about->to);
	jout_kv_time(&j, "made_at", out->made_at_us, out->offset_s);
	jout_kv_str(&j, "text_zh", zh);
	jout_kv_str(&j, "text_en", en);
	jout_end_object(&j);
	out->json = keep(&json, a);
}
