/* yaml: strict reading of a YAML file into nodes that know where they stand (libyaml's event API).
 *
 * Refused: anchors, aliases, tags, merge keys, duplicate keys, directives, second documents, depth > LIMIT_YAML_DEPTH,
 * complex keys. Scalars are strings until a reader says otherwise: `no` is "no", 08:30 is "08:30". A long list can be taken
 * item by item, so that 100,000 entries need the memory of one. */
#ifndef GRIDD_BASE_YAML_H
#define GRIDD_BASE_YAML_H

#include "daemon/base/faults.h"

#include <stdint.h>

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	int line, col;                      /* from 1; of the value */
	const char *key;                    /* within a map; else NULL */
	int key_line, key_col;
	const char *text;                   /* of a scalar; never NULL there */
	bool plain;                         /* a scalar without quotes */
	struct yaml_node *child, *next;     /* first item of a list or map; the next item beside this one */
};

/* Parses one document. False: faults were added (file = name). An empty file is an empty map. */
bool yaml_read(const char *name, const char *text, size_t n, struct arena *a, struct yaml_node **out, struct faults *faults)
    MUST_CHECK;
/* The same for a file of many: keys and texts are those interned in `strings`, and live as long as that. If the root has a list
 * under the key `each`, its items are handed over one after the other, and the list is empty in the end. An item's nodes die
 * with the call; after a fault in the file there are no more calls. */
struct dict;
struct yaml_text {
	const char *name, *text;
	size_t n;
	struct dict *strings;
	const char *each;                   /* NULL: no such list */
	void (*take)(const struct yaml_node *item, void *ctx);
	void *ctx;
};
bool yaml_read_text(const struct yaml_text *in, struct arena *a, struct yaml_node **out, struct faults *faults) MUST_CHECK;
/* How many items a list or map has. */
size_t yaml_count(const struct yaml_node *node);
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);    /* NULL: not there */
bool yaml_is_null(const struct yaml_node *n);       /* NULL, or a plain empty, ~ or null scalar */
/* Reports every key of the map that isn't in the NULL-terminated list, with the nearest known one. */
void yaml_known_keys(const struct yaml_node *map, const char *const *known, const char *file, struct faults *faults);
/* A stand-in for a fault at the node's key rather than at its value. */
struct yaml_node yaml_at_key(const struct yaml_node *n);
/* A fault at a node. */
void yaml_fault(struct faults *f, const char *file, const struct yaml_node *at, const char *code, const char *suggestion,
                const char *fmt, ...) PRINTF_LIKE(6, 7);

/* Prints faults as `file:line:col: message`, the source line, a caret under the column (by display width), and the suggestion.
 * text_of gives a file's text by name, or NULL. */
struct strbuf;
void faults_print(const struct faults *f, const char *(*text_of)(const char *file, void *ctx), void *ctx, struct strbuf *out);

#endif
