/* post: hands one message to one channel, and says what came of it. It blocks: for threads of the worker, never for the
 * loop. It keeps no state and touches nothing that is shared: any number of threads at once. A program that it starts
 * (exec) is waited for by its pid: nobody else in the process may wait for any child. */
#ifndef GRIDD_POST_POST_H
#define GRIDD_POST_POST_H

#include "daemon/base/err.h"
#include "daemon/post/message.h"

enum post_kind { POST_EXEC, POST_MAIL, POST_WEBHOOK, POST_FILE, POST_KINDS };
extern const char *const post_kind_names[POST_KINDS + 1];              /* "exec" "mail" "webhook" "file" */

/* `to` of a contact -> an address; what isn't in the map is an address itself. */
struct address {
	const char *to, *address;
};
typedef LIST_OF(struct address) address_list;

enum mail_tls { TLS_IF_OFFERED, TLS_ALWAYS, TLS_NEVER, MAIL_TLS_WORDS };       /* of smtp:// ; smtps:// always is */
extern const char *const mail_tls_names[MAIL_TLS_WORDS + 1];           /* "if_offered" "always" "never" */

enum bundle { BUNDLE_NONE, BUNDLE_HOUR, BUNDLE_WORDS };                /* of notices: at once, or by the hour */
extern const char *const bundle_names[BUNDLE_WORDS + 1];               /* "none" "hour" */

/* A channel as config has it; read only once it is there. */
struct post_channel {
	const char *name;                   /* as contacts name it: "phone" */
	enum post_kind kind;
	enum bundle bundle;
	int32_t limit_s;                    /* of one try; 0: as long as any may take */
	struct strs exec;                   /* program and arguments; the message's json comes on its standard input */
	struct {
		const char *url;                /* smtp://HOST:PORT, smtps://HOST:PORT */
		enum mail_tls tls;
		const char *from;               /* "gridd@town.example" */
		const char *user, *password_file;      /* NULL: none */
		const char *ca_file;            /* NULL: the system's */
		address_list addresses;
	} mail;
	struct {
		const char *url;                /* http:// or https:// */
		const char *secret_file;        /* holds "whsec_" and base64; NULL: not signed */
		const char *ca_file;
	} webhook;
	const char *dir;                    /* of file: a message becomes files in here */
};
typedef LIST_OF(struct post_channel) post_channel_list;

const struct post_channel *post_channel_find(const post_channel_list *list, const char *name);   /* NULL: none */

enum post_end {
	POST_DELIVERED,
	POST_FAILED,                        /* may go better another time */
	POST_REFUSED,                       /* it never will: a dead letter at once */
	POST_GONE                           /* nor will anything else by this channel (410): pause it */
};
struct post_result {
	enum post_end end;
	int32_t again_in_s;                 /* of POST_FAILED: as the receiver asked (Retry-After); 0: the usual */
	char failure[240];                  /* one line for people; "" when delivered */
};

enum { POST_LIMIT_S = 60 };             /* no try takes longer; a program (exec) has half of it */

void post_init(void);                   /* once, before threads; SIGPIPE is ignored from here on */
/* now_us: wall time, for what is signed fresh at each try. */
void post_send(const struct post_channel *c, const struct message *m, int64_t now_us, struct post_result *out);

/* The message as RFC 5322 text with CRLF: what `mail` sends and `file` keeps as .eml. The same message gives the same bytes.
 * to: NULL where there is no address (undisclosed-recipients). False: an address isn't one. */
struct strbuf;
bool mail_write(const struct message *m, const char *from, const char *to, struct strbuf *out, struct err *e) MUST_CHECK;

/* The address that a mail channel's map has for `to`, else `to` itself. */
const char *mail_address_of(const struct post_channel *c, const char *to);

/* For who reads config. An address is ASCII, name@domain, without quotes, blanks or commas; a url has one of the channel's
 * schemes, a host, and no password in it. */
bool mail_address_check(const char *address, struct err *e) MUST_CHECK;
bool post_url_check(const char *url, enum post_kind kind, struct err *e) MUST_CHECK;

#endif
