/* notice_message: the message that carries a notice, or many of them as one, or the trial of a channel. */
#ifndef GRIDD_JOBS_NOTICE_MESSAGE_H
#define GRIDD_JOBS_NOTICE_MESSAGE_H

#include "daemon/jobs/notice_text.h"
#include "daemon/post/message.h"

typedef LIST_OF(struct notice_about) notice_about_list;

/* The first is the head: its id is the message's, and its receiver is everybody's. All of it in the arena. */
void notice_message(const notice_about_list *list, const struct pack *pack, struct arena *a, struct message *out);

struct trial_about {
	const char *town, *id, *channel, *to;       /* to: NULL: the channel knows */
	int64_t made_at_us;
};
void notice_trial_message(const struct trial_about *about, const struct pack *pack, struct arena *a, struct message *out);

#endif
