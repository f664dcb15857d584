/* config: the settings, and where each has its value from. */
#include "clients/gridctl/cli/config.h"

#include "clients/gridctl/cli/config_file.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off: a table, read by rows */
const struct setting config_settings[] = {
	{.key = "socket", .kind = SETTING_TEXT, .env = {"GRIDD_SOCKET"}, .flag = "socket",
	 .help = {"where gridd listens: unix:PATH, a path, or tcp://HOST:PORT", "gridd 的地址：unix:路径、路径或 tcp://主机:端口"}},
	{.key = "town", .kind = SETTING_TEXT, .env = {"GRIDD_TOWN"}, .flag = "town",
	 .help = {"the town's 9-digit code", "街镇代码（9 位）"}},
	{.key = "token", .kind = SETTING_TEXT, .env = {"GRIDD_TOKEN"}, .flag = "token", .secret = true,
	 .help = {"who you are; never shown", "令牌，不显示其内容"}},
	{.key = "token_file", .kind = SETTING_FILE, .env = {"GRIDD_TOKEN_FILE"},
	 .help = {"the file with your token, which only its owner may read", "存放令牌的文件，只许本人可读"}},
	{.key = "language", .kind = SETTING_LANGUAGE, .env = {"GRIDCTL_LANG"}, .under = {"LC_ALL", "LC_MESSAGES", "LANG"},
	 .fallback = "en", .flag = "lang", .help = {"zh or en", "语言：zh 或 en"}},
	{.key = "timeout", .kind = SETTING_NUMBER, .env = {"GRIDCTL_TIMEOUT"}, .fallback = "0", .flag = "timeout",
	 .help = {"give up when no reply comes for so many seconds; 0: never", "等待应答的最长秒数，0 为一直等"}},
	{.key = "color", .kind = SETTING_WORD, .words = "auto never", .env = {"GRIDCTL_COLOR"}, .fallback = "auto", .flag = "color",
	 .help = {"colours: auto or never", "颜色：auto 自动、never 不用"}},
	{.key = "pager", .kind = SETTING_TEXT, .env = {"GRIDCTL_PAGER"}, .under = {"PAGER"}, .flag = "pager",
	 .help = {"the program that shows what is longer than the screen", "超过一屏时用的分页程序"}},
	{.key = "natural", .kind = SETTING_SWITCH, .env = {"GRIDCTL_NATURAL"}, .fallback = "false", .flag = "natural",
	 .help = {"remaining time by the wall clock, not by working time", "剩余时间按自然时间，而不是工作时间"}},
	{.key = "ascii", .kind = SETTING_SWITCH, .env = {"GRIDCTL_ASCII"}, .fallback = "false", .flag = "ascii",
	 .help = {"no other signs than those of ASCII around the words", "表格线、记号只用 ASCII 字符"}},
	{.key = NULL}};
/* clang-format on */

enum { SETTINGS = COUNT_OF(config_settings) - 1 };

static struct value {
	char *text;   /* NULL: not set */
	char *origin; /* NULL: the default */
} values[SETTINGS];

static struct config_files files;
static struct strbuf wrong;     /* what is wrong in files and environment, as people read it */
static struct strbuf token;     /* of token_file, once read */

static size_t index_of(const char *key) {
	size_t i = 0;
	while (i < SETTINGS && strcmp(config_settings[i].key, key) != 0)
		i++;
	CHECK(i < SETTINGS);
	return i;
}

static void set(size_t i, const char *text, const char *origin) {
	struct value *v = &values[i];
	free(v->text);
	free(v->origin);
	v->text = text ? strdup(text) : NULL;
	v->origin = origin ? strdup(origin) : NULL;
	CHECK((v->text || !text) && (v->origin || !origin));
}

static void set_by_file(const struct setting *s, const char *text, const char *origin) {
	set((size_t)(s - config_settings), text, origin);
}

static void set_by_env(size_t i, const char *name) {
	struct err e = {0};
	struct strbuf text = {0}, origin = {0};
	strbuf_printf(&origin, "$%s", name);
	/* A locale says more than the language: zh_CN.UTF-8. */
	if (config_settings[i].kind == SETTING_LANGUAGE)
		strbuf_adds(&text, strncmp(getenv(name), "zh", 2) == 0 ? "zh" : "en");
	else
		strbuf_adds(&text, getenv(name));
	if (setting_fits(&config_settings[i], text.data, &e))
		set(i, text.data, origin.data);
	else
		strbuf_printf(&wrong, "%s: %s\n", origin.data, e.text);
	strbuf_fini(&text);
	strbuf_fini(&origin);
}

