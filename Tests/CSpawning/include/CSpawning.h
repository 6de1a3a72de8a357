#pragma once
#include <sys/types.h>

/// Starts a program with three descriptors and no other, all signals as they are by default and none blocked. `directory` may be null,
/// `environment` too: it is then that of this process. Returns 0 or the number of an error.
int xsm_spawn(pid_t *child, const char *program, char *const arguments[], char *const environment[], const char *directory, const int descriptors[3]);

/// A pipe that no program gets which is started at the same time: it would keep it open. Returns 0 or the number of an error.
int xsm_spawn_pipe(int ends[2]);
