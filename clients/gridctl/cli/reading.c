/* reading: the table of commands that only read, and what their items are made of. */
#include "clients/gridctl/cli/formats.h"

#include <string.h>

#define CASE_MORE \
	"town case condition class_as_sent emergency estate_as_sent place attrs tags refs reporter attachments marks responsible " \
	"responsible_name responsible_name_en proposed tasks rule clocks supervisions request suspended rounds merged_into " \
	"merged_from waived result allowed arbitrated fault triage_reason triage_detail class_name_en unit_name_en grid_name handlers"

/* clang-format off: a table, read by rows */
static const struct reading readings[] = {
	{"case", "list", "cases",
	 "number state state_name urgency class class_name unit unit_name estate estate_name grid address due_at held_since received_at "
	 "observed_at closed_at source.channel source.ref escalation_level returns version text", CASE_MORE},
	{"case", "show", NULL, NULL, CASE_MORE},
	{"case", "history", "events", "version seq type at recorded_at actor for state_before state note", "case town data attachments"},
	{"case", "clock", NULL, NULL, NULL},
	{"case", "ledger", NULL, NULL, NULL},
	{"case", "why", NULL, NULL, NULL},
	{"supervision", "list", "orders",
	 "order case kind state unit unit_name issuer opened_at due_at replied_at ended_at grounds demand reply", "consequence"},
	{"notify", "list", "notices",
	 "notice made_at case kind clock unit channel to state tries times failure",
	 "acknowledge order head meant role due_at delivered_at next_try_at"},
	{"board", NULL, "units", "unit open due_today overdue longest_overdue_seconds", NULL},
	{"report", "overdue", "cases",
	 "case class class_name estate estate_name grid unit unit_name clock received_at due_at overdue_seconds overdue_clock_seconds "
	 "longest longest_name longest_permille returns escalation_level last_act last_act_at fresh emergency",
	 "class_name_en unit_name_en clock_name clock_name_en longest_name_en last_act_name last_act_name_en"},
	{"report", "nightly", "nights", "day state mark overdue delivered notices planned_at reason", NULL},
	{"report", "kpi", NULL, NULL, NULL},
	{"report", "cases", "cases", "case seq weight", NULL},
	{"report", "agenda", "cases",
	 "case state state_name class class_name estate estate_name grid unit unit_name why returns escalation_level departments", NULL},
	{"events", "read", "events", "seq case type at recorded_at actor for state_before state version", "town data note attachments"},
	{"rules", "explain", NULL, NULL, NULL},
	{"rules", "show", "files", "name bytes", "text"},
	{"rules", "versions", "versions", "version active sha256 stored_at actor", NULL},
	{"calendar", "plan", "moves", "case clock unit before after provisional put_off problem", NULL},
	{"system", "info", NULL, NULL, NULL},
	{"system", "ping", NULL, NULL, NULL},
	{"db", "verify", "checks", "name bad examples", NULL}};
/* clang-format on */

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

const struct reading *reading_of(const struct command *c) {
	for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++)
		if (same(readings[i].noun, c->noun) && same(readings[i].verb, c->verb))
			return &readings[i];
	return NULL;
}
