/* report_message: decodes a plan, and has it written as subject, text, HTML, JSON and workbook. */
#include "daemon/jobs/report_message.h"

#include "daemon/base/strbuf.h"

#include <string.h>

static const char workbook_type[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
static const char *const header_languages[PAGE_LANGS] = {[PAGE_ZH] = "zh-CN", [PAGE_EN] = "en"};

/* A page under way; each in turn, and kept in the arena. */
struct writing {
	struct arena *arena;
	struct strbuf text;
};

static const char *take(struct writing *w) {
	const char *kept = arena_strndup(w->arena, w->text.data ? w->text.data : "", w->text.len);
	strbuf_clear(&w->text);
	return kept;
}

static void enclose(struct writing *w, const char *name, struct message *out) {
	struct enclosure *x = LIST_ADD(&out->enclosures, w->arena);
	*x = (struct enclosure){.name = arena_printf(w->arena, "%s.xlsx", name),
	                        .media_type = workbook_type,
	                        .bytes = arena_memdup(w->arena, w->text.data, w->text.len),
	                        .n = w->text.len};
	strbuf_clear(&w->text);
}

static bool write_digest(const struct report_notice *about, enum page_lang lang, struct writing *w, struct message *out,
                         struct err *e) {
	struct digest d;
	if (!digest_decode(about->plan, w->arena, &d, e))
		return false;
	digest_subject(&d, lang, &w->text);
	out->subject = take(w);
	digest_text(&d, lang, &w->text);
	out->text = take(w);
	digest_html(&d, lang, &w->text);
	out->html = take(w);
	digest_json(&d, &w->text);
	out->json = take(w);
	out->offset_s = (int32_t)d.offset_s;
	digest_file_name(&d, &w->text);
	const char *name = take(w);
	if (!digest_workbook(&d, lang, &w->text, e))
		return false;
	enclose(w, name, out);
	return true;
}

static bool write_month(const struct report_notice *about, enum page_lang lang, struct writing *w, struct message *out,
                        struct err *e) {
	struct kpi k;
	if (!kpi_decode(about->plan, w->arena, &k, e))
		return false;
	kpi_subject(&k, lang, &w->text);
	out->subject = take(w);
	kpi_text(&k, lang, &w->text);
	out->text = take(w);
	kpi_html(&k, lang, &w->text);
	out->html = take(w);
	kpi_json(&k, &w->text);
	out->json = take(w);
	out->offset_s = (int32_t)k.offset_s;
	kpi_file_name(&k, &w->text);
	const char *name = take(w);
	if (!kpi_workbook(&k, lang, &w->text, e))
		return false;
	enclose(w, name, out);
	return true;
}

static const struct {
	const char *job;
	bool (*write)(const struct report_notice *about, enum page_lang lang, struct writing *w, struct message *out,
	              struct err *e);
} jobs[] = {{"nightly", write_digest}, {"monthly", write_month}};

bool report_message(const struct report_notice *about, enum page_lang lang, struct arena *a, struct message *out,
                    struct err *e) {
	struct writing w = {.arena = a};
	*out = (struct message){.id = about->id,
	                        .name = arena_printf(a, "%s.%s.%s.%s", about->job, about->day, about->office, about->town),
	                        .town = about->town,
	                        .kind = about->job,
	                        .to = about->to,
	                        .language = header_languages[lang],
	                        .made_at_us = about->planned_at_us};
	for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
		if (strcmp(jobs[i].job, about->job) != 0)
			continue;
		strbuf_init(&w.text);
		const bool ok = jobs[i].write(about, lang, &w, out, e);
		strbuf_fini(&w.text);
		return ok;
	}
	return err_set(e, E_INTERNAL, "`%s` is no report", about->job);
}
