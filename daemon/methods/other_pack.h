/* other_pack: a pack that a call names besides the one in force: sent inline, a stored version, or the configured folder as it
 * is on disk now. Loaded off the event loop; nothing is activated. */
#ifndef GRIDD_METHODS_OTHER_PACK_H
#define GRIDD_METHODS_OTHER_PACK_H

#include "daemon/call/call.h"
#include "daemon/call/pack_job.h"

/* These params, by which a method lets the pack be named; at most one of the two. */
struct other_pack_params {
	struct json_object *files;          /* {name: text} */
	int32_t version;
};
#define OTHER_PACK_FIELDS(st, member)                                                                                       \
	{.name = "files", .type = FT_TREE, .offset = offsetof(st, member.files), .present_offset = SIZE_MAX}, {                 \
		.name = "version", .type = FT_I32, .offset = offsetof(st, member.version), .min = 1, .max = INT32_MAX,              \
		.present_offset = SIZE_MAX                                                                                          \
	}

/* A method's first two steps. The first checks the params and asks for a stored version's files; the second starts loading,
 * and the step after it finds other_pack_loaded. */
enum next other_pack_ask(struct call *c, const struct other_pack_params *p);
enum next other_pack_load(struct call *c, const struct other_pack_params *p, struct pack_job **job);
/* The loaded pack of *job, which is the town's; NULL: refused with all of its faults, and the job is gone. */
const struct pack *other_pack_loaded(struct call *c, struct pack_job **job);

/* Refuses because of a pack's faults (they are copied), or of *e where it has none. `so` follows on their number. */
enum next refuse_pack(struct call *c, const struct faults *faults, const struct err *e, const char *so);

#endif
