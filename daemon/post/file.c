/* file: a message becomes files in a folder. The same message again writes the same bytes over itself. */
#include "daemon/base/strbuf.h"
#include "daemon/post/post_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Nobody sends what lies in a folder; the address only has to be one. */
static const char from_here[] = "gridd@localhost";

static bool write_all(int fd, const char *bytes, size_t n) {
	for (size_t done = 0; done < n;) {
		const ssize_t wrote = write(fd, bytes + done, n - done);
		if (wrote < 0 && errno != EINTR)
			return false;
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	return fsync(fd) == 0;
}

/* Whole or not at all: under a name of this thread's own first, which a try that was killed may have left behind. */
static bool put(int dir, const char *name, const void *bytes, size_t n, struct err *e) {
	char hidden[64];
	(void)snprintf(hidden, sizeof hidden, ".gridd-%d-%d.tmp", (int)getpid(), (int)gettid());
	const int fd = openat(dir, hidden, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "cannot write %s", name);
	bool ok = write_all(fd, bytes, n) || err_sys(e, "cannot write %s", name);
	(void)close(fd);
	ok = ok && (renameat(dir, hidden, dir, name) == 0 || err_sys(e, "cannot write %s", name));
	if (!ok)
		(void)unlinkat(dir, hidden, 0);
	return ok;
}

static bool put_enclosures(int dir, const struct message *m, struct err *e) {
	struct strbuf name;
	bool ok = true;
	strbuf_init(&name);
	for (size_t i = 0; i < m->enclosures.n && ok; i++) {
		const struct enclosure *x = &m->enclosures.v[i];
		strbuf_clear(&name);
		post_add_name(&name, x->name);
		ok = put(dir, name.data, x->bytes, x->n, e);
	}
	strbuf_fini(&name);
	return ok;
}

static bool put_mail(int dir, const struct message *m, const char *name, struct err *e) {
	struct err not_one;
	struct strbuf mail;
	strbuf_init(&mail);
	const bool ok = mail_write(m, from_here, mail_address_check(m->to, &not_one) ? m->to : NULL, &mail, e) &&
	                put(dir, name, mail.data, mail.len, e);
	strbuf_fini(&mail);
	return ok;
}

static bool put_text(int dir, const char *name, const char *text, struct err *e) {
	return put(dir, name, text, strlen(text), e);
}

/* The .json comes last: where it is, all of the message is. */
static bool put_message(int dir, const struct message *m, struct err *e) {
	struct strbuf name;
	bool ok = true;
	strbuf_init(&name);
	post_add_name(&name, m->name);
	const size_t stem = name.len;
	if (m->html || m->enclosures.n) {
		strbuf_adds(&name, ".eml");
		ok = put_enclosures(dir, m, e) && put_mail(dir, m, name.data, e);
		name.len = stem;
		strbuf_adds(&name, ".txt");
		ok = ok && put_text(dir, name.data, m->text, e);
		name.len = stem;
	}
	if (m->html) {
		strbuf_adds(&name, ".html");
		ok = ok && put_text(dir, name.data, m->html, e);
		name.len = stem;
	}
	strbuf_adds(&name, ".json");
	ok = ok && put_text(dir, name.data, m->json, e);
	strbuf_fini(&name);
	return ok;
}

void file_post(const struct post_channel *c, const struct message *m, int64_t now_us, struct post_result *out) {
	(void)now_us;
	struct err e = {0};
	const int dir = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = dir >= 0 || err_sys(&e, "cannot open the folder %s", c->dir);
	ok = ok && put_message(dir, m, &e) && (fsync(dir) == 0 || err_sys(&e, "cannot store the folder %s", c->dir));
	if (dir >= 0)
		(void)close(dir);
	if (ok)
		out->end = POST_DELIVERED;
	else
		post_ended(out, POST_FAILED, "%s", e.text);
}
