/* month_report: counts, and writes what was counted: as JSON, as a page, or the cases behind one number. */
#include "daemon/jobs/month_report.h"

#include "daemon/base/check.h"
#include "daemon/jobs/month.h"
#include "daemon/jobs/month_json.h"
#include "daemon/jobs/report_thread.h"
#include "daemon/reports/pages.h"

#include <stdlib.h>
#include <string.h>

struct month_answer {
	struct report_thread t;
	struct month_ask ask;
	struct kpi_wanted wanted;
	kpi_found_list found;
	struct strs units;
	bool own_rows_only;
	const char *format;
	enum page_lang lang;
};

/* ---- As a page ---- */

static bool write_text(const struct kpi *k, enum page_lang lang, struct strbuf *out, struct err *e) {
	(void)e;
	kpi_text(k, lang, out);
	return true;
}

static bool write_csv(const struct kpi *k, enum page_lang lang, struct strbuf *out, struct err *e) {
	(void)e;
	kpi_csv(k, lang, out);
	return true;
}

static bool write_html(const struct kpi *k, enum page_lang lang, struct strbuf *out, struct err *e) {
	(void)e;
	kpi_html(k, lang, out);
	return true;
}

static const struct page {
	const char *format, *extension;
	bool (*write)(const struct kpi *k, enum page_lang lang, struct strbuf *out, struct err *e);
	bool binary;
} pages[] = {{"text", "txt", write_text, false},
             {"csv", "csv", write_csv, false},
             {"html", "html", write_html, false},
             {"workbook", "xlsx", kpi_workbook, true}};

static const struct page *page_of(const char *format) {
	for (size_t i = 0; i < COUNT_OF(pages); i++)
		if (strcmp(pages[i].format, format) == 0)
			return &pages[i];
	return NULL;
}

static bool write_page(struct month_answer *m, const struct kpi *k, const struct page *page, struct err *e) {
	struct strbuf text, name;
	strbuf_init(&text);
	strbuf_init(&name);
	const bool ok = page->write(k, m->lang, &text, e);
	if (ok) {
		kpi_file_name(k, &name);
		jout_kv_str(&m->t.j, "file", arena_printf(&m->t.arena, "%s.%s", name.data, page->extension));
		if (page->binary) {
			report_thread_base64(&m->t, page->format, text.data, text.len);
		} else {
			jout_key(&m->t.j, page->format);
			jout_strn(&m->t.j, text.data, text.len);
		}
	}
	strbuf_fini(&name);
	strbuf_fini(&text);
	return ok;
}

/* ---- The answers ---- */

static bool answer_figures(struct report_thread *t, struct side *s, struct err *e) {
	struct month_answer *m = (struct month_answer *)t;
	const struct page *page = page_of(m->format);
	struct kpi k;
	if (!month_read(s, &m->ask, &t->arena, &k, e) || !month_compare(s, &m->ask, &t->arena, &k, e))
		return false;
	if (m->own_rows_only)
		kpi_narrow(&k, &m->units);
	month_head_write(&k, &t->j);
	if (page)
		return write_page(m, &k, page, e);
	month_figures_write(&k, &t->j);
	return true;
}

static bool answer_cases(struct report_thread *t, struct side *s, struct err *e) {
	struct month_answer *m = (struct month_answer *)t;
	struct kpi k;
	if (!month_read(s, &m->ask, &t->arena, &k, e))
		return false;
	month_head_write(&k, &t->j);
	month_cases_write(&m->wanted, &k, &m->found, &t->j);
	return true;
}

/* The index of a word that the method has looked at. */
static int word_index(const char *const *words, const char *word) {
	int i = 0;
	while (words[i] && strcmp(words[i], word) != 0)
		i++;
	CHECK(words[i] != NULL);
	return i;
}

static void take_ask(struct month_answer *m, const struct figures_ask *ask) {
	struct arena *a = &m->t.kept;
	m->ask = (struct month_ask){.pack = m->t.pack,
	                            .from_us = ask->from_us,
	                            .to_us = ask->to_us,
	                            .as_of_us = ask->as_of_us,
	                            .by = (enum kpi_by)word_index(kpi_by_names, ask->by),
	                            .stop = report_thread_stops,
	                            .ctx = &m->t};
	for (size_t i = 0; ask->tags && i < ask->tags->n; i++)
		STRS_ADD(&m->ask.tags, a, arena_strdup(a, ask->tags->v[i]));
	for (size_t i = 0; ask->units && i < ask->units->n; i++)
		STRS_ADD(&m->units, a, arena_strdup(a, ask->units->v[i]));
	m->own_rows_only = ask->units != NULL;
	m->format = arena_strdup(a, ask->format);
	if (ask->language)
		m->lang = (enum page_lang)word_index(page_lang_names, ask->language);
	if (!ask->indicator)
		return;
	CHECK(indicator_find(ask->indicator, &m->wanted.indicator));
	m->wanted.part = (enum kpi_part)word_index(kpi_part_names, ask->part);
	m->wanted.key = arena_strdup(a, ask->key);
	m->ask.wanted = &m->wanted;
	m->ask.found = &m->found;
}

void month_report(struct server *sv, const struct report_config *config, const struct figures_ask *ask, on_reported done,
                  void *call) {
	struct month_answer *m = calloc(1, sizeof *m);
	CHECK(m != NULL);
	report_thread_init(&m->t, ask->pack, done, call);
	m->lang = config->language;
	take_ask(m, ask);
	m->t.answer = ask->indicator ? answer_cases : answer_figures;
	report_thread_run(&m->t, sv);
}
