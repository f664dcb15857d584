/* feed_params: reads which events a reader asks for. */
#include "daemon/methods/feed_params.h"

#include "daemon/call/event_types.h"
#include "daemon/store/reader.h"

void feed_params_read(struct call *c, const struct feed_params *p, struct strs *types, int64_t *case_id) {
	for (size_t i = 0; i < p->types.n; i++) {
		const char *word = p->types.v[i], *nearest = NULL;
		if (event_types_add(word, types, &c->arena, &nearest))
			continue;
		faults_add(&c->faults, (struct fault){.path = arena_printf(&c->arena, "/params/types/%zu", i),
		                                      .code = "unknown",
		                                      .suggestion = nearest,
		                                      .message = arena_printf(&c->arena, "there is no event of type %.64s", word)});
	}
	*case_id = 0;
	if (p->number && !case_number_id(p->number, case_id))
		faults_at(&c->faults, "/params/case", "format", "a case is its number, \"YYYYMMDD-NNNNNNN\"");
}
