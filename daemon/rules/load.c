/* load: a folder's text becomes a pack, or a list of all that is wrong with it. */
#include "daemon/rules/conditions.h"
#include "daemon/rules/decode.h"
#include "daemon/rules/index.h"
#include "daemon/rules/test.h"
#include "daemon/rules/vocabulary_inside.h"
#include "daemon/rules/words.h"

#include "daemon/base/suggest.h"

#include <stdlib.h>
#include <string.h>

typedef void file_reader(struct load *l, const struct yaml_node *root);

/* The files beside town.yaml, in the order they are read: a file's readers may look at those before. */
static const struct {
	const char *name;
	bool required;
	file_reader *read;
	uint32_t names; /* kinds of things that get their names there */
} file_rows[] = {
    {"calendars.yaml", true, load_calendars, 1u << KIND_CALENDAR | 1u << KIND_HOLIDAYS},
    {"units.yaml", true, load_units, 1u << KIND_UNIT},
    {"estates.yaml", false, load_estates, 1u << KIND_ESTATE | 1u << KIND_GRID},
    {"classes.yaml", true, load_classes, 1u << KIND_CLASS | 1u << KIND_BIG_CLASS},
    {"ladders.yaml", false, load_ladders, 1u << KIND_LADDER},
};
static const uint32_t town_names = 1u << KIND_ESTATE_KIND | 1u << KIND_UNIT_KIND | 1u << KIND_CHANNEL | 1u << KIND_REASON |
                                   1u << KIND_RESULT | 1u << KIND_MARK | 1u << KIND_CLOCK | 1u << KIND_RULE;
enum { FILE_ROWS = sizeof file_rows / sizeof file_rows[0] };

static const struct pack_file *find_file(const struct pack_source *s, const char *name) {
	for (size_t i = 0; i < s->files.n; i++)
		if (strcmp(s->files.v[i].name, name) == 0)
			return &s->files.v[i];
	return NULL;
}

static bool is_rules(const char *name) { return strncmp(name, "rules/", 6) == 0; }

static void file_fault(struct load *l, const char *file, const char *code, const char *suggestion, const char *message) {
	yaml_fault(l->faults, file, NULL, code, suggestion, "%s", message);
}

/* One sentence about the file is enough: that its things are missing elsewhere says nothing new. */
static void unreadable(struct load *l, const struct pack_file *f, const struct yaml_node *root, uint32_t names) {
	l->unreadable |= names;
	if (root && root->kind != YAML_MAP)
		yaml_fault(l->faults, f->name, root, "type", NULL, "%s must be a map of keys", f->name);
}

static void take_rule(const struct yaml_node *item, void *ctx) { load_rule(ctx, item); }

/* Rules are loaded while their file is read: a town of 100,000 needs the nodes of one at a time. */
static bool read_file(struct load *l, const struct pack_file *f, struct arena *nodes, struct yaml_node **root) {
	l->file = load_intern(l, f->name);
	const struct yaml_text in = {.name = f->name,
	                             .text = f->text,
	                             .n = f->n,
	                             .strings = &l->pack->symbols,
	                             .each = is_rules(f->name) ? "rules" : NULL,
	                             .take = take_rule,
	                             .ctx = l};
	return yaml_read_text(&in, nodes, root, l->faults) && (*root)->kind == YAML_MAP;
}

/* The tree of one file dies when its reader is done. */
static void read_with(struct load *l, const struct pack_file *f, file_reader *read, uint32_t names) {
	struct arena nodes;
	struct yaml_node *root;
	arena_init(&nodes);
	if (read_file(l, f, &nodes, &root))
		read(l, root);
	else
		unreadable(l, f, root, names);
	arena_fini(&nodes);
}

static void read_town(struct load *l, const struct pack_source *s, zone_loader zones, struct load_town_result *town) {
	const struct pack_file *f = find_file(s, "town.yaml");
	struct yaml_node *root;
	if (!f) {
		file_fault(l, "town.yaml", "missing", NULL, "the pack has no town.yaml");
		l->unreadable |= town_names;
		return;
	}
	if (read_file(l, f, l->scratch, &root))
		load_town(l, root, zones, town);
	else
		unreadable(l, f, root, town_names);
}

static void missing_file(struct load *l, size_t row) {
	const char *name = file_rows[row].name;
	l->unreadable |= file_rows[row].names;
	file_fault(l, name, "missing", NULL, arena_printf(l->scratch, "the pack has no %s", name));
}

static void read_tables(struct load *l, const struct pack_source *s) {
	for (size_t i = 0; i < FILE_ROWS; i++) {
		const struct pack_file *f = find_file(s, file_rows[i].name);
		if (f)
			read_with(l, f, file_rows[i].read, file_rows[i].names);
		else if (file_rows[i].required)
			missing_file(l, i);
	}
}

