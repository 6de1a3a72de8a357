// In C, since what closes all other descriptors at once and what changes the directory are GNU's, which Swift does not see.
#define _GNU_SOURCE
#include "CSpawning.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

int xsm_spawn(pid_t *child, const char *program, char *const arguments[], char *const environment[], const char *directory, const int descriptors[3]) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, every;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigemptyset(&none);
    sigfillset(&every);
    if (directory)
        error = posix_spawn_file_actions_addchdir_np(&actions, directory);
    for (int place = 0; !error && place < 3; place++)
        error = posix_spawn_file_actions_adddup2(&actions, descriptors[place], place);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    if (!error)
        error = posix_spawnattr_setsigmask(&attributes, &none);
    if (!error)
        error = posix_spawnattr_setsigdefault(&attributes, &every);
    if (!error)
        error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!error)
        error = posix_spawn(child, program, &actions, &attributes, arguments, environment ? environment : environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int xsm_spawn_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC) ? errno : 0;
}
