/* bench_load: sends prepared lines to gridd over many connections, so many in flight on each, and measures the answers.
 *
 * With a pace, line i is due i / pace seconds after the start, and its latency counts from there, whether or not it could be
 * sent then: who is kept waiting waits all the same. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18, WORST_SHOWN = 3 };

struct line {
	const char *text;
	size_t n;                           /* with its newline */
	int64_t sent_ns, latency_ns;
};

struct peer {
	int fd;
	size_t next, step;                  /* which lines are ours: every step-th */
	size_t in_flight;
	size_t written;                     /* bytes of the line that is on its way */
	size_t pending;                     /* its number, or SIZE_MAX */
	char *input;
	size_t input_n, input_room;
};

static struct line *lines;
static size_t n_lines, n_answered, n_errors;
static size_t window;
static double pace;                     /* lines a second; 0: as fast as they are answered */
static int64_t began_ns;

static int64_t now_ns(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static _Noreturn void die(const char *what) {
	fprintf(stderr, "bench_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static char *read_file(const char *path, size_t *n) {
	const int fd = open(path, O_RDONLY);
	const off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char *text = size < 0 ? NULL : malloc((size_t)size + 1);
	if (!text)
		die(path);
	*n = 0;
	(void)lseek(fd, 0, SEEK_SET);
	for (ssize_t got; *n < (size_t)size; *n += (size_t)got)
		if ((got = read(fd, text + *n, (size_t)size - *n)) <= 0)
			die(path);
	close(fd);
	return text;
}

/* Every line's id must be its place in the file, counted from 0. */
static void read_lines(const char *path) {
	size_t n, room = 0;
	char *text = read_file(path, &n);
	for (char *at = text, *end; at < text + n && (end = memchr(at, '\n', (size_t)(text + n - at))) != NULL; at = end + 1) {
		if (n_lines == room) {
			room = room ? room * 2 : 1024;
			lines = realloc(lines, room * sizeof *lines);
			if (!lines)
				die("memory");
		}
		lines[n_lines++] = (struct line){.text = at, .n = (size_t)(end + 1 - at)};
	}
}

static void peer_open(struct peer *p, const char *path, size_t i, size_t peers) {
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof to.sun_path) {
		errno = ENAMETOOLONG;
		die(path);
	}
	memcpy(to.sun_path, path, strlen(path) + 1);
	*p = (struct peer){.fd = socket(AF_UNIX, SOCK_STREAM, 0), .next = i, .step = peers, .pending = SIZE_MAX};
	if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&to, sizeof to) != 0 || fcntl(p->fd, F_SETFL, O_NONBLOCK) != 0)
		die(path);
	p->input_room = READ_BYTES;
	p->input = malloc(p->input_room);
	if (!p->input)
		die("memory");
}

static int64_t due_ns(size_t line) { return began_ns + (int64_t)((double)line / pace * 1e9); }

