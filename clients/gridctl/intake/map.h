/* map: which column of a table is which param of case.submit. A YAML file of `param: column`, see gridctl(1). */
#ifndef GRIDCTL_MAP_H
#define GRIDCTL_MAP_H

#include "daemon/base/yaml.h"

#include <json-c/json.h>

struct map_entry {
	const char *path;                   /* "source.channel", "attrs.floor" */
	const struct flag *param;           /* what kind of value it is; NULL: text */
	int line, col;                      /* in the map file */
	const char *column, *constant;      /* one of the two */
	size_t index;                       /* of the column, once bound */
	const char *fallback;               /* for an empty cell; NULL: the param is left out */
	const char *format, *zone;          /* of a time, as strptime reads it; NULL: passed on as it stands */
	const char *split;                  /* between the items of a list */
	const struct yaml_node *values;     /* what a cell's text stands for; NULL: itself */
};

struct map {
	struct arena arena;
	const char *file;
	const char *text;
	LIST_OF(struct map_entry) entries;
};

/* Reads the file. False: what is wrong was said on stderr. map_fini in any case. */
bool map_load(struct map *m, const char *file) MUST_CHECK;
/* Finds the columns in the header row. False: said on stderr. */
bool map_bind(struct map *m, const struct strs *header) MUST_CHECK;
void map_fini(struct map *m);
/* The params of one row, the caller's; what is wrong goes into `faults`, one text for each ("class: ..."). */
struct json_object *map_row(const struct map *m, const struct strs *fields, struct arena *a, struct strs *faults);

#endif
