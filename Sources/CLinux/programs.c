// Programs that are started, or take this one's place.

#define _GNU_SOURCE
#include "CLinux.h"
#include "door.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int linux_spawn(const char *path, char *const arguments[], char *const environment[], const char *directory, const int descriptors[], int count,
		bool resets_signals)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	pid_t child = 0;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	error = posix_spawnattr_init(&attributes);
	if (error) {
		posix_spawn_file_actions_destroy(&actions);
		return -error;
	}
	sigemptyset(&none);
	sigemptyset(&defaults);
	if (resets_signals)
		sigfillset(&defaults);
	else
		sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (!error && directory)
		error = posix_spawn_file_actions_addchdir_np(&actions, directory);
	for (int index = 0; index < count && !error; index++)
		error = posix_spawn_file_actions_adddup2(&actions, descriptors[index], index);
	if (!error)
		error = posix_spawn_file_actions_addclosefrom_np(&actions, count);
	if (!error)
		error = posix_spawn(&child, path, &actions, &attributes, arguments, environment ? environment : environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error ? -error : child;
}

int linux_start(const char *path, char *const arguments[], const void *input, size_t count)
{
	int descriptor = linux_memory_of(input, count);
	int child;

	if (descriptor < 0)
		return descriptor;
	child = linux_spawn(path, arguments, NULL, NULL, (int[]){ descriptor, STDOUT_FILENO, STDERR_FILENO }, 3, false);
	close(descriptor);
	return child;
}

int linux_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC) ? -errno : 0;
}

int linux_start_between(const char *path, char *const arguments[], const void *input, size_t count, const void *more, size_t more_count, int outputs[2])
{
	// What the program is to have, by the number that it is to have it by; then the other ends of the pipes.
	int descriptors[6] = { -1, -1, -1, -1, -1, -1 };
	pid_t child = 0;
	int error = 0;

	descriptors[0] = linux_memory_of(input, count);
	descriptors[3] = linux_memory_of(more, more_count);
	if (descriptors[0] < 0 || descriptors[3] < 0)
		error = descriptors[0] < 0 ? -descriptors[0] : -descriptors[3];
	for (int index = 1; index <= 2 && !error; index++) {
		int ends[2];

		error = -linux_pipe(ends);
		if (!error) {
			descriptors[index] = ends[1];
			descriptors[index + 3] = ends[0];
		}
	}
	// None of them has a number that another is to have, whatever was closed in this process.
	for (int index = 0; index < 4 && !error; index++) {
		int other = fcntl(descriptors[index], F_DUPFD_CLOEXEC, 4);

		if (other < 0) {
			error = errno;
		} else {
			close(descriptors[index]);
			descriptors[index] = other;
		}
	}
	if (!error) {
		child = linux_spawn(path, arguments, NULL, NULL, descriptors, 4, false);
		error = child < 0 ? -child : 0;
	}
	for (int index = 0; index < 6; index++)
		if (descriptors[index] >= 0 && (index < 4 || error))
			close(descriptors[index]);
	if (error)
		return -error;
	outputs[0] = descriptors[4];
	outputs[1] = descriptors[5];
	return child;
}

int linux_ended_child(int *status)
{
	pid_t child = waitpid(-1, status, WNOHANG);

	return child > 0 ? child : 0;
}

int linux_execute(char *const words[], int kept)
{
	sigset_t none;

	// Whoever began us may keep signals back that the program waits for.
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	// And may have left descriptors open that nobody closes any more.
	if (kept > 3)
		close_range(3, (unsigned int)kept - 1, 0);
	close_range(kept < 3 ? 3 : (unsigned int)kept + 1, ~0U, 0);
	execvp(words[0], words);
	return -errno;
}

int linux_close_at_exec(int first)
{
	return close_range((unsigned int)first, ~0U, CLOSE_RANGE_CLOEXEC) ? -errno : 0;
}

int linux_inherit(int descriptor)
{
	int flags = fcntl(descriptor, F_GETFD);

	return flags < 0 || fcntl(descriptor, F_SETFD, flags & ~FD_CLOEXEC) < 0 ? -errno : 0;
}
