#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int null_at(int number, int flags)
{
	int null = open("/dev/null", flags | O_CLOEXEC);

	if (null < 0)
		return -errno;
	if (dup2(null, number) < 0)
		return -errno;
	if (null != number)
		close(null);
	return 0;
}

pid_t sandbox_background(int *report)
{
	int ends[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	child = fork();
	if (child < 0) {
		child = -errno;
		close(ends[0]);
		close(ends[1]);
		return child;
	}
	*report = ends[child == 0];
	close(ends[child != 0]);
	// What ends the terminal's session, and what is typed at it, is not meant for who is in the background.
	if (child == 0 && (setsid() < 0 || null_at(0, O_RDONLY)))
		_exit(125);
	return child;
}

int sandbox_output(int descriptor)
{
	if (dup2(descriptor, 1) < 0 || dup2(descriptor, 2) < 0)
		return -errno;
	return 0;
}

pid_t sandbox_spawn(char *const words[], int output)
{
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (child == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (setsid() < 0 || null_at(0, O_RDONLY) || sandbox_output(output))
			_exit(125);
		execv(words[0], words);
		_exit(127);
	}
	return child;
}

int sandbox_ended(pid_t child, int *status)
{
	pid_t result;

	do
		result = waitpid(child, status, WNOHANG);
	while (result < 0 && errno == EINTR);
	return result < 0 ? -errno : result == child;
}
