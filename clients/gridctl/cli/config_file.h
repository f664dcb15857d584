/* config_file: the YAML files of gridctl's settings, and the file with the token. For config.c. */
#ifndef GRIDCTL_CONFIG_FILE_H
#define GRIDCTL_CONFIG_FILE_H

#include "clients/gridctl/cli/config.h"
#include "daemon/base/arena.h"
#include "daemon/base/yaml.h"

struct config_files {
	struct arena arena;                 /* owns the nodes and the faults */
	struct faults faults;
	struct {
		struct strbuf path;             /* without data: there is no such file, and can't be */
		struct strbuf text;
		bool exists;
		struct yaml_node *root;         /* NULL: not there, or broken */
	} v[2];                             /* the system's, the person's */
};

/* Reads what is there; faults are kept. */
void config_files_load(struct config_files *files);
/* The language that they say, the later wins; NULL: none, or none of ours. */
const char *config_files_language(const struct config_files *files);
/* Gives each value that is right to on_value, with FILE:LINE; adds what is wrong to *wrong, as people read it. */
void config_files_decode(struct config_files *files,
                         void (*on_value)(const struct setting *s, const char *text, const char *origin), struct strbuf *wrong);
void config_files_free(struct config_files *files);

/* Is that a value of the setting? False: *e says what one is. */
bool setting_fits(const struct setting *s, const char *text, struct err *e) MUST_CHECK;
/* The first line of a file that only its owner may read: the caller, or root. */
bool token_file_read(const char *path, struct strbuf *out, struct err *e) MUST_CHECK;

#endif
