// More than one's share.

#define _GNU_SOURCE
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// More than the usual limits of a launch: see LaunchRequest.usualLimits.
enum { PROCESSES = 300, DESCRIPTORS = 1100 };
#define FILE_SIZE ((off_t)64 << 30)

static int fork_bomb(void)
{
	pid_t children[PROCESSES];
	int count = 0, error = 0;

	for (; count < PROCESSES && !error; count++) {
		children[count] = fork();
		if (children[count] == 0)
			for (;;)
				pause();
		if (children[count] < 0)
			error = errno;
	}
	if (error)
		count--;
	for (int index = 0; index < count; index++)
		kill(children[index], SIGKILL);
	for (int index = 0; index < count; index++)
		waitpid(children[index], NULL, 0);
	return error;
}

static int descriptor_bomb(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (int index = 0; index < DESCRIPTORS; index++)
		if (dup(1) < 0)
			return errno;
	return 0;
}

static int lock_memory(void)
{
	static char pages[16 << 12];

	return TRY(mlock(pages, sizeof(pages)));
}

static int lock_all(void) { return TRY(mlockall(MCL_CURRENT)); }

static int write_past_limit(void)
{
	int file = memfd_create("escape", 0);

	if (file < 0)
		return errno;
	return TRY(pwrite(file, "x", 1, FILE_SIZE + 4096));
}

static int grow_past_limit(void)
{
	int file = memfd_create("escape", 0);

	if (file < 0)
		return errno;
	return TRY(ftruncate(file, FILE_SIZE + 4096));
}

static int raise_limit(int resource)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return errno;
	// One that is not limited is limited first.
	if (limit.rlim_max == RLIM_INFINITY) {
		limit.rlim_cur = limit.rlim_max = 1 << 20;
		if (setrlimit(resource, &limit))
			return errno;
	}
	limit.rlim_max += 1 << 12;
	return TRY(setrlimit(resource, &limit));
}

static int raise_core(void) { return raise_limit(RLIMIT_CORE); }
static int raise_processes(void) { return raise_limit(RLIMIT_NPROC); }
static int raise_locked(void) { return raise_limit(RLIMIT_MEMLOCK); }
static int raise_file_size(void) { return raise_limit(RLIMIT_FSIZE); }

static int message_queue(void)
{
	mqd_t queue = mq_open("/xsm-escape", O_RDWR | O_CREAT, 0600, NULL);

	if (queue < 0)
		return errno;
	mq_unlink("/xsm-escape");
	return 0;
}

static int queue_signals(void)
{
	const union sigval value = { 0 };
	sigset_t all;

	// Far more than anybody needs, kept by the kernel.
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int index = 0; index < 2000; index++)
		if (sigqueue(getpid(), SIGRTMIN, value))
			return errno;
	return 0;
}

const struct attempt limit_attempts[] = {
	{ "fork-bomb", fork_bomb, "have 300 processes" },
	{ "descriptor-bomb", descriptor_bomb, "have 1100 descriptors" },
	{ "lock-memory", lock_memory, "keep 64 KiB in memory" },
	{ "lock-all-memory", lock_all, "keep everything in memory" },
	{ "file-size", write_past_limit, "write a file of more than 64 GiB" },
	{ "file-grow", grow_past_limit, "grow a file to more than 64 GiB" },
	{ "raise-core", raise_core, "raise the limit of core files" },
	{ "raise-processes", raise_processes, "raise the limit of processes" },
	{ "raise-locked-memory", raise_locked, "raise the limit of locked memory" },
	{ "raise-file-size", raise_file_size, "raise the limit of files' size" },
	{ "message-queue", message_queue, "make a message queue" },
	{ "signal-queue", queue_signals, "have the kernel keep 2000 signals" },
	{ 0 },
};
