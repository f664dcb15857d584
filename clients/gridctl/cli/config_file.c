/* config_file: files of settings, decoded by their table, all faults at once. */
#include "clients/gridctl/cli/config_file.h"

#include "daemon/base/check.h"
#include "daemon/base/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 256 << 10, TOKEN_BYTES = 1000 };

bool config_folder(struct strbuf *out) {
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	/* A relative one counts as unset, says the XDG specification. */
	if (xdg && *xdg == '/')
		strbuf_printf(out, "%s/gridctl", xdg);
	else if (home && *home)
		strbuf_printf(out, "%s/.config/gridctl", home);
	return out->len > 0;
}

/* At most `most` bytes of an open file. False: errno says why. */
static bool read_all(int fd, size_t most, struct strbuf *out) {
	ssize_t n;
	do {
		n = read(fd, strbuf_reserve(out, most), most);
		if (n > 0) {
			out->len += (size_t)n;
			out->data[out->len] = '\0';
		}
	} while ((n > 0 && out->len <= most) || (n < 0 && errno == EINTR));
	errno = n >= 0 ? EFBIG : errno;
	return n == 0 && out->len <= most;
}

static void load(struct config_files *files, size_t i) {
	const char *path = files->v[i].path.data;
	const int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (!path || (fd < 0 && (errno == ENOENT || errno == ENOTDIR)))
		return;
	files->v[i].exists = true;
	if (fd < 0 || !read_all(fd, FILE_BYTES, &files->v[i].text))
		faults_add(&files->faults, (struct fault){.file = path, .line = 1, .col = 1, .code = "read",
		                                          .message = arena_strdup(&files->arena, strerror(errno))});
	else if (!yaml_read(path, files->v[i].text.data ? files->v[i].text.data : "", files->v[i].text.len, &files->arena,
	                    &files->v[i].root, &files->faults))
		files->v[i].root = NULL;
	if (fd >= 0)
		(void)close(fd);
}

void config_files_load(struct config_files *files) {
	const char *etc = getenv("GRIDCTL_ETC");
	arena_init(&files->arena);
	faults_init(&files->faults, &files->arena);
	strbuf_printf(&files->v[0].path, "%s/gridctl.yaml", etc && *etc ? etc : "/etc/gridd");
	if (config_folder(&files->v[1].path))
		strbuf_adds(&files->v[1].path, "/config.yaml");
	for (size_t i = 0; i < COUNT_OF(files->v); i++)
		load(files, i);
}

const char *config_files_language(const struct config_files *files) {
	const char *found = NULL;
	for (size_t i = 0; i < COUNT_OF(files->v); i++) {
		const struct yaml_node *root = files->v[i].root;
		const struct yaml_node *n = root && root->kind == YAML_MAP ? yaml_get(root, "language") : NULL;
		if (n && n->kind == YAML_SCALAR && (strcmp(n->text, "zh") == 0 || strcmp(n->text, "en") == 0))
			found = n->text;
	}
	return found;
}

static bool fits_word(const struct setting *s, const char *text, struct err *e) {
	const size_t n = strlen(text);
	for (const char *w = s->words; *w; w += strcspn(w, " "), w += *w == ' ')
		if (strcspn(w, " ") == n && strncmp(w, text, n) == 0)
			return true;
	return err_set(e, E_USAGE, T("“%s” is none of: %s", "“%s”不在其中：%s"), text, s->words);
}

static bool fits_number(const char *text, struct err *e) {
	const size_t n = strspn(text, "0123456789");
	return (n > 0 && n <= 6 && !text[n]) ||
	       err_set(e, E_USAGE, T("“%s” is no number from 0 to 999999", "“%s”不是 0 到 999999 的整数"), text);
}

bool setting_fits(const struct setting *s, const char *text, struct err *e) {
	switch (s->kind) {
	case SETTING_NUMBER:
		return fits_number(text, e);
	case SETTING_SWITCH:
		return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
		       err_set(e, E_USAGE, T("“%s” is neither true nor false", "“%s”既不是 true 也不是 false"), text);
	case SETTING_LANGUAGE:
		return strcmp(text, "zh") == 0 || strcmp(text, "en") == 0 ||
		       err_set(e, E_USAGE, T("“%s” is neither zh nor en", "“%s”既不是 zh 也不是 en"), text);
	case SETTING_WORD:
		return fits_word(s, text, e);
	case SETTING_TEXT:
	case SETTING_FILE:
		return *text || err_set(e, E_USAGE, T("it is empty", "内容为空"));
	}
	return false;
}

/* A path as it is meant: from the home, or from the folder of the file that names it. */
static const char *resolved(struct config_files *files, size_t i, const char *path) {
	const char *home = getenv("HOME"), *self = files->v[i].path.data, *slash = strrchr(self, '/');
	if (path[0] == '~' && path[1] == '/' && home)
		return arena_printf(&files->arena, "%s%s", home, path + 1);
	if (path[0] == '/' || !slash)
		return path;
	return arena_printf(&files->arena, "%.*s/%s", (int)(slash - self), self, path);
}

/* The nearest of the setting's words. */
static const char *near_word(struct config_files *files, const struct setting *s, const char *text) {
	struct suggest near;
	suggest_start(&near, text);
	for (const char *w = s->words ? s->words : ""; *w; w += strcspn(w, " "), w += *w == ' ')
		suggest_offer(&near, arena_strndup(&files->arena, w, strcspn(w, " ")));
	return near.best;
}

