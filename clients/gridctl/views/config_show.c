/* config_show: the settings in force and where each is from. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/cli/config.h"
#include "clients/gridctl/term/table.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

/* As it is shown: a secret's value never is. NULL: not set. */
static const char *shown(const struct setting *s) {
	const char *text = config_str(s->key);
	return text && s->secret ? T("(set)", "（已设置）") : text;
}

static const char *origin(const struct setting *s) {
	const char *said = config_origin(s->key);
	return said ? said : T("default", "默认");
}

static struct json_object *as_tree(bool with_origin) {
	struct json_object *tree = json_object_new_object();
	for (const struct setting *s = config_settings; s->key; s++) {
		const char *text = s->secret && config_str(s->key) ? "***" : config_str(s->key);
		struct json_object *value = text ? json_object_new_string(text) : NULL, *one = value;
		if (text && s->kind == SETTING_NUMBER) {
			json_object_put(value);
			one = value = json_object_new_int64(config_int(s->key));
		} else if (text && s->kind == SETTING_SWITCH) {
			json_object_put(value);
			one = value = json_object_new_boolean(config_bool(s->key));
		}
		if (with_origin) {
			one = json_object_new_object();
			json_object_object_add(one, "value", value);
			json_object_object_add(one, "origin", json_object_new_string(config_origin(s->key) ? config_origin(s->key) : "default"));
		}
		json_object_object_add(tree, s->key, one);
	}
	return tree;
}

int run_config_show(struct ctl *ctl) {
	static const struct column columns[] = {{{"key", "设置"}, COLUMN_TEXT}, {{"value", "值"}, COLUMN_TEXT},
	                                        {{"from", "来自"}, COLUMN_TEXT}, {{"what it is", "说明"}, COLUMN_REST}};
	static const struct column plain[] = {{{"key", "设置"}, COLUMN_TEXT}, {{"value", "值"}, COLUMN_TEXT},
	                                      {{"what it is", "说明"}, COLUMN_REST}};
	const bool with_origin = own_bool(&ctl->args, "origin");
	struct json_object *tree = as_tree(with_origin);
	if (!ctl_json(ctl, tree)) {
		struct table t;
		table_init(&t, with_origin ? columns : plain, with_origin ? COUNT_OF(columns) : COUNT_OF(plain));
		for (const struct setting *s = config_settings; s->key; s++) {
			table_row(&t);
			table_cell(&t, s->key);
			table_cell(&t, shown(s));
			if (with_origin)
				table_cell(&t, origin(s));
			table_cell(&t, both_text(s->help));
		}
		table_print(&t);
	}
	json_object_put(tree);
	return EXIT_DONE;
}

int run_config_path(struct ctl *ctl) {
	struct json_object *tree = json_object_new_array();
	const char *path;
	bool exists;
	for (size_t i = 0; (path = config_file(i, &exists)) != NULL; i++) {
		struct json_object *one = json_object_new_object();
		json_object_object_add(one, "path", json_object_new_string(path));
		json_object_object_add(one, "exists", json_object_new_boolean(exists));
		json_object_array_add(tree, one);
	}
	if (!ctl_json(ctl, tree))
		for (size_t i = 0; (path = config_file(i, &exists)) != NULL; i++)
			term_print("%s%s\n", path, exists ? "" : T("  (not there)", "  （不存在）"));
	json_object_put(tree);
	return EXIT_DONE;
}