static void read_rules(struct load *l, const struct pack_source *s, const struct load_town_result *town) {
	const struct yaml_node *node = town->rules_node;
	if (node && node->kind == YAML_LIST)
		node = node->child;
	for (size_t i = 0; i < town->rule_files.n && node; i++, node = node->next) {
		const char *name = town->rule_files.v[i];
		const struct pack_file *f = find_file(s, name);
		bool twice = false;
		for (size_t j = 0; j < i; j++)
			twice = twice || town->rule_files.v[j] == name;
		if (!f || !is_rules(name))
			yaml_fault(l->faults, "town.yaml", node, "reference", NULL, "there is no file `%s` in rules/", name);
		else if (twice)
			yaml_fault(l->faults, "town.yaml", node, "duplicate", NULL, "the file `%s` is listed twice", name);
		else
			read_with(l, f, load_rules, 1u << KIND_RULE);
	}
}

static bool is_table_name(const char *name) {
	for (size_t i = 0; i < FILE_ROWS; i++)
		if (strcmp(file_rows[i].name, name) == 0)
			return true;
	return strcmp(name, "town.yaml") == 0;
}

/* Another file beside the pack's own is nobody's business, unless it was meant to be one of them. */
static void refuse_misspelt(struct load *l, const char *name) {
	struct suggest near;
	suggest_start(&near, name);
	suggest_offer(&near, "town.yaml");
	for (size_t i = 0; i < FILE_ROWS; i++)
		suggest_offer(&near, file_rows[i].name);
	if (near.best)
		file_fault(l, name, "unknown", near.best, "a pack has no file of this name");
}

static void refuse_stray_files(struct load *l, const struct pack_source *s, const struct load_town_result *town) {
	for (size_t i = 0; i < s->files.n; i++) {
		const char *name = s->files.v[i].name;
		if (strncmp(name, "tests/", 6) == 0 || is_table_name(name))
			continue;
		if (!is_rules(name)) {
			refuse_misspelt(l, name);
		} else if (town->rules_node && !strs_has(&town->rule_files, name)) {
			file_fault(l, name, "missing", NULL,
			           "this file isn't listed in `rules` of town.yaml, so it would never be asked");
		}
	}
}

static void read_tests(struct load *l, const struct pack_source *s) {
	for (size_t i = 0; i < s->files.n; i++)
		if (strncmp(s->files.v[i].name, "tests/", 6) == 0)
			read_with(l, &s->files.v[i], load_tests, 0);
}

static int by_place(const void *a, const void *b) {
	const struct fault *x = a, *y = b;
	const int files = strcmp(x->file, y->file);
	if (files != 0)
		return files;
	return x->line != y->line ? x->line - y->line : x->col - y->col;
}

static void intern_all(struct load *l, const char *const *words, const char **symbols) {
	for (size_t i = 0; words[i]; i++)
		symbols[i] = load_intern(l, words[i]);
}

static struct pack *pack_new(struct load *l) {
	struct pack *p = calloc(1, sizeof *p);
	if (!p)
		abort();
	atomic_init(&p->refs, 1);
	arena_init(&p->arena);
	dict_init(&p->symbols, &p->arena);
	dict_init(&p->attr_names, &p->arena);
	for (size_t i = 0; i < KINDS_WITH_NAMES; i++)
		dict_init(&p->ids[i], &p->arena);
	p->words = word_finder_new(&p->arena, FOLD_TEXT);
	p->addresses = word_finder_new(&p->arena, FOLD_ADDRESS);
	l->pack = p;
	l->keep = &p->arena;
	intern_all(l, urgency_names, p->urgency_symbols);
	intern_all(l, channel_kind_names, p->channel_kind_symbols);
	intern_all(l, management_names, p->management_symbols);
	intern_all(l, estate_has_words, p->has_symbols);
	return p;
}

static void read_all(struct load *l, const struct pack_source *s, zone_loader zones) {
	struct load_town_result town = {0};
	read_town(l, s, zones, &town);
	read_tables(l, s);
	read_rules(l, s, &town);
	refuse_stray_files(l, s, &town);
	read_tests(l, s);
	refs_check(l);
	load_finish(l);
}

bool pack_load(const struct pack_source *s, zone_loader zones, bool skip_tests, struct faults *faults, struct pack **out) {
	struct arena scratch;
	struct load l = {.scratch = &scratch, .faults = faults};
	const size_t before = faults->total;
	arena_init(&scratch);
	dict_init(&l.words, &scratch);
	struct pack *p = pack_new(&l);
	pack_source_hash(s, p->hash);
	read_all(&l, s, zones);
	if (faults->total == before) {
		word_finder_finish(p->words, &scratch);
		word_finder_finish(p->addresses, &scratch);
		p->index = rule_index_new(p, &scratch);
		vocabulary_make(p);
		if (!skip_tests)
			pack_run_tests(p, faults);
	}
	arena_fini(&scratch);
	if (faults->total > before)
		pack_unref(&p);
	if (faults->list.n > 1)
		qsort(faults->list.v, faults->list.n, sizeof *faults->list.v, by_place);
	*out = p;
	return p != NULL;
}
