/* clock: host clocks, and case time derived from samples of the database's. */
#include "daemon/base/clock.h"

#include <time.h>

static int64_t read_us(clockid_t id) {
	struct timespec ts;
	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void) { return read_us(CLOCK_MONOTONIC); }
int64_t clock_host_us(void) { return read_us(CLOCK_REALTIME); }

static int64_t derive(const struct case_clock *c, int64_t mono_us) {
	return c->frozen ? c->db_at_us : c->db_at_us + (mono_us - c->sampled_mono_us);
}

int64_t case_clock_sample(struct case_clock *c, int64_t db_at_us, int64_t mono_us, bool frozen) {
	const int64_t before = c->sampled ? derive(c, mono_us) : db_at_us;
	c->db_at_us = db_at_us;
	c->sampled_mono_us = mono_us;
	c->frozen = frozen;
	c->sampled = true;
	return db_at_us - before;
}

bool case_clock_ready(const struct case_clock *c) { return c->sampled; }

int64_t case_clock_now(struct case_clock *c, int64_t mono_us) {
	const int64_t now_us = derive(c, mono_us);
	if (now_us > c->last_us)
		c->last_us = now_us;
	return c->last_us;
}
