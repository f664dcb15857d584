/* config_values: single values of the config file, each with its fault where it is wrong. For the files config_*.c. */
#ifndef GRIDD_APP_CONFIG_VALUES_H
#define GRIDD_APP_CONFIG_VALUES_H

#include "daemon/app/config.h"
#include "daemon/base/yaml.h"

/* One reading of the file. What is kept lives in config->arena. */
struct reading {
	struct config *config;
	struct faults *faults;
	const char *file;
};

void fault(struct reading *r, const struct yaml_node *at, const char *code, const char *text);
const char *text_of(struct reading *r, const struct yaml_node *n);     /* NULL: a fault was added */
bool number_of(struct reading *r, const struct yaml_node *n, long min, long max, long *out);
bool flag_of(struct reading *r, const struct yaml_node *n);
/* One of the NULL-terminated words, by its index; else a fault with the nearest one. */
bool word_of(struct reading *r, const struct yaml_node *n, const char *const *words, int *out);

/* One item or a list of them: for (item = items_of(n); item; item = next_item(n, item)). */
const struct yaml_node *items_of(const struct yaml_node *n);
const struct yaml_node *next_item(const struct yaml_node *list, const struct yaml_node *item);
/* One text or a list of them. */
void texts_of(struct reading *r, const struct yaml_node *n, struct strs *out);

#endif
