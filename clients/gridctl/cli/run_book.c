/* run_book: a file for each run. */
#include "clients/gridctl/cli/run_book.h"

#include "clients/gridctl/term/read.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"
#include "daemon/base/clock.h"
#include "daemon/wire/json_out.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { VALID_SECONDS = 24 * 3600, NONCE_BYTES = 12, RUN_CHARS = 5 + 2 * NONCE_BYTES };
static const char prefix[] = "bulk-";

static void add_hex(struct strbuf *out, const unsigned char *bytes, size_t n) {
	for (size_t i = 0; i < n; i++)
		strbuf_printf(out, "%02x", bytes[i]);
}

/* What makes two commands the same: who asks whom for what, about which cases. */
static void add_name(struct strbuf *out, const struct ctl *ctl) {
	static const char *const owns[] = {"socket", "token"}, *const envs[] = {"GRIDD_SOCKET", "GRIDD_TOKEN"};
	unsigned char hash[SHA256_DIGEST_LENGTH];
	struct strbuf same = {0};
	struct json_out j;
	strbuf_printf(&same, "%s\n", ctl->command->method);
	for (size_t i = 0; i < COUNT_OF(owns); i++) {
		const char *own = own_str(&ctl->args, owns[i]), *env = getenv(envs[i]);
		strbuf_printf(&same, "%s\n", own ? own : env ? env : "");
	}
	jout_init(&j, &same);
	jout_canonical(&j, ctl->args.params, NULL);
	jout_canonical(&j, tree_get(ctl->args.own, "where"), NULL);
	(void)SHA256((const unsigned char *)same.data, same.len, hash);
	add_hex(out, hash, sizeof hash);
	strbuf_fini(&same);
}

static bool make_folders(char *path) {
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		const bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
		*slash = '/';
		if (!ok)
			return false;
	}
	return true;
}

static bool find_path(struct run_book *book, const struct ctl *ctl) {
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (state && *state)
		strbuf_printf(&book->path, "%s/gridctl/", state);
	else if (home && *home)
		strbuf_printf(&book->path, "%s/.local/state/gridctl/", home);
	else
		return false;
	strbuf_adds(&book->path, "bulk-");
	add_name(&book->path, ctl);
	return make_folders(book->path.data);
}

/* A run that broke off less than a day ago. */
static bool read_earlier(struct run_book *book) {
	struct stat st;
	struct err ignored;
	if (stat(book->path.data, &st) != 0 || clock_host_us() / SECOND_US - st.st_mtime > VALID_SECONDS ||
	    !read_file(book->path.data, &book->text, &ignored))
		return false;
	const bool sound = book->text.len == RUN_CHARS && strncmp(book->text.data, prefix, sizeof prefix - 1) == 0;
	if (!sound) {
		strbuf_clear(&book->text);
		return false;
	}
	char when[64] = "";
	struct tm tm;
	if (localtime_r(&st.st_mtime, &tm))
		(void)strftime(when, sizeof when, "%H:%M", &tm);
	fprintf(stderr,
	        T("going on with the run of %s, which broke off: what it did isn't done again\n",
	          "继续 %s 中断的那次办理：已办的不会重复\n"),
	        when);
	return true;
}

static void make_run(struct run_book *book) {
	unsigned char nonce[NONCE_BYTES];
	CHECK(getrandom(nonce, sizeof nonce, 0) == (ssize_t)sizeof nonce);
	strbuf_adds(&book->text, prefix);
	add_hex(&book->text, nonce, sizeof nonce);
}

static bool write_run(const struct run_book *book) {
	const int fd = open(book->path.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	const bool ok = write(fd, book->text.data, book->text.len) == (ssize_t)book->text.len && fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

void run_book_open(struct run_book *book, const struct ctl *ctl) {
	const char *key = tree_str(ctl->args.params, "key");
	*book = (struct run_book){0};
	if (key) {
		strbuf_adds(&book->text, key);
	} else if (!find_path(book, ctl)) {
		make_run(book);
	} else if (read_earlier(book)) {
		book->kept = true;
	} else {
		make_run(book);
		book->kept = write_run(book);
	}
	book->run = book->text.data;
	if (!key && !book->kept)
		fprintf(stderr,
		        T("this run cannot be remembered in %s; should it break off, add --key %s\n",
		          "无法在 %s 记下这次办理；如果中断，请加上 --key %s\n"),
		        book->path.len ? book->path.data : "$HOME", book->run);
}

void run_book_close(struct run_book *book) {
	if (book->kept)
		(void)unlink(book->path.data);
}

void run_book_fini(struct run_book *book) {
	strbuf_fini(&book->path);
	strbuf_fini(&book->text);
}
