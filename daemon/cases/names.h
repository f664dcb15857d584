/* names: what people call the clocks and the events of a case, in Chinese and English. One table for notices and reports. */
#ifndef GRIDD_CASES_NAMES_H
#define GRIDD_CASES_NAMES_H

struct both_names {
	const char *zh, *en;                /* NULL: there is no such thing */
};

/* Of a built-in clock: "handle". Those that a pack declares have names there. */
struct both_names clock_names_of(const char *clock);
/* Of an event's type: "task.accepted". */
struct both_names event_names_of(const char *type);

#endif
