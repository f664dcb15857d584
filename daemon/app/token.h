/* token: makes the tokens by which programs and people say who they are. */
#ifndef GRIDD_APP_TOKEN_H
#define GRIDD_APP_TOKEN_H

/* gridd --new-token: prints a token "id.secret", and what config keeps of it. Returns the exit code. */
int token_make(const char *id);

#endif
