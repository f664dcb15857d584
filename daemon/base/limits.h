/* limits: every size that a peer or a file could otherwise choose, each with its reason. */
#ifndef GRIDD_BASE_LIMITS_H
#define GRIDD_BASE_LIMITS_H

enum {
	/* wire: contract of the protocol (docs/protocol.md) */
	LIMIT_LINE_BYTES = 1 << 20,            /* one message; a case with its text and links is under 10 kB */
	LIMIT_JSON_DEPTH = 32,                 /* params nest 4 deep; more is an attack on the stack */
	LIMIT_BATCH_CALLS = 1000,
	LIMIT_BATCH_REPLY_BYTES = 16 << 20,
	LIMIT_KEY_BYTES = 200,
	LIMIT_CODE_BYTES = 64,                 /* ids of classes, units, estates, channels, rules */
	LIMIT_NAME_BYTES = 200,
	LIMIT_ADDRESS_BYTES = 1000,
	LIMIT_TEXT_BYTES = 65536,              /* a hotline order with its transcript */
	LIMIT_URI_BYTES = 2000,
	LIMIT_ATTACHMENTS = 50,
	LIMIT_ATTRS = 50,
	LIMIT_TAGS = 20,
	LIMIT_DEADLINES = 8,
	LIMIT_ASSISTANTS = 20,                 /* units beside the lead, named by one call */
	LIMIT_LIST_ROWS = 500,
	/* net: per connection and in all */
	LIMIT_CONN_CALLS = 64,                 /* in flight; then we stop reading that connection */
	LIMIT_CONN_OUTPUT_BYTES = 4 << 20,     /* unread replies; then we stop reading that connection */
	LIMIT_WAITING_CALLS = 20000,           /* writing calls waiting for the database, all connections; then overloaded */
	LIMIT_CONNECTIONS = 20000,
	/* store */
	LIMIT_WRITE_BATCH = 200,               /* commands in one transaction */
	LIMIT_WRITE_GROUP = 51,                /* cases that one command changes: a case and those merged into it */
	LIMIT_TIME_BATCH = 100,                /* firings in one transaction: a waiting call waits for no more */
	LIMIT_LOAD_BATCH = 500,                /* cases loaded by one statement */
	LIMIT_FEED_ROWS = 500,                 /* events in one answer */
	LIMIT_SUBSCRIBERS = 1000,              /* connections that follow the feed */
	/* rules */
	LIMIT_YAML_DEPTH = 16,
	LIMIT_PACK_BYTES = 256 << 20,
	LIMIT_PACK_FILES = 500,
	LIMIT_FAULTS = 200,                    /* faults listed of one pack or one params object; the rest is counted */
};

#endif
