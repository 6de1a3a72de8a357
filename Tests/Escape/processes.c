// Other processes, and programs to become.

#define _GNU_SOURCE
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leavings.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif

static int trace(void)
{
	int error = TRY(ptrace(PTRACE_SEIZE, victim, NULL, NULL));

	if (!error)
		ptrace(PTRACE_DETACH, victim, NULL, NULL);
	return error;
}

static int read_other(void)
{
	char bytes[16];
	struct iovec here = { bytes, sizeof(bytes) }, there = { victim_secret, sizeof(bytes) };

	if (process_vm_readv(victim, &here, 1, &there, 1, 0) < 0)
		return errno;
	return memcmp(bytes, "secret", 6) ? EFAULT : 0;
}

static int write_other(void)
{
	char bytes[16] = "secret";
	struct iovec here = { bytes, sizeof(bytes) }, there = { victim_secret, sizeof(bytes) };

	return TRY(process_vm_writev(victim, &here, 1, &there, 1, 0));
}

static int take_descriptor(void)
{
	int process = (int)syscall(SYS_pidfd_open, victim, 0);

	if (process < 0)
		return errno;
	return TRY(syscall(SYS_pidfd_getfd, process, 1, 0));
}

static int signal_other(void) { return TRY(kill(victim, 0)); }
static int compare_other(void) { return TRY(syscall(SYS_kcmp, getpid(), victim, KCMP_VM, 0, 0)); }
static int limit_other(void) { struct rlimit limit; return TRY(prlimit(victim, RLIMIT_CORE, NULL, &limit)); }
static int slow_other(void) { return TRY(setpriority(PRIO_PROCESS, (id_t)victim, 0)); }

static int move_other(void)
{
	cpu_set_t processors;

	if (sched_getaffinity(victim, sizeof(processors), &processors))
		return errno;
	return TRY(sched_setaffinity(victim, sizeof(processors), &processors));
}

// Where the launcher cannot be seen, its number is none.
static int signal_launcher(void) { return getppid() == 0 ? ESRCH : TRY(kill(getppid(), 0)); }
static int signal_all(void) { return TRY(kill(-1, 0)); }

static int signal_any(void)
{
	int error = ESRCH;

	for (pid_t process = 1; process < 100000; process++)
		if (process != getpid() && kill(process, 0) == 0)
			return 0;
		else if (errno == EPERM)
			error = errno;
	return error;
}

static int open_memory_of(pid_t process)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)process);
	return try_open(path, O_RDWR);
}

static int launcher_memory(void) { return open_memory_of(getppid() == 0 ? 1 : getppid()); }
static int other_memory(void) { return open_memory_of(victim); }

static int execute(int file, const char *path, const char *word)
{
	char *const words[] = { (char *)path, (char *)word, NULL };
	char *const none[] = { NULL };

	syscall(SYS_execveat, file, file == AT_FDCWD ? path : "", words, none, file == AT_FDCWD ? 0 : AT_EMPTY_PATH);
	return errno;
}

static int run_shell(void)
{
	char *const words[] = { "/bin/sh", "-c", "exit 0", NULL };

	execve(words[0], words, NULL);
	return errno;
}

static int run_self(void) { return execute(AT_FDCWD, own_path, "--run"); }

static int run_memory(void)
{
	int program = open(own_path, O_RDONLY | O_CLOEXEC), memory = memfd_create("escape", MFD_CLOEXEC | MFD_EXEC);
	struct stat status;

	// Kernels that do not know the flag mean it.
	if (memory < 0)
		memory = memfd_create("escape", MFD_CLOEXEC);
	if (program < 0 || memory < 0 || fstat(program, &status))
		return errno;
	for (off_t done = 0; done < status.st_size;) {
		ssize_t count = sendfile(memory, program, &done, (size_t)(status.st_size - done));

		if (count <= 0)
			return errno;
	}
	return execute(memory, "escape", "--run");
}

// A copy of this program that is root's and says so stands beside it.
static int run_set_user(void)
{
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s-set-user", own_path);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	// As somebody who is not root already.
	if (geteuid() == 0 && setresuid(VICTIM_USER, VICTIM_USER, VICTIM_USER))
		return errno;
	return execute(file, path, "--is-root");
}

static int shell(void) { return in_child(run_shell); }
static int self(void) { return in_child(run_self); }
static int memory(void) { return in_child(run_memory); }
static int set_user(void) { return in_child(run_set_user); }

const struct attempt process_attempts[] = {
	{ "ptrace", trace, "trace a process of another user's" },
	{ "read-other", read_other, "read the memory of a process of another user's" },
	{ "write-other", write_other, "write the memory of a process of another user's" },
	{ "pidfd-getfd", take_descriptor, "take a descriptor from a process of another user's" },
	{ "signal-other", signal_other, "signal a process of another user's" },
	{ "kcmp", compare_other, "compare oneself with a process of another user's" },
	{ "prlimit-other", limit_other, "ask for limits of a process of another user's" },
	{ "renice-other", slow_other, "set the priority of a process of another user's" },
	{ "move-other", move_other, "set the processors of a process of another user's" },
	{ "signal-launcher", signal_launcher, "signal the parent of the first process" },
	{ "signal-all", signal_all, "signal everything by kill(-1)" },
	{ "signal-any", signal_any, "signal any process by its number, of a hundred thousand" },
	{ "launcher-memory", launcher_memory, "open /proc/PID/mem of the launcher" },
	{ "other-memory", other_memory, "open /proc/PID/mem of a process of another user's" },
	{ "exec-shell", shell, "run a shell" },
	{ "exec-self", self, "run the program that one is" },
	{ "exec-memfd", memory, "run a program out of memory" },
	{ "exec-set-user", set_user, "become root by a program with a set-uid bit" },
	{ 0 },
};