/* Sends while the window and the socket have room, and something is due. */
static void peer_write(struct peer *p) {
	for (;;) {
		if (p->pending == SIZE_MAX) {
			if (p->in_flight == window || p->next >= n_lines || (pace > 0 && due_ns(p->next) > now_ns()))
				return;
			p->pending = p->next;
			p->next += p->step;
			p->written = 0;
			p->in_flight++;
			lines[p->pending].sent_ns = pace > 0 ? due_ns(p->pending) : now_ns();
		}
		struct line *l = &lines[p->pending];
		const ssize_t n = send(p->fd, l->text + p->written, l->n - p->written, MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			die("send");
		p->written += (size_t)n;
		if (p->written == l->n)
			p->pending = SIZE_MAX;
	}
}

/* `..., "id":17}`: gridd writes the id last. */
static size_t id_of(const char *reply, size_t n) {
	static const char mark[] = "\"id\":";
	for (const char *at = reply + n - sizeof mark; at >= reply; at--)
		if (memcmp(at, mark, sizeof mark - 1) == 0)
			return (size_t)strtoull(at + sizeof mark - 1, NULL, 10);
	return SIZE_MAX;
}

static void take_reply(struct peer *p, const char *reply, size_t n) {
	const size_t id = id_of(reply, n);
	if (id >= n_lines) {
		fprintf(stderr, "bench_load: a reply without our id: %.*s\n", (int)(n < 300 ? n : 300), reply);
		exit(1);
	}
	lines[id].latency_ns = now_ns() - lines[id].sent_ns;
	if (!memmem(reply, n < 64 ? n : 64, "\"result\"", 8) && n_errors++ < WORST_SHOWN)
		fprintf(stderr, "bench_load: %.*s\n", (int)(n < 300 ? n : 300), reply);
	n_answered++;
	p->in_flight--;
}

static void peer_read(struct peer *p) {
	if (p->input_n == p->input_room) {
		p->input_room *= 2;
		p->input = realloc(p->input, p->input_room);
		if (!p->input)
			die("memory");
	}
	const ssize_t n = recv(p->fd, p->input + p->input_n, p->input_room - p->input_n, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		errno = n == 0 ? ECONNRESET : errno;
		die("recv");
	}
	const size_t before = p->input_n;
	p->input_n += (size_t)n;
	size_t from = 0;
	const char *end = memchr(p->input + before, '\n', (size_t)n);
	while (end) {
		const size_t next = (size_t)(end + 1 - p->input);
		take_reply(p, p->input + from, next - 1 - from);
		from = next;
		end = memchr(p->input + from, '\n', p->input_n - from);
	}
	memmove(p->input, p->input + from, p->input_n - from);
	p->input_n -= from;
}

/* Until the next line is due, or a minute: an answer takes no longer. */
static struct timespec patience(const struct peer *peers, size_t n) {
	int64_t ns = INT64_C(60000000000);
	const int64_t now = now_ns();
	for (size_t i = 0; pace > 0 && i < n; i++)
		if (peers[i].next < n_lines && peers[i].in_flight < window && due_ns(peers[i].next) - now < ns)
			ns = due_ns(peers[i].next) > now ? due_ns(peers[i].next) - now : 0;
	return (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

static void drive(struct peer *peers, size_t n) {
	struct pollfd *polls = calloc(n, sizeof *polls);
	if (!polls)
		die("memory");
	while (n_answered < n_lines) {
		for (size_t i = 0; i < n; i++) {
			peer_write(&peers[i]);
			polls[i] = (struct pollfd){.fd = peers[i].fd, .events = POLLIN};
			if (peers[i].pending != SIZE_MAX)
				polls[i].events |= POLLOUT;
		}
		const struct timespec wait = patience(peers, n);
		const int ready = ppoll(polls, n, &wait, NULL);
		if (ready < 0 || (ready == 0 && wait.tv_sec >= 60))
			die("no answer for a minute");
		for (size_t i = 0; i < n; i++)
			if (polls[i].revents & (POLLIN | POLLHUP | POLLERR))
				peer_read(&peers[i]);
	}
	free(polls);
}

static int by_latency(const void *a, const void *b) {
	const struct line *x = a, *y = b;
	return (x->latency_ns > y->latency_ns) - (x->latency_ns < y->latency_ns);
}

static double percentile_us(double share) { return (double)lines[(size_t)(share * (double)(n_lines - 1))].latency_ns / 1e3; }

int main(int argc, char **argv) {
	if (argc != 5 && argc != 6) {
		fprintf(stderr, "usage: bench_load SOCKET FILE CONNECTIONS IN_FLIGHT [PER_SECOND]\n");
		return 2;
	}
	read_lines(argv[2]);
	const size_t n = strtoul(argv[3], NULL, 10);
	window = strtoul(argv[4], NULL, 10);
	pace = argc == 6 ? strtod(argv[5], NULL) : 0;
	struct peer *peers = calloc(n ? n : 1, sizeof *peers);
	if (!n || !window || !n_lines || !peers) {
		fprintf(stderr, "bench_load: nothing to do\n");
		return 2;
	}
	for (size_t i = 0; i < n; i++)
		peer_open(&peers[i], argv[1], i, n);
	began_ns = now_ns();
	drive(peers, n);
	const double seconds = (double)(now_ns() - began_ns) / 1e9;
	qsort(lines, n_lines, sizeof *lines, by_latency);
	printf("calls=%zu errors=%zu seconds=%.3f per_second=%.0f p50_us=%.0f p99_us=%.0f max_us=%.0f\n", n_lines, n_errors, seconds,
	       (double)n_lines / seconds, percentile_us(0.50), percentile_us(0.99), percentile_us(1.0));
	return n_errors != 0;
}
