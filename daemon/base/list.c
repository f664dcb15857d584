/* list: growing arrays in an arena. */
#include "daemon/base/list.h"

#include <string.h>

struct any_list {
	void *v;
	size_t n, cap;
};

void *list_add(void *list, size_t item_size, struct arena *a) {
	struct any_list *l = list;
	if (l->n == l->cap) {
		const size_t cap = l->cap ? l->cap * 2 : 4;
		void *v = arena_alloc(a, cap * item_size);
		if (l->n)
			memcpy(v, l->v, l->n * item_size);
		l->v = v;
		l->cap = cap;
	}
	return (char *)l->v + item_size * l->n++;
}

void list_room(void *list, size_t item_size, size_t n, struct arena *a) {
	struct any_list *l = list;
	if (l->cap || !n)
		return;
	l->v = arena_alloc(a, n * item_size);
	l->cap = n;
}

bool strs_has(const struct strs *list, const char *s) {
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], s) == 0)
			return true;
	return false;
}
