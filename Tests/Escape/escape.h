// What a device model that was taken over would try. Each attempt is one thing; it gives 0 when it came through, and the error's
// number when it was refused.

#ifndef ESCAPE_H
#define ESCAPE_H

#include <sys/types.h>

struct attempt {
	const char *name;
	int (*try)(void);
	// What it tries, in a line.
	const char *about;
};

// Ends with an attempt that has no name.
extern const struct attempt file_attempts[];
extern const struct attempt namespace_attempts[];
extern const struct attempt process_attempts[];
extern const struct attempt privilege_attempts[];
extern const struct attempt limit_attempts[];
extern const struct attempt socket_attempts[];
extern const struct attempt kernel_attempts[];
extern const struct attempt remainder_attempts[];

// A process of another user's, by its number on the host, and the port that it listens on.
extern pid_t victim;
extern int victim_port;
// What the victim has at the same address, since it is the same program.
extern char victim_secret[16];
// This program's own file.
extern const char *own_path;
// Where root may write outside of a sandbox.
extern const char scratch[];

// 0 or the error of a call.
#define TRY(call) ((call) < 0 ? errno : 0)

// A mount namespace of one's own where that can be had, so that nothing that works is done to the host.
void step_aside(void);
// Opens and closes it.
int try_open(const char *path, int flags);
// Runs this in a child and gives its result; a child that a signal ends gives EFAULT.
int in_child(int (*try)(void));
// What the careless launcher leaves behind: see prepare.c. Becomes the program.
int prepare(char **words);
// The process that others are tried on. Does not return before its standard input ends.
int be_victim(void);

#endif
