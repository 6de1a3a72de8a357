// This process and others: who they are, what they may, what they are told; clocks, terminals and the system's log.

#define _GNU_SOURCE
#include "CLinux.h"
#include "door.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

void linux_log(const char *program, const char *line)
{
	openlog(program, LOG_PID, LOG_DAEMON);
	syslog(LOG_WARNING, "%s", line);
	closelog();
}

int linux_terminal_columns(int descriptor)
{
	struct winsize size;

	return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

uint64_t linux_nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

int64_t linux_process_start(pid_t process)
{
	char path[32], text[1024];
	const char *word;
	long long start;
	ssize_t count;
	int descriptor;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)process);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return -errno;
	count = read(descriptor, text, sizeof(text) - 1);
	if (count < 0)
		return linux_close_failed(descriptor);
	close(descriptor);
	text[count] = 0;
	// The second word is the program's name, which may hold anything: the others are counted from its end. The start is the 22nd.
	word = strrchr(text, ')');
	for (int number = 2; word && number < 22; number++)
		word = strchr(word + 1, ' ');
	return word && sscanf(word, " %lld", &start) == 1 ? start : -ESRCH;
}

int linux_drop_privileges(uid_t user, gid_t group)
{
	if (user != 0 && (setgroups(0, NULL) || setresgid(group, group, group) || setresuid(user, user, user)))
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	return 0;
}

static void end_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGHUP);
}

void linux_keep_signals(void)
{
	sigset_t signals;

	end_signals(&signals);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int linux_wait_for_end(void)
{
	sigset_t signals;
	int number = 0;

	end_signals(&signals);
	sigwait(&signals, &number);
	return number;
}

int linux_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 1024;
	return limit.rlim_cur > INT_MAX ? INT_MAX : (int)limit.rlim_cur;
}

int linux_raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}
