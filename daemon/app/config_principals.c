/* config_principals: decodes `principals`, a row each; two rows never share a name, a uid, a gid or a token. */
#include "daemon/app/config_principals.h"

#include "daemon/base/check.h"
#include "daemon/base/suggest.h"

#include <ctype.h>
#include <string.h>

enum { MAX_ID = 4294967294L };

/* A row in the making, and where its parts stand. */
struct row_reading {
	struct reading *r;
	struct principal_row *row;
};

static void read_name(struct row_reading *rr, const struct yaml_node *n) {
	const char *name = text_of(rr->r, n);
	if (!name)
		return;
	if (strlen(name) > PRINCIPAL_NAME_BYTES)
		fault(rr->r, n, "too_long", "a principal's name has at most 63 bytes");
	else if (strcmp(name, "gridd") == 0 || strncmp(name, "uid:", 4) == 0)
		fault(rr->r, n, "reserved", "this name is gridd's own: `gridd` is the actor of time, `uid:N` who has no name");
	else
		rr->row->name = name;
}

static void read_uid(struct row_reading *rr, const struct yaml_node *n) {
	long id = 0;
	rr->row->has_uid = number_of(rr->r, n, 0, MAX_ID, &id);
	rr->row->uid = (unsigned)id;
}

static void read_gid(struct row_reading *rr, const struct yaml_node *n) {
	long id = 0;
	rr->row->has_gid = number_of(rr->r, n, 0, MAX_ID, &id);
	rr->row->gid = (unsigned)id;
}

static bool hex_bytes(const char *text, unsigned char *out, size_t n) {
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < 2 * n; i++) {
		const char *digit = text[i] ? strchr(digits, tolower((unsigned char)text[i])) : NULL;
		if (!digit)
			return false;
		out[i / 2] = (unsigned char)((i % 2 ? out[i / 2] << 4 : 0) | (digit - digits));
	}
	return text[2 * n] == '\0';
}

static void read_tokens(struct row_reading *rr, const struct yaml_node *n) {
	struct arena *a = &rr->r->config->arena;
	for (const struct yaml_node *item = items_of(n); item; item = next_item(n, item)) {
		const char *text = text_of(rr->r, item);
		const char *colon = text ? strchr(text, ':') : NULL;
		struct token t = {.id = colon ? arena_printf(a, "%.*s", (int)(colon - text), text) : ""};
		if (text && !access_token_id(t.id)) {
			fault(rr->r, item, "format",
			      "a token is \"ID:SHA256\": the id has 1 to 64 letters, digits or -_+@/");
		} else if (text && !hex_bytes(colon + 1, t.sha256, sizeof t.sha256)) {
			fault(rr->r, item, "format",
			      "behind the colon stand the 64 hex digits of the secret's SHA-256; gridd --new-token ID makes both");
		} else if (text) {
			*LIST_ADD(&rr->row->tokens, a) = t;
		}
	}
}

static void read_role(struct row_reading *rr, const struct yaml_node *n) {
	struct suggest s;
	const char *word = n->kind == YAML_SCALAR ? n->text : "";
	suggest_start(&s, word);
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(role_names[i], word) == 0) {
			rr->row->roles |= 1U << i;
			return;
		}
		suggest_offer(&s, role_names[i]);
	}
	yaml_fault(rr->r->faults, rr->r->file, n, "unknown", s.best, "there is no role %.40s", word);
}

static void read_roles(struct row_reading *rr, const struct yaml_node *n) {
	for (const struct yaml_node *role = items_of(n); role; role = next_item(n, role))
		read_role(rr, role);
}

/* A code as packs have them; NULL: a fault was added. */
static const char *code_of(struct reading *r, const struct yaml_node *n) {
	const char *text = text_of(r, n);
	if (!text || strlen(text) <= LIMIT_CODE_BYTES)
		return text;
	fault(r, n, "too_long", "a code has at most 64 bytes");
	return NULL;
}