/* A fault in the person's language, with the word that was probably meant. */
static void fault(struct config_files *files, size_t i, const struct yaml_node *at, const char *near, const char *text) {
	const char *file = files->v[i].path.data;
	if (near)
		yaml_fault(&files->faults, file, at, "value", NULL, T("%s; did you mean %s?", "%s；是不是 %s？"), text, near);
	else
		yaml_fault(&files->faults, file, at, "value", NULL, "%s", text);
}

/* Keys that aren't ours; and the token's, which is ours and yet doesn't belong here. */
static void check_key(struct config_files *files, size_t i, const struct yaml_node *n) {
	const struct yaml_node at = yaml_at_key(n);
	struct suggest near;
	suggest_start(&near, n->key);
	for (const struct setting *s = config_settings; s->key; s++) {
		if (strcmp(s->key, n->key) != 0) {
			if (!s->secret)
				suggest_offer(&near, s->key);
			continue;
		}
		if (s->secret)
			fault(files, i, &at, "token_file",
			      T("the token itself doesn't stand here, but the file that holds it", "这里不写令牌本身，只写存放它的文件"));
		return;
	}
	fault(files, i, &at, near.best,
	      arena_printf(&files->arena, T("there is no setting `%s`", "没有 `%s` 这项设置"), n->key));
}

static void decode_one(struct config_files *files, size_t i, const struct yaml_node *n, const struct setting *s,
                       void (*on_value)(const struct setting *s, const char *text, const char *origin)) {
	const char *file = files->v[i].path.data;
	struct err e = {0};
	if (n->kind != YAML_SCALAR)
		fault(files, i, n, NULL,
		      arena_printf(&files->arena, T("%s is one value, not a list or a map", "%s 应是单个值，不是列表或映射"), s->key));
	else if (!setting_fits(s, n->text, &e))
		fault(files, i, n, near_word(files, s, n->text), arena_printf(&files->arena, "%s: %s", s->key, e.text));
	else
		on_value(s, s->kind == SETTING_FILE ? resolved(files, i, n->text) : n->text,
		         arena_printf(&files->arena, "%s:%d", file, n->key_line));
}

static void decode(struct config_files *files, size_t i,
                   void (*on_value)(const struct setting *s, const char *text, const char *origin)) {
	const struct yaml_node *root = files->v[i].root;
	if (!root || yaml_is_null(root))
		return;
	if (root->kind != YAML_MAP) {
		fault(files, i, root, NULL, T("the file is a map of keys: `socket: PATH`", "文件应由“键: 值”组成，如 socket: 路径"));
		return;
	}
	for (const struct yaml_node *n = root->child; n; n = n->next)
		check_key(files, i, n);
	for (const struct setting *s = config_settings; s->key; s++) {
		const struct yaml_node *n = s->secret ? NULL : yaml_get(root, s->key);
		if (n && !yaml_is_null(n))
			decode_one(files, i, n, s, on_value);
	}
}

static const char *text_of(const char *file, void *ctx) {
	const struct config_files *files = ctx;
	for (size_t i = 0; i < COUNT_OF(files->v); i++)
		if (files->v[i].path.data && strcmp(files->v[i].path.data, file) == 0)
			return files->v[i].text.data;
	return NULL;
}

void config_files_decode(struct config_files *files,
                         void (*on_value)(const struct setting *s, const char *text, const char *origin),
                         struct strbuf *wrong) {
	for (size_t i = 0; i < COUNT_OF(files->v); i++)
		decode(files, i, on_value);
	if (files->faults.total > 0)
		faults_print(&files->faults, text_of, files, wrong);
}

void config_files_free(struct config_files *files) {
	for (size_t i = 0; i < COUNT_OF(files->v); i++) {
		strbuf_fini(&files->v[i].path);
		strbuf_fini(&files->v[i].text);
	}
	arena_fini(&files->arena);
	*files = (struct config_files){0};
}

/* Nobody but the caller (or root, for a service's file) owns it, and nobody else reads it. */
static bool is_private(const struct stat *st, const char *path, struct err *e) {
	if (!S_ISREG(st->st_mode))
		return err_set(e, E_USAGE, T("%s: the token is to be in a file", "%s：不是普通文件，不能存放令牌"), path);
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(e, E_USAGE, T("%s: the token's file belongs to somebody else", "%s：令牌文件不属于您"), path);
	if (st->st_mode & (S_IRWXG | S_IRWXO))
		return err_set(e, E_USAGE,
		               T("%s: others than its owner may read the token; chmod 600 it", "%s：令牌文件别人也能读，请 chmod 600"),
		               path);
	return true;
}

bool token_file_read(const char *path, struct strbuf *out, struct err *e) {
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0) {
		(void)err_sys(e, T("the token's file %s", "令牌文件 %s"), path);
		e->code = E_USAGE;
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	bool ok = is_private(&st, path, e);
	if (ok && !read_all(fd, TOKEN_BYTES, out)) {
		ok = err_sys(e, "%s", path);
		e->code = E_USAGE;
	}
	(void)close(fd);
	if (out->data) {
		out->len = strcspn(out->data, " \t\r\n");
		out->data[out->len] = '\0';
	}
	return ok && (out->len > 0 || err_set(e, E_USAGE, T("%s: there is no token in it", "%s：里面没有令牌"), path));
}
