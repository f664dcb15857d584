/* post_send: for tests: hands the message on standard input (JSON) to a channel of a config file, and prints what came of
 * it.
 *
 *   post_send CONFIG CHANNEL [NOW_S [N]]  {"end": "delivered", "again_in_s": 0, "failure": ""}; N at once, a line each
 *   post_send --mail FROM TO              the message as mail, or a sentence and exit 1 */
#include "daemon/app/config_file.h"
#include "daemon/base/check.h"
#include "daemon/base/clock.h"

#include <json-c/json.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *text_of(struct json_object *o, const char *key, const char *otherwise) {
	struct json_object *v = json_object_object_get(o, key);
	return v ? json_object_get_string(v) : otherwise;
}

static struct json_object *read_input(void) {
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *o = NULL;
	char bytes[65536];
	for (ssize_t n; !o && (n = read(STDIN_FILENO, bytes, sizeof bytes)) > 0;)
		o = json_tokener_parse_ex(tokener, bytes, (int)n);
	json_tokener_free(tokener);
	CHECK(o != NULL);
	return o;
}

static struct message message_of(struct json_object *o, struct arena *a) {
	struct message m = {.id = text_of(o, "id", "42-1"),
	                    .name = text_of(o, "name", "42-1.310106999"),
	                    .town = text_of(o, "town", "310106999"),
	                    .kind = text_of(o, "kind", "remind"),
	                    .to = text_of(o, "to", "office@town.example"),
	                    .subject = text_of(o, "subject", "A notice"),
	                    .language = text_of(o, "language", NULL),
	                    .text = text_of(o, "text", "Text.\n"),
	                    .html = text_of(o, "html", NULL),
	                    .json = text_of(o, "json", "{}"),
	                    .made_at_us = 1795442400 * INT64_C(1000000),
	                    .offset_s = 8 * 3600};
	struct json_object *list = json_object_object_get(o, "enclosures");
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		const char *text = text_of(item, "base64", "");
		const size_t n = strlen(text);
		unsigned char *bytes = arena_alloc(a, n + 1);
		const int got = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)n);
		CHECK(got >= 0);
		const size_t padding = strlen(text) - strcspn(text, "=");
		*LIST_ADD(&m.enclosures, a) = (struct enclosure){.name = text_of(item, "name", "x.bin"),
		                                                 .media_type = text_of(item, "media_type", NULL),
		                                                 .bytes = bytes,
		                                                 .n = (size_t)got - padding};
	}
	return m;
}

static int print_mail(const struct message *m, const char *from, const char *to) {
	struct strbuf mail;
	struct err e = {0};
	strbuf_init(&mail);
	const bool ok = mail_write(m, from, to, &mail, &e);
	if (ok)
		(void)fwrite(mail.data, 1, mail.len, stdout);
	else
		(void)fprintf(stderr, "%s\n", e.text);
	strbuf_fini(&mail);
	return ok ? 0 : 1;
}

enum { TRIES_MAX = 64 };

struct try {
	const struct post_channel *channel;
	const struct message *message;
	int64_t now_us;
	struct post_result result;
	pthread_t thread;
};

static void *run(void *arg) {
	struct try *t = arg;
	post_send(t->channel, t->message, t->now_us, &t->result);
	return NULL;
}

static void print_result(const struct post_result *r) {
	static const char *const ends[] = {"delivered", "failed", "refused", "gone"};
	struct json_object *o = json_object_new_object();
	json_object_object_add(o, "end", json_object_new_string(ends[r->end]));
	json_object_object_add(o, "again_in_s", json_object_new_int(r->again_in_s));
	json_object_object_add(o, "failure", json_object_new_string(r->failure));
	(void)puts(json_object_to_json_string(o));
	json_object_put(o);
}

static void send_at_once(const struct try *one, size_t n) {
	struct try tries[TRIES_MAX];
	CHECK(n <= TRIES_MAX);
	for (size_t i = 0; i < n; i++) {
		tries[i] = *one;
		CHECK(pthread_create(&tries[i].thread, NULL, run, &tries[i]) == 0);
	}
	for (size_t i = 0; i < n; i++) {
		CHECK(pthread_join(tries[i].thread, NULL) == 0);
		print_result(&tries[i].result);
	}
}

static int send_by_config(const struct message *m, char **argv, int argc) {
	struct config config = {0};
	struct strbuf why;
	arena_init(&config.arena);
	strbuf_init(&why);
	if (!config_file_read(argv[1], &config, &why)) {
		(void)fputs(why.data, stderr);
		return 2;
	}
	const struct post_channel *channel = post_channel_find(&config.channels, argv[2]);
	CHECK(channel != NULL);
	post_init();
	const int64_t now_us = argc > 3 ? strtoll(argv[3], NULL, 10) * INT64_C(1000000) : clock_host_us();
	send_at_once(&(struct try){.channel = channel, .message = m, .now_us = now_us},
	             argc > 4 ? strtoul(argv[4], NULL, 10) : 1);
	arena_fini(&config.arena);
	strbuf_fini(&why);
	return 0;
}

int main(int argc, char **argv) {
	CHECK(argc >= 3);
	struct arena arena;
	arena_init(&arena);
	struct json_object *input = read_input();
	const struct message m = message_of(input, &arena);
	const int status =
	    strcmp(argv[1], "--mail") == 0 ? print_mail(&m, argv[2], argc > 3 ? argv[3] : NULL) : send_by_config(&m, argv, argc);
	json_object_put(input);
	arena_fini(&arena);
	return status;
}