static void read_unit(struct row_reading *rr, const struct yaml_node *n) { rr->row->unit = code_of(rr->r, n); }
static void read_town(struct row_reading *rr, const struct yaml_node *n) { rr->row->town = code_of(rr->r, n); }
static void read_channels(struct row_reading *rr, const struct yaml_node *n) { texts_of(rr->r, n, &rr->row->channels); }
static void read_acts_for(struct row_reading *rr, const struct yaml_node *n) { texts_of(rr->r, n, &rr->row->acts_for); }

/* Every key of a principal; docs/operations.md has the same table, a test compares them. */
static const struct {
	const char *key;
	void (*read)(struct row_reading *rr, const struct yaml_node *n);
	unsigned only; /* for who has one of these roles; 0: for all */
} keys[] = {
    {"name", read_name, 0},
    {"uid", read_uid, 0},
    {"gid", read_gid, 0},
    {"token", read_tokens, 0},
    {"roles", read_roles, 0},
    {"unit", read_unit, 0},
    {"town", read_town, 0},
    {"channels", read_channels, ROLE_PLATFORM},
    {"acts_for", read_acts_for, ROLE_PLATFORM},
};

static void check_row(struct reading *r, const struct yaml_node *at, const struct principal_row *row) {
	if (!yaml_get(at, "name"))
		fault(r, at, "missing", "a principal has a name");
	if (!yaml_get(at, "roles"))
		fault(r, at, "missing", "a principal has roles");
	if ((row->roles & ROLE_UNIT) && !yaml_get(at, "unit"))
		fault(r, at, "missing", "the role `unit` takes a unit: {roles: unit, unit: ID}");
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		const struct yaml_node *n = yaml_get(at, keys[i].key);
		if (n && keys[i].only && !(row->roles & keys[i].only))
			yaml_fault(r->faults, r->file, n, "conflict", NULL, "`%s` is for the role platform", keys[i].key);
	}
}

static bool shares_token(const struct principal_row *a, const struct principal_row *b) {
	for (size_t i = 0; i < a->tokens.n; i++)
		for (size_t k = 0; k < b->tokens.n; k++)
			if ((a != b || i != k) && strcmp(a->tokens.v[i].id, b->tokens.v[k].id) == 0)
				return true;
	return false;
}

/* One name, one row: what a name may must not hang on the order of rows. */
static void check_against(struct reading *r, const struct yaml_node *at, const struct principal_row *row) {
	for (size_t i = 0; i < r->config->principals.n; i++) {
		const struct principal_row *other = &r->config->principals.v[i];
		if (other->name && row->name && strcmp(other->name, row->name) == 0)
			yaml_fault(r->faults, r->file, at, "duplicate", NULL, "there are two principals of the name %.80s", row->name);
		if ((other->has_uid && row->has_uid && other->uid == row->uid) ||
		    (other->has_gid && row->has_gid && other->gid == row->gid))
			fault(r, at, "duplicate", "another principal has this uid or gid");
		if (shares_token(other, row))
			fault(r, at, "duplicate", "another principal has a token of this id");
	}
	if (shares_token(row, row))
		fault(r, at, "duplicate", "two tokens have the same id");
}

static void read_principal(struct reading *r, const struct yaml_node *item) {
	const char *known[COUNT_OF(keys) + 1] = {NULL};
	struct principal_row row = {0};
	struct row_reading rr = {r, &row};
	if (item->kind != YAML_MAP) {
		fault(r, item, "type", "a principal is {name: NAME, roles: [...], uid: N}, or with gid or token in place of uid");
		return;
	}
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		known[i] = keys[i].key;
	yaml_known_keys(item, known, r->file, r->faults);
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		const struct yaml_node *n = yaml_get(item, keys[i].key);
		if (n && !yaml_is_null(n))
			keys[i].read(&rr, n);
	}
	check_row(r, item, &row);
	check_against(r, item, &row);
	if (row.name)
		*LIST_ADD(&r->config->principals, &r->config->arena) = row;
}

void read_principals(struct reading *r, const struct yaml_node *n) {
	for (const struct yaml_node *item = items_of(n); item; item = next_item(n, item))
		read_principal(r, item);
}
