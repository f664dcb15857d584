/* pager: a child that shows what is longer than the screen. */
#include "clients/gridctl/term/pager.h"

#include "clients/gridctl/term/term.h"
#include "clients/gridctl/term/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child = -1;
static int its_input = -1;

static const char *named(void) {
	static const char *const names[] = {"GRIDCTL_PAGER", "PAGER"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);
		if (value)
			return value;
	}
	return NULL;
}

bool pager_is_there(void) {
	const char *name = named(), *term = getenv("TERM");
	if (name)
		return *name && strcmp(name, "cat") != 0;
	/* less shows bytes of other encodings as signs, and wants a terminal that can scroll. */
	return !term_charset() && term && strcmp(term, "dumb") != 0;
}

bool pager_wanted(const char *text) {
	const int width = term_width(), height = term_height();
	int rows = 0;
	while (text && *text && rows < height) {
		const size_t n = strcspn(text, "\n");
		char *line = strndup(text, n);
		const int columns = line ? text_width(line) : 0;
		free(line);
		rows += columns > width ? (columns + width - 1) / width : 1;
		text += n + (text[n] == '\n');
	}
	return rows >= height;
}

static _Noreturn void become_pager(int input) {
	(void)dup2(input, STDIN_FILENO);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	if (!term_charset())
		(void)setenv("LESSCHARSET", "utf-8", 0);
	(void)execl("/bin/sh", "sh", "-c", named() ? named() : "less -FRX || cat", (char *)NULL);
	_exit(EXIT_FAILED);
}

int pager_start(void) {
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	child = fork();
	if (child == 0)
		become_pager(ends[0]);
	(void)close(ends[0]);
	if (child < 0) {
		(void)close(ends[1]);
		return -1;
	}
	/* Ctrl-C and leaving early are its business from here on. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	its_input = ends[1];
	return its_input;
}

void pager_end(void) {
	(void)close(its_input);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	child = -1;
}
