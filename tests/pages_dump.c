/* pages_dump: reads a night's or a month's figures as JSON on standard input and writes all pages of them into a folder.
 *
 * pages_dump night|month FOLDER zh|en [SENT]; SENT: a file with the month's figures as they were sent, to tell corrections
 * by. */
#include "daemon/reports/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder, *sent;

static void save(const char *name, struct strbuf *page) {
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(page->data, 1, page->len, f) != page->len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	strbuf_clear(page);
}

static void must(bool ok, const struct err *e) {
	if (!ok) {
		(void)fprintf(stderr, "pages_dump: %s\n", e->text);
		exit(1);
	}
}

static void dump_night(const char *json, enum page_lang lang, struct arena *a) {
	struct digest d;
	struct err e = {0};
	struct strbuf out;
	strbuf_init(&out);
	must(digest_decode(json, a, &d, &e), &e);
	digest_subject(&d, lang, &out);
	save("subject", &out);
	digest_text(&d, lang, &out);
	save("text", &out);
	digest_html(&d, lang, &out);
	save("html", &out);
	digest_json(&d, &out);
	save("json", &out);
	digest_file_name(&d, &out);
	save("name", &out);
	must(digest_workbook(&d, lang, &out, &e), &e);
	save("xlsx", &out);
	strbuf_fini(&out);
}

static void read_all(FILE *from, struct strbuf *in) {
	size_t got;
	do {
		char *const to = strbuf_reserve(in, 65536);
		got = fread(to, 1, 65536, from);
		in->len += got;
		to[got] = '\0';
	} while (got > 0);
}

static void compare(struct kpi *k, struct arena *a) {
	struct kpi before;
	struct err e = {0};
	struct strbuf json;
	FILE *f = fopen(sent, "rb");
	if (!f) {
		perror(sent);
		exit(1);
	}
	strbuf_init(&json);
	read_all(f, &json);
	(void)fclose(f);
	must(kpi_decode(json.data, a, &before, &e), &e);
	strbuf_fini(&json);
	k->sent_at_us = before.as_of_us;
	kpi_compare(&before, k, a, &k->corrections);
}

static void dump_month(const char *json, enum page_lang lang, struct arena *a) {
	struct kpi k;
	struct err e = {0};
	struct strbuf out;
	strbuf_init(&out);
	must(kpi_decode(json, a, &k, &e), &e);
	if (sent)
		compare(&k, a);
	kpi_subject(&k, lang, &out);
	save("subject", &out);
	kpi_text(&k, lang, &out);
	save("text", &out);
	kpi_csv(&k, lang, &out);
	save("csv", &out);
	kpi_html(&k, lang, &out);
	save("html", &out);
	kpi_json(&k, &out);
	save("json", &out);
	kpi_file_name(&k, &out);
	save("name", &out);
	must(kpi_workbook(&k, lang, &out, &e), &e);
	save("xlsx", &out);
	strbuf_fini(&out);
}

int main(int argc, char **argv) {
	struct arena arena;
	struct strbuf in;
	if (argc != 4 && argc != 5) {
		(void)fprintf(stderr, "usage: pages_dump night|month FOLDER zh|en [SENT] < JSON\n");
		return 2;
	}
	folder = argv[2];
	sent = argv[4];
	const enum page_lang lang = strcmp(argv[3], "en") == 0 ? PAGE_EN : PAGE_ZH;
	arena_init(&arena);
	strbuf_init(&in);
	read_all(stdin, &in);
	(strcmp(argv[1], "month") == 0 ? dump_month : dump_night)(in.data, lang, &arena);
	strbuf_fini(&in);
	arena_fini(&arena);
	return 0;
}
