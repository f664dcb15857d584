/* methods: the table, a row a method. */
#include "daemon/methods/methods.h"

#include "daemon/call/access.h"

const struct method methods[] = {
#define METHOD(c_name, name, roles, summary) {name, (roles), &method_##c_name, summary},
#include "daemon/methods/methods.def"
#undef METHOD
    {NULL, 0, NULL, NULL}};