/* The first of them that is set; an empty one isn't. */
static void take_env(size_t i, const char *const *names, size_t n) {
	for (size_t k = 0; k < n && names[k]; k++) {
		const char *value = getenv(names[k]);
		if (value && *value) {
			set_by_env(i, names[k]);
			return;
		}
	}
}

/* --lang zh, --lang=zh, anywhere: the word is needed before flags are read. */
static const char *language_of(char *const *argv) {
	for (; *argv && strcmp(*argv, "--") != 0; argv++) {
		if (strncmp(*argv, "--lang=", 7) == 0)
			return *argv + 7;
		if (strcmp(*argv, "--lang") == 0)
			return argv[1];
	}
	return NULL;
}

void config_read(char *const *argv) {
	const char *lang = language_of(argv);
	config_files_load(&files);
	for (size_t i = 0; i < SETTINGS; i++) {
		set(i, config_settings[i].fallback, NULL);
		take_env(i, config_settings[i].under, COUNT_OF(config_settings[i].under));
	}
	/* Faults are sentences, so the language comes before them. */
	const char *of_file = config_files_language(&files), *env = getenv("GRIDCTL_LANG");
	const char *best = lang ? lang : env && *env ? env : of_file ? of_file : config_str("language");
	term_set_language(strncmp(best, "zh", 2) == 0);
	config_files_decode(&files, set_by_file, &wrong);
	for (size_t i = 0; i < SETTINGS; i++)
		take_env(i, config_settings[i].env, COUNT_OF(config_settings[i].env));
	term_set_colors(strcmp(config_str("color"), "never") != 0);
}

bool config_take(const struct args *args, struct err *e) {
	struct strbuf origin = {0};
	bool ok = true;
	for (size_t i = 0; ok && i < SETTINGS; i++) {
		const struct setting *s = &config_settings[i];
		struct json_object *given = s->flag ? tree_get(args->own, s->key) : NULL;
		if (!given)
			given = s->flag && strcmp(s->key, "town") == 0 ? tree_get(args->params, s->key) : NULL;
		if (!given)
			continue;
		strbuf_clear(&origin);
		strbuf_printf(&origin, "--%s", s->flag);
		const char *text = json_object_get_string(given);
		ok = setting_fits(s, text, e) || err_wrap(e, "%s", origin.data);
		if (ok)
			set(i, text, origin.data);
	}
	strbuf_fini(&origin);
	term_set_colors(strcmp(config_str("color"), "never") != 0);
	return ok;
}

int config_check(void) {
	if (wrong.len == 0)
		return EXIT_DONE;
	struct strbuf safe = {0};
	safe_add(&safe, wrong.data, SAFE_TEXT);
	term_error(NULL, "%s\n%s  %s %s", T("the configuration is broken, so nothing was done:", "配置有误，未执行任何操作："),
	           safe.data, T("try:", "可试:"), T("put that right; gridctl config path lists the files",
	                                            "先改正；gridctl config path 列出配置文件"));
	strbuf_fini(&safe);
	return EXIT_USAGE;
}

void config_free(void) {
	for (size_t i = 0; i < SETTINGS; i++) {
		free(values[i].text);
		free(values[i].origin);
		values[i] = (struct value){0};
	}
	config_files_free(&files);
	strbuf_fini(&wrong);
	strbuf_fini(&token);
}

const char *config_str(const char *key) { return values[index_of(key)].text; }
const char *config_origin(const char *key) { return values[index_of(key)].origin; }

int64_t config_int(const char *key) {
	const char *text = config_str(key);
	return text ? strtoll(text, NULL, 10) : 0;
}

bool config_bool(const char *key) {
	const char *text = config_str(key);
	return text && strcmp(text, "true") == 0;
}

bool config_token(const char **out, struct err *e) {
	const char *said = config_str("token"), *path = config_str("token_file");
	*out = said;
	if (said || !path)
		return true;
	if (token.len == 0 && !token_file_read(path, &token, e))
		return false;
	*out = token.data;
	return true;
}

const char *config_file(size_t i, bool *exists) {
	*exists = i < COUNT_OF(files.v) && files.v[i].exists;
	return i < COUNT_OF(files.v) ? files.v[i].path.data : NULL;
}
