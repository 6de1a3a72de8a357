#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int sandbox_lock(const char *path)
{
	int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (descriptor < 0)
		return -errno;
	if (flock(descriptor, LOCK_EX | LOCK_NB)) {
		int error = errno;

		close(descriptor);
		return -error;
	}
	return descriptor;
}

// What the child ends with: 0 something was hit, 255 nothing was there; else the error.
static int kill_all(uid_t user, uid_t reaper)
{
	// A swarm takes all the processors that it can get. That this fails is no reason not to go on.
	setpriority(PRIO_PROCESS, 0, -20);
	if (setgroups(0, NULL) || setresgid(reaper, reaper, reaper))
		return errno;
	// The effective id says whom it may hit. Whoever it hits may not hit it, since for that the real and saved ids count; as
	// neither is root's, it has no capability by which it would hit others.
	if (setresuid(reaper, user, reaper))
		return errno;
	if (kill(-1, SIGKILL) == 0)
		return 0;
	return errno == ESRCH ? 255 : errno;
}

int sandbox_reap(uid_t user, uid_t reaper)
{
	int status;
	pid_t child;

	if (user == 0 || reaper == 0 || user == reaper)
		return -EINVAL;
	child = fork();
	if (child == 0)
		_exit(kill_all(user, reaper));
	if (child < 0)
		return -errno;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status))
		return -EINTR;
	if (WEXITSTATUS(status) == 255)
		return 0;
	return WEXITSTATUS(status) ? -WEXITSTATUS(status) : 1;
}

int sandbox_runs_as(const char *path, uid_t user)
{
	// The first lines have it (Linux, fs/proc/array.c: `task_state`); a name of sixteen bytes is no longer than 64 when it is escaped.
	char text[1024], *line, *end;
	int status = open(path, O_RDONLY | O_CLOEXEC), is_over;
	ssize_t count;

	if (status < 0)
		return 0;
	do
		count = read(status, text, sizeof(text) - 1);
	while (count < 0 && errno == EINTR);
	close(status);
	if (count <= 0)
		return 0;
	text[count] = 0;
	line = strstr(text, "\nState:\t");
	if (!line)
		return 0;
	is_over = line[8] == 'Z' || line[8] == 'X';
	line = strstr(line, "\nUid:");
	if (!line)
		return 0;
	line += 5;
	for (int index = 0; index < 4; index++) {
		unsigned long number = strtoul(line, &end, 10);

		if (end == line)
			return 0;
		if (number == user)
			return is_over ? 2 : 1;
		line = end;
	}
	return 0;
}
