/* methods: the table of all methods, made from methods.def. */
#ifndef GRIDD_METHODS_METHODS_H
#define GRIDD_METHODS_METHODS_H

#include "daemon/call/method.h"

/* Ends with a row whose name is NULL. */
extern const struct method methods[];

#define METHOD(c_name, name, roles, summary) extern const struct method_code method_##c_name;
#include "daemon/methods/methods.def"
#undef METHOD

#endif
