/* call_start: the door between a message and its calls. */
#ifndef GRIDD_CALL_CALL_START_H
#define GRIDD_CALL_CALL_START_H

#include "daemon/call/message.h"

/* Starts the call of one request; it ends by message_call_done, perhaps before this returns. */
void call_start(struct message *m, size_t slot);

#endif
