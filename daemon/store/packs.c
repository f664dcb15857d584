/* packs: stores, activates and reads back rule packs. */
#include "daemon/store/packs.h"

#include "statements.h"

void packs_active(struct db *d, struct arena *a, on_rows done, void *ctx) {
	db_ask(d, &stmt_packs_active, params_new(a), a, done, ctx);
}

void packs_fetch(struct db *d, const char *town, int32_t version, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, town);
	params_int4(p, version);
	db_ask(d, &stmt_packs_fetch, p, a, done, ctx);
}

void packs_list(struct db *d, const char *town, int32_t limit, struct arena *a, on_rows done, void *ctx) {
	struct params *p = params_new(a);
	params_text(p, town);
	params_int4(p, limit);
	db_ask(d, &stmt_packs_list, p, a, done, ctx);
}

static const struct column file_columns[] = {{COL_TEXT, offsetof(struct pack_file, name)},
                                             {COL_TEXT, offsetof(struct pack_file, text)}};

void packs_activate(struct db *d, const char *town, const char *town_zh, const struct pack_source *s, int32_t expect,
                    const char *actor, struct arena *a, on_rows done, void *ctx) {
	unsigned char hash[32];
	const struct column_source files = {s->files.v, s->files.n, sizeof *s->files.v};
	struct params *p = params_new(a);
	pack_source_hash(s, hash);
	params_text(p, town);
	params_text(p, town_zh);
	params_bytes(p, hash, sizeof hash);
	params_int4(p, expect);
	params_text(p, actor);
	params_time(p, db_now_us(d));
	params_column(p, &files, file_columns[0]);
	params_column(p, &files, file_columns[1]);
	db_ask(d, &stmt_packs_activate, p, a, done, ctx);
}
