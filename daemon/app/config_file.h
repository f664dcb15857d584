/* config_file: the YAML file behind -c, decoded by a table: a new key is a row in config_file.c. */
#ifndef GRIDD_APP_CONFIG_FILE_H
#define GRIDD_APP_CONFIG_FILE_H

#include "daemon/app/config.h"

/* Adds to *out what the file says. On false *why holds the faults as people read them. */
bool config_file_read(const char *path, struct config *out, struct strbuf *why) MUST_CHECK;

#endif
