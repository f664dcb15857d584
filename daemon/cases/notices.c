/* notices: who is told: whoever is on duty in a unit, or else in the one above it. */
#include "daemon/cases/decision.h"

#include <string.h>

/* As far as a notice goes up when nobody is on duty. */
enum { LEVELS_UP = 8 };

static bool same(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

/* One event tells one person one thing once, even if two words of a step mean him. */
static bool is_told(const struct decision *d, const struct notice *n) {
	for (size_t i = 0; i < d->out->list.n; i++) {
		const struct change *c = &d->out->list.v[i];
		if (c->kind == CHANGE_NOTICE && c->notice.kind == n->kind && c->notice.order == n->order &&
		    same(c->notice.unit, n->unit) && same(c->notice.to, n->to))
			return true;
	}
	return false;
}

static void add_notice(struct decision *d, const struct notice *n) {
	if (!is_told(d, n))
		change_add(d, (struct change){.kind = CHANGE_NOTICE, .notice = *n});
}

void tell_unit(struct decision *d, const char *unit, struct notice n) {
	const struct facts *f = d->facts;
	const char *up = unit;
	for (int level = 0; up && level < LEVELS_UP; level++) {
		const struct contact *c = roster_on_duty(f->roster, f->calendars, up, d->now_us);
		if (c) {
			n.unit = up;
			n.meant = level ? unit : NULL;
			n.role = c->role;
			n.channel = c->channel;
			n.to = c->to;
			add_notice(d, &n);
			return;
		}
		up = roster_leader(f->roster, up);
	}
	n.unit = unit;
	n.meant = n.role = n.channel = n.to = NULL;
	add_notice(d, &n);
}

/* Whose matter it is: the unit that an order is for, that of the stay, else whoever holds the case. */
static const char *unit_of(const struct decision *d, const struct notice *n) {
	const struct order *o = n->order ? case_order(d->cr, n->order) : NULL;
	if (o)
		return o->unit;
	const struct task *t = n->task ? case_task(d->cr, n->task) : NULL;
	return t ? t->unit : d->cr->unit;
}

const char *unit_meant(const struct decision *d, const char *word, const struct notice *n) {
	const struct policy *p = d->facts->policy;
	if (strcmp(word, "unit") == 0)
		return unit_of(d, n);
	if (strcmp(word, "unit.leader") == 0)
		return roster_leader(d->facts->roster, unit_of(d, n));
	if (strcmp(word, "desk") == 0)
		return p->desk;
	if (strcmp(word, "supervision") == 0 && p->supervision)
		return p->supervision;
	return word;
}

void tell_step(struct decision *d, const struct ladder_step *s, struct notice n) {
	for (size_t i = 0; i < s->to.n; i++) {
		const char *unit = unit_meant(d, s->to.v[i], &n);
		if (unit)
			tell_unit(d, unit, n);
	}
}
