/* other_pack: finds, loads and checks the pack that a call names. */
#include "daemon/methods/other_pack.h"

#include "daemon/base/limits.h"

#include <json-c/json.h>
#include <string.h>

static void check_files(struct call *c, struct json_object *files) {
	if (!json_object_is_type(files, json_type_object)) {
		faults_at(&c->faults, "/params/files", "type", "files is an object of names and texts");
		return;
	}
	if (json_object_object_length(files) > LIMIT_PACK_FILES)
		faults_at(&c->faults, "/params/files", "too_many", "a pack has at most %d files", LIMIT_PACK_FILES);
	json_object_object_foreach(files, name, text) {
		const char *path = arena_printf(&c->arena, "/params/files/%.64s", name);
		if (!json_object_is_type(text, json_type_string))
			faults_at(&c->faults, path, "type", "a file's text is a string");
		else if (*name == '\0')
			faults_at(&c->faults, path, "missing", "a file has a name, as in rules/estates.yaml");
	}
}

enum next other_pack_ask(struct call *c, const struct other_pack_params *p) {
	if (p->files)
		check_files(c, p->files);
	if (p->files && p->version)
		faults_at(&c->faults, "/params/version", "conflict", "either a stored version, or files");
	if (c->faults.total)
		return call_refuse_params(c);
	if (!p->files && !p->version && !c->town->dir)
		return call_refuse(c, E_NOT_FOUND, "no folder is configured for town %s; send files, or name a stored version",
		                   c->town->code);
	packs_fetch(c->sv->db, c->town->code, p->version, &c->arena, call_on_rows, c);
	return NEXT_WAIT;
}

static void on_pack_loaded(struct pack_job *job, void *ctx) {
	(void)job;
	call_resume(ctx);
}

enum next other_pack_load(struct call *c, const struct other_pack_params *p, struct pack_job **job) {
	if (p->version && c->rows->n == 0)
		return call_refuse(c, E_NOT_FOUND, "town %s has no pack version %d", c->town->code, p->version);
	if (p->files) {
		*job = pack_job_sent(c->town->code);
		json_object_object_foreach(p->files, name, text)
			pack_job_add_file(*job, name, json_object_get_string(text));
	} else if (p->version) {
		*job = pack_job_stored(c->town->code, p->version);
		pack_job_take_rows(*job, c->rows);
	} else {
		*job = pack_job_folder(c->town->dir, ACTIVATE_NOT, c->who->name);
	}
	pack_job_load(*job, c->sv->base, on_pack_loaded, c);
	return NEXT_WAIT;
}

const struct pack *other_pack_loaded(struct call *c, struct pack_job **job) {
	struct pack_job *j = *job;
	if (j->pack && strcmp(pack_town(j->pack)->code, c->town->code) == 0)
		return j->pack;
	if (j->pack)
		(void)call_refuse(c, E_INVALID_PARAMS, "this is a pack of town %s, not of %s", pack_town(j->pack)->code,
		                  c->town->code);
	else
		(void)refuse_pack(c, &j->faults, &j->err, "");
	pack_job_free(job);
	return NULL;
}

static void take_fault(struct call *c, struct fault f) {
	f.file = arena_strdup(&c->arena, f.file);
	f.code = arena_strdup(&c->arena, f.code);
	f.message = arena_strdup(&c->arena, f.message);
	f.suggestion = arena_strdup(&c->arena, f.suggestion);
	faults_add(&c->faults, f);
}

enum next refuse_pack(struct call *c, const struct faults *faults, const struct err *e, const char *so) {
	if (faults->list.n == 0) {
		(void)call_refuse_err(c, e);
		if (e->code == E_IO || e->code == E_CONFIG)
			c->refusal.code = E_INVALID_PARAMS;
		return NEXT_ANSWER;
	}
	for (size_t i = 0; i < faults->list.n; i++)
		take_fault(c, faults->list.v[i]);
	c->faults.total = faults->total;
	const struct fault *f = &c->faults.list.v[0];
	return call_refuse(c, E_INVALID_PARAMS, "the pack has %zu fault%s%s; first: %s:%d:%d: %s", faults->total,
	                   faults->total == 1 ? "" : "s", so, f->file ? f->file : "", f->line, f->col, f->message);
}
