/* lanes: a short list; it dies with the process, and then a receiver is asked once too often. */
#include "daemon/jobs/lanes.h"

#include "daemon/base/check.h"

#include <stdlib.h>
#include <string.h>

enum { HELD = 256 };

struct held {
	char *town, *channel, *receiver;
	int64_t until_mono_us;
};

struct lanes {
	struct held held[HELD];
	size_t n;
};

static void forget(struct lanes *l, size_t i) {
	free(l->held[i].town);
	free(l->held[i].channel);
	free(l->held[i].receiver);
	l->held[i] = l->held[--l->n];
}

static size_t first_to_end(const struct lanes *l) {
	size_t first = 0;
	for (size_t i = 1; i < l->n; i++)
		if (l->held[i].until_mono_us < l->held[first].until_mono_us)
			first = i;
	return first;
}

void lanes_hold(struct lanes *l, const struct lane *lane, int64_t until_mono_us) {
	if (l->n == HELD)
		forget(l, first_to_end(l));
	struct held *h = &l->held[l->n++];
	*h = (struct held){strdup(lane->town), strdup(lane->channel), strdup(lane->receiver), until_mono_us};
	CHECK(h->town && h->channel && h->receiver);
}

void lanes_held(struct lanes *l, int64_t now_mono_us, struct arena *a, lane_list *out) {
	for (size_t i = l->n; i-- > 0;) {
		const struct held *h = &l->held[i];
		if (h->until_mono_us <= now_mono_us)
			forget(l, i);
		else
			*LIST_ADD(out, a) = (struct lane){h->town, h->channel, h->receiver};
	}
}

struct lanes *lanes_new(void) {
	struct lanes *l = calloc(1, sizeof *l);
	CHECK(l != NULL);
	return l;
}

void lanes_free(struct lanes **l) {
	struct lanes *old = *l;
	*l = NULL;
	while (old && old->n)
		forget(old, 0);
	free(old);
}
