/* list: the shape of every growing array in an arena: `struct { type *v; size_t n, cap; }`.
 *
 * LIST_OF(struct task) tasks; struct task *t = LIST_ADD(&tasks, arena);  -> zeroed room for one more. Old memory stays in
 * the arena until it dies. */
#ifndef GRIDD_BASE_LIST_H
#define GRIDD_BASE_LIST_H

#include "daemon/base/arena.h"

#define LIST_OF(type)         \
	struct {                  \
		type *v;              \
		size_t n, cap;        \
	}

/* A list of strings, borrowed or in the arena of whoever holds the list. */
struct strs {
	const char **v;
	size_t n, cap;
};

void *list_add(void *list, size_t item_size, struct arena *a);
/* Room for exactly n items at first, in an empty list: what is known to have few wastes none. */
void list_room(void *list, size_t item_size, size_t n, struct arena *a);

#define LIST_ADD(list, arena) ((__typeof__((list)->v))list_add((list), sizeof *(list)->v, (arena)))
#define LIST_ROOM(list, n, arena) list_room((list), sizeof *(list)->v, (n), (arena))
#define STRS_ADD(list, arena, s) ((void)(*LIST_ADD((list), (arena)) = (s)))

bool strs_has(const struct strs *list, const char *s);

#endif
