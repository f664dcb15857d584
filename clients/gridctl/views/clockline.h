/* clockline: one clock of a case in words, and which one is worst. */
#ifndef GRIDCTL_CLOCKLINE_H
#define GRIDCTL_CLOCKLINE_H

#include "clients/gridctl/views/page.h"

#include <json-c/json.h>
#include <stdint.h>

/* "2 d 4 h overdue", "3 h left", in the clock's own time; of one that has stopped, by how much it was. Nothing: it was in time. */
void clock_add_standing(struct strbuf *out, struct json_object *clock);
/* Seconds of its own day: a calendar's, for a limit in working time; 0: it runs always, and a day has 24 hours. */
int64_t clock_day_seconds(struct json_object *clock);
enum tone clock_tone(struct json_object *clock);
/* The clocks that matter as rows, the worst first, and one line about those that were kept. */
void clocks_print(struct json_object *one, struct page *p);
/* The one that runs and is worst; NULL: none runs. Borrowed. */
struct json_object *clock_worst(struct json_object *one);

#endif
