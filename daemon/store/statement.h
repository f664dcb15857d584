/* statement: the SQL of schema/statements, one file each, embedded at build: file name = C name.
 *
 * `stmt_NAME` is declared by the generated header "statements.h" (in the build folder) as `extern const struct statement`. */
#ifndef GRIDD_STORE_STATEMENT_H
#define GRIDD_STORE_STATEMENT_H

struct statement {
	const char *name;                   /* also of the prepared statement on the server */
	const char *sql;
};

#endif
