// Checks of Sources/XenShim against the fake daemon. Each runs in a process of its own, with a limit of time.
//
// usage: check FAKE-DAEMON [NAME]
#define _GNU_SOURCE
#include "check.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xencall.h>

enum { SECONDS_FOR_ONE = 60 };

static const char *fake_daemon;
static char directory[] = "/tmp/xsm-shim-XXXXXX";
static pid_t daemon_process;

void check_failed(const char *file, int line, const char *condition, int error)
{
	fprintf(stderr, "%s:%d: `%s` does not hold (errno: %s)\n", file, line, condition, strerrorname_np(error));
	kill_daemon();
	_exit(1);
}

// MARK: the daemon

static void start(const char *how, const char *where, const char *behaviour)
{
	int ready[2];
	char byte;

	if (pipe2(ready, O_CLOEXEC) < 0)
		abort();
	daemon_process = fork();
	if (daemon_process == 0) {
		dup2(ready[1], STDOUT_FILENO);
		execl(fake_daemon, "fake-daemon", how, where, behaviour, NULL);
		_exit(127);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		fprintf(stderr, "`%s` does not start\n", fake_daemon);
		_exit(1);
	}
	close(ready[0]);
}

void start_daemon(const char *behaviour)
{
	char path[64];

	snprintf(path, sizeof path, "%s/socket", directory);
	start("listen", path, behaviour);
	setenv("XSM_HYPERVISOR", path, 1);
}

void start_daemon_behind_door(void)
{
	int ends[2];
	char number[16];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0)
		abort();
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	snprintf(number, sizeof number, "%d", ends[1]);
	start("door", number, "honest");
	close(ends[1]);
	snprintf(number, sizeof number, "fd:%d", ends[0]);
	setenv("XSM_HYPERVISOR", number, 1);
}

void kill_daemon(void)
{
	if (daemon_process > 0) {
		kill(daemon_process, SIGKILL);
		waitpid(daemon_process, NULL, 0);
	}
	daemon_process = 0;
}

long daemon_counter(unsigned which)
{
	xencall_handle *handle = xencall_open(NULL, 0);
	long value;

	CHECK(handle);
	value = xencall1(handle, FAKE_COUNTER, which);
	CHECK(value >= 0);
	xencall_close(handle);
	return value;
}

unsigned open_descriptors(void)
{
	DIR *list = opendir("/proc/self/fd");
	unsigned count = 0;

	CHECK(list);
	while (readdir(list))
		count++;
	closedir(list);
	return count;
}

// MARK: running

static bool run(const struct check *check)
{
	struct timespec start, end;
	pid_t child;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &start);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SECONDS_FOR_ONE);
		check->run();
		kill_daemon();
		exit(0); // with what a sanitizer has to say at the end
	}
	waitpid(child, &status, 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (status == 0)
		printf("ok: %s (%ld ms)\n", check->name,
			(end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000);
	else if (WIFSIGNALED(status))
		printf("FAILED: %s: signal %d%s\n", check->name, WTERMSIG(status),
			WTERMSIG(status) == SIGALRM ? " (it hangs)" : "");
	else
		printf("FAILED: %s\n", check->name);
	fflush(stdout);
	return status == 0;
}

int main(int count, char **arguments)
{
	const struct check *all[] = { checks_of_connections, checks_of_calls, checks_of_events, checks_of_memory,
		checks_of_grants, checks_of_lies };
	unsigned failed = 0, ran = 0;
	char path[64];

	if (count < 2) {
		fprintf(stderr, "usage: check FAKE-DAEMON [NAME]\n");
		return 2;
	}
	fake_daemon = arguments[1];
	if (!mkdtemp(directory))
		return 2;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		for (const struct check *check = all[i]; check->name; check++)
			if (count < 3 || strstr(check->name, arguments[2])) {
				ran++;
				failed += !run(check);
			}
	snprintf(path, sizeof path, "%s/socket", directory);
	unlink(path);
	rmdir(directory);
	printf("%u checks, %u failed\n", ran, failed);
	return failed || !ran;
}
