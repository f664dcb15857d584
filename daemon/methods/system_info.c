/* system_info: what is running here, on which database, by which packs, and who is asking. */
#include "daemon/call/call.h"
#include "daemon/methods/methods.h"

static void write_pack(struct json_out *j, const struct town_slot *slot) {
	static const char digits[] = "0123456789abcdef";
	char hex[65];
	const unsigned char *hash = pack_hash(slot->pack);
	for (int i = 0; i < 32; i++) {
		hex[2 * i] = digits[hash[i] >> 4];
		hex[2 * i + 1] = digits[hash[i] & 15];
	}
	hex[64] = '\0';
	jout_key(j, "pack");
	jout_object(j);
	jout_kv_int(j, "version", pack_version(slot->pack));
	jout_kv_str(j, "sha256", hex);
	jout_kv_int(j, "rules", (int64_t)pack_rules(slot->pack));
	jout_kv_int(j, "tests", (int64_t)pack_tests(slot->pack));
	jout_kv_opt(j, "folder", slot->dir);
	jout_kv_bool(j, "folder_differs", town_folder_differs(slot));
	jout_end_object(j);
}

static void write_towns(struct call *c) {
	struct json_out *j = &c->out;
	jout_key(j, "towns");
	jout_array(j);
	for (size_t i = 0; i < towns_count(c->sv->towns); i++) {
		const struct town_slot *slot = towns_at(c->sv->towns, i);
		if (!access_serves(c->who, slot->code))
			continue;
		jout_object(j);
		jout_kv_str(j, "code", slot->code);
		if (slot->pack) {
			const struct town *town = pack_town(slot->pack);
			jout_kv_str(j, "zh", town->zh);
			jout_kv_opt(j, "en", town->en);
			jout_kv_str(j, "zone", town->zone_name);
			write_pack(j, slot);
		}
		jout_end_object(j);
	}
	jout_end_array(j);
}

static void write_database(struct call *c) {
	struct json_out *j = &c->out;
	struct db_info info;
	db_info(c->sv->db, &info);
	jout_key(j, "database");
	jout_object(j);
	jout_kv_bool(j, "ready", info.ready);
	if (info.version[0]) {
		jout_kv_str(j, "version", info.version);
		jout_kv_str(j, "durability", info.durability);
		jout_kv_int(j, "schema", info.schema_version);
	}
	jout_kv_opt(j, "last_error", info.ready || !info.last_error[0] ? NULL : info.last_error);
	jout_end_object(j);
}

static void write_worker(struct call *c) {
	struct worker_info info = {.state = "none"};
	if (c->sv->jobs.worker)
		c->sv->jobs.worker(c->sv->jobs.ctx, &info);
	jout_key(&c->out, "worker");
	jout_object(&c->out);
	jout_kv_str(&c->out, "state", info.state);
	if (info.pid)
		jout_kv_int(&c->out, "pid", info.pid);
	jout_end_object(&c->out);
}

static enum next tell(struct call *c) {
	struct json_out *j = &c->out;
	const char *why = NULL;
	const struct town_slot *first = towns_at(c->sv->towns, 0);
	jout_object(j);
	jout_kv_str(j, "name", "gridd");
	jout_kv_str(j, "version", GRIDD_VERSION);
	jout_kv_int(j, "protocol", 1);
	jout_kv_bool(j, "ready", server_ready(c->sv, &why));
	jout_kv_opt(j, "why", why);
	jout_kv_bool(j, "test_clock", c->sv->test_clock);
	if (db_is_ready(c->sv->db))
		jout_kv_time(j, "now", c->now_us,
		             first && first->pack ? zone_offset_s(pack_calendars(first->pack)->zone, c->now_us) : 0);
	jout_kv_str(j, "principal", c->who->name);
	jout_key(j, "roles");
	jout_array(j);
	for (size_t i = 0; i < ROLE_COUNT; i++)
		if (c->who->roles & (1U << i))
			jout_str(j, role_names[i]);
	jout_end_array(j);
	jout_kv_opt(j, "unit", c->who->unit[0] ? c->who->unit : NULL);
	write_towns(c);
	write_database(c);
	write_worker(c);
	jout_kv_int(j, "connections", (int64_t)server_connections(c->sv));
	jout_kv_int(j, "uptime_seconds", (clock_monotonic_us() - c->sv->started_mono_us) / SECOND_US);
	jout_end_object(j);
	return NEXT_ANSWER;
}

const struct method_code method_system_info = {.any_town = true, .before_ready = true, .steps = {tell}};
