// Checks of Sources/XenShim against the fake daemon: what they share.
#pragma once
#include "fake-daemon.h"
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Ends the check when the condition does not hold.
#define CHECK(condition) \
	do { \
		int check_errno = errno; \
		if (!(condition)) \
			check_failed(__FILE__, __LINE__, #condition, check_errno); \
	} while (0)

// The call fails with -1, or NULL, and this errno.
#define CHECK_FAILS(call, number) \
	do { \
		errno = 0; \
		CHECK((intptr_t)(call) == -1); \
		CHECK(errno == (number)); \
	} while (0)
#define CHECK_NULL(call, number) \
	do { \
		errno = 0; \
		CHECK((call) == NULL); \
		CHECK(errno == (number)); \
	} while (0)

_Noreturn void check_failed(const char *file, int line, const char *condition, int error);

// Starts a daemon that a client of this process finds.
void start_daemon(const char *behaviour);
void start_daemon_behind_door(void);
// Ends it, without a word.
void kill_daemon(void);

// What the daemon counted, asked over a handle that is opened for it.
long daemon_counter(unsigned which);

// How many descriptors this process has open.
unsigned open_descriptors(void);

struct check {
	const char *name;
	void (*run)(void);
};
extern const struct check checks_of_connections[], checks_of_calls[], checks_of_events[], checks_of_memory[], checks_of_grants[],
	checks_of_lies[];
