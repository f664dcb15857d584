/* pages_dump: reads a night's or a month's figures as JSON on standard input and writes all pages of them into a folder.
 *
 * pages_dump night|month FOLDER zh|en */
#include "daemon/reports/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;

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

static void read_all(struct strbuf *in) {
	char *to;
	size_t got;
	do {
		to = strbuf_reserve(in, 65536);
		got = fread(to, 1, 65536, stdin);
		in->len += got;
		to[got] = '\0';
	} while (got > 0);
}

int main(int argc, char **argv) {
	struct arena arena;
	struct strbuf in;
	if (argc != 4) {
		(void)fprintf(stderr, "usage: pages_dump night|month FOLDER zh|en < JSON\n");
		return 2;
	}
	folder = argv[2];
	const enum page_lang lang = strcmp(argv[3], "en") == 0 ? PAGE_EN : PAGE_ZH;
	arena_init(&arena);
	strbuf_init(&in);
	read_all(&in);
	dump_night(in.data, lang, &arena);
	strbuf_fini(&in);
	arena_fini(&arena);
	return 0;
}
