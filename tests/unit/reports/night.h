/* night: a small night for the tests of digests: three overdue cases, two units and the centre, one of everything. */
#ifndef TESTS_UNIT_REPORTS_NIGHT_H
#define TESTS_UNIT_REPORTS_NIGHT_H

#include "daemon/reports/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 2026-11-23T22:00:00+08:00 */
#define NIGHT_AT_US (INT64_C(1795442400) * SECOND_US)

static inline void night_name(struct digest *d, struct arena *a, struct digest_name name) { *LIST_ADD(&d->names, a) = name; }

static inline void night_names(struct digest *d, struct arena *a) {
	night_name(d, a, (struct digest_name){"class", "dog", "犬类扰民", "dog nuisance"});
	night_name(d, a, (struct digest_name){"class", "water", "供水管道破损", "broken water main"});
	night_name(d, a, (struct digest_name){"clock", "handle", "处置", "handle"});
	night_name(d, a, (struct digest_name){"clock", "verify", "核查", "verify"});
	night_name(d, a, (struct digest_name){"estate", "yonghe2", "永和二村", "Yonghe Second Village"});
	night_name(d, a, (struct digest_name){"event", "task.accepted", "签收", "accepted"});
	night_name(d, a, (struct digest_name){"unit", "centre", "镇网格中心", "grid centre"});
	night_name(d, a, (struct digest_name){"unit", "police", "彭浦镇派出所", "Pengpu police station"});
	night_name(d, a, (struct digest_name){"unit", "property", "永和物业", "Yonghe property"});
}

static inline void night_rows(struct digest *d, struct arena *a) {
	*LIST_ADD(&d->rows, a) = (struct digest_row){
	    .number = "20261118-0000007", .class_code = "water", .estate = "yonghe2", .grid = "310106101-07", .unit = "property",
	    .clock = "handle", .received_at_us = NIGHT_AT_US - 5 * DAY_US, .due_at_us = NIGHT_AT_US - 52 * HOUR_US,
	    .worked_us = 17 * HOUR_US + 30 * MINUTE_US, .natural_us = 52 * HOUR_US, .longest = "property",
	    .longest_permille = 935, .returns = 1, .level = 2, .last_act = "task.accepted",
	    .last_act_at_us = NIGHT_AT_US - 4 * DAY_US, .emergency = true};
	*LIST_ADD(&d->rows, a) = (struct digest_row){
	    .number = "20261122-0000031", .class_code = "dog", .grid = "310106101-02", .unit = "police", .clock = "handle",
	    .received_at_us = NIGHT_AT_US - DAY_US, .due_at_us = NIGHT_AT_US - 3 * HOUR_US, .worked_us = 3 * HOUR_US,
	    .natural_us = 3 * HOUR_US, .longest = "centre", .longest_permille = 500, .last_act_at_us = NO_TIME, .fresh = true};
	*LIST_ADD(&d->rows, a) = (struct digest_row){
	    .number = "20261123-0000002", .unit = "centre", .clock = "verify", .received_at_us = NIGHT_AT_US - 10 * HOUR_US,
	    .due_at_us = NIGHT_AT_US - MINUTE_US, .worked_us = 59 * SECOND_US, .natural_us = 59 * SECOND_US,
	    .last_act_at_us = NO_TIME, .fresh = true};
}

static inline struct digest night(struct arena *a) {
	struct digest d = {.format = DIGEST_FORMAT, .town = "310106101", .town_zh = "彭浦镇", .town_en = "Pengpu Town",
	                   .day = "2026-11-23", .at_us = NIGHT_AT_US, .offset_s = 8 * 3600, .pack_version = 12, .overdue = 3,
	                   .overdue_before = 1, .fresh = 2, .due_soon = 4, .undelivered = 1, .orders = 1, .suspended = 5,
	                   .suspended_today = 1, .extended_today = 1, .waived_today = 0, .late_entries_today = 1};
	STRS_ADD(&d.extended, a, "20261120-0000011");
	STRS_ADD(&d.late_entries, a, "20261121-0000004");
	*LIST_ADD(&d.units, a) = (struct digest_unit){.unit = "property", .overdue = 1, .longest_us = 17 * HOUR_US + 30 * MINUTE_US,
	                                              .due_soon = 3, .suspended = 5, .orders = 1};
	*LIST_ADD(&d.units, a) = (struct digest_unit){.unit = "police", .overdue = 1, .fresh = 1, .longest_us = 3 * HOUR_US};
	*LIST_ADD(&d.units, a) =
	    (struct digest_unit){.unit = "centre", .overdue = 1, .fresh = 1, .longest_us = 59 * SECOND_US, .due_soon = 1};
	night_rows(&d, a);
	night_names(&d, a);
	return d;
}

static inline struct digest empty_night(void) {
	return (struct digest){.format = DIGEST_FORMAT, .town = "310106101", .town_zh = "彭浦镇", .town_en = "Pengpu Town",
	                       .day = "2026-11-23", .at_us = NIGHT_AT_US, .offset_s = 8 * 3600, .pack_version = 12};
}

#endif
