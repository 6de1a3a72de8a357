// The launcher and all that comes of it are under a filter that asks this program at each call (seccomp_unotify(2)). That is no
// tracer, so that the launcher can trace its child.

#define _GNU_SOURCE
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Linux 6.6, include/uapi/linux/seccomp.h; older kernels refuse it.
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1
#endif

// How long a launch may take, in milliseconds.
static const int patience = 10000;

struct watch {
	const struct fault *fault;
	struct outcome *outcome;
	int (*sequence)[MOST_CALLS];
	pid_t launcher, child;
	const char *launcher_path;
	bool is_program; // the child has made its exec
	int listener;
	// The filter that the child has installed; none: 0.
	struct sock_filter filter[BPF_MAXINSNS];
	unsigned short filter_length;
};

static _Noreturn void give_up(const char *what)
{
	perror(what);
	exit(3);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

struct start {
	char *const *launcher;
	int listener;
};

// Asks at each call.
static struct sock_filter own_filter = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);

// Shares memory and descriptors with this program until its exec, so that the listener is this program's as well.
static int begin(void *argument)
{
	struct sock_fprog program = { 1, &own_filter };
	struct start *start = argument;
	long listener;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	__atomic_store_n(&start->listener, listener < 0 ? -errno - 1 : (int)listener, __ATOMIC_SEQ_CST);
	if (listener >= 0)
		execv(start->launcher[0], start->launcher);
	_exit(3);
}

// What a call says that was done.
static int64_t lie_about(const struct seccomp_data *call)
{
	switch (call->nr) {
	case SYS_dup2:
	case SYS_dup3: return (int64_t)call->args[1];
	case SYS_write: return (int64_t)call->args[2];
	default: return 0;
	}
}

static bool copy_in(pid_t process, void *bytes, uint64_t address, size_t size)
{
	struct iovec here = { bytes, size }, there = { (void *)(uintptr_t)address, size };

	return process_vm_readv(process, &here, 1, &there, 1, 0) == (ssize_t)size;
}

static bool copy_out(pid_t process, const void *bytes, uint64_t address, size_t size)
{
	struct iovec here = { (void *)(uintptr_t)bytes, size }, there = { (void *)(uintptr_t)address, size };

	return process_vm_writev(process, &here, 1, &there, 1, 0) == (ssize_t)size;
}

// The kernel reads filters back for nobody who is under one (seccomp(2)), as the launcher is here: it gets what the kernel would give, which is
// the one of this program and then the one that its child has installed. That there are those, and only those, the facts say.
static void keep_filter(struct watch *watch, const struct seccomp_data *call)
{
	struct sock_fprog program;

	if (call->nr != SYS_seccomp || call->args[0] != SECCOMP_SET_MODE_FILTER ||
		!copy_in(watch->child, &program, call->args[2], sizeof(program)) || program.len > BPF_MAXINSNS)
		return;
	if (copy_in(watch->child, watch->filter, (uintptr_t)program.filter, program.len * sizeof(watch->filter[0])))
		watch->filter_length = program.len;
}

static void give_filter(struct watch *watch, const struct seccomp_data *call, struct seccomp_notif_resp *reply)
{
	const struct sock_filter *filter = call->args[2] == 0 ? &own_filter : watch->filter;
	unsigned short length = call->args[2] == 0 ? 1 : call->args[2] == 1 ? watch->filter_length : 0;

	if (length && copy_out(watch->launcher, filter, call->args[3], length * sizeof(filter[0])))
		reply->val = length;
	else
		reply->error = -ENOENT;
}

// Whether the child is another program than the launcher. An exec that fails leaves it what it was.
static bool is_another(const struct watch *watch)
{
	char path[64];
	struct stat one, other;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)watch->child);
	if (stat(path, &one))
		return true;
	return stat(watch->launcher_path, &other) || one.st_ino != other.st_ino || one.st_dev != other.st_dev;
}

// Whether the call goes on; `reply` has what it gives otherwise.
static bool goes_on(struct watch *watch, const struct seccomp_notif *call, struct seccomp_notif_resp *reply)
{
	struct outcome *outcome = watch->outcome;
	enum who who = (pid_t)call->pid == watch->launcher ? LAUNCHER : CHILD;
	int number;

	if (who == CHILD && !watch->child)
		watch->child = (pid_t)call->pid;
	if (who == CHILD && watch->is_program && !outcome->has_run)
		watch->is_program = outcome->has_run = is_another(watch);
	if (who == CHILD && watch->is_program) {
		if (call->data.nr == SYS_exit_group && (pid_t)call->pid == watch->child) {
			// It stands still meanwhile.
			outcome->is_complete = true;
			tell_facts(watch->child, outcome->facts, sizeof(outcome->facts));
		}
		return true;
	}
	number = outcome->calls[who]++;
	if (watch->sequence && number < MOST_CALLS)
		watch->sequence[who][number] = call->data.nr;
	if (watch->fault->who == who && watch->fault->number == number) {
		outcome->disturbed = call->data.nr;
		memcpy(outcome->arguments, call->data.args, sizeof(outcome->arguments));
		reply->error = -watch->fault->error;
		reply->val = watch->fault->error ? 0 : lie_about(&call->data);
		return false;
	}
	if (who == LAUNCHER && call->data.nr == SYS_ptrace && call->data.args[0] == PTRACE_SECCOMP_GET_FILTER) {
		give_filter(watch, &call->data, reply);
		return false;
	}
	if (who == CHILD)
		keep_filter(watch, &call->data);
	if (who == CHILD && call->data.nr == SYS_execve)
		watch->is_program = true;
	return true;
}

static void answer(struct watch *watch)
{
	struct seccomp_notif call;
	struct seccomp_notif_resp reply;

	memset(&call, 0, sizeof(call));
	memset(&reply, 0, sizeof(reply));
	// One that was killed meanwhile asks no more.
	if (ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_RECV, &call))
		return;
	reply.id = call.id;
	if (goes_on(watch, &call, &reply))
		reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

static void attend(struct watch *watch, int process)
{
	struct pollfd wanted[2] = { { .fd = watch->listener, .events = POLLIN }, { .fd = process, .events = POLLIN } };
	int64_t end = now() + patience;
	bool has_ended = false;
	int status;

	for (;;) {
		if (poll(wanted, 2, 10) < 0 && errno != EINTR)
			give_up("poll");
		if (wanted[0].revents & POLLIN)
			answer(watch);
		if (!has_ended && wanted[1].revents & POLLIN) {
			waitpid(watch->launcher, &watch->outcome->status, 0);
			has_ended = true;
			wanted[1].fd = -1;
		}
		// Whom it has left behind is this program's child now: it is the first of its namespace.
		while (has_ended && waitpid(-1, &status, WNOHANG) > 0)
			;
		if (has_ended && wanted[0].revents & POLLHUP)
			return;
		if (now() < end)
			continue;
		watch->outcome->is_late = true;
		end = now() + patience;
		kill(watch->launcher, SIGKILL);
		if (watch->child)
			kill(watch->child, SIGKILL);
	}
}

static void collect(int file, char *text)
{
	ssize_t count = pread(file, text, TEXT_SIZE - 1, 0);

	text[count < 0 ? 0 : count] = 0;
	close(file);
}

void launch(char *const *launcher, const struct fault *fault, struct outcome *outcome, int (*sequence)[MOST_CALLS])
{
	static char stack[65536] __attribute__((aligned(16)));
	struct start start = { launcher, -1 };
	static struct watch watch;
	// It inherits all of these, as a careless launcher's child would.
	int process, said[2] = { dup(1), dup(2) }, output = memfd_create("output", 0), errors = memfd_create("errors", 0);

	watch = (struct watch){ .fault = fault, .outcome = outcome, .sequence = sequence, .launcher_path = launcher[0] };
	memset(outcome, 0, sizeof(*outcome));
	outcome->disturbed = -1;
	fflush(stdout);
	dup2(output, 1);
	dup2(errors, 2);
	watch.launcher = clone(begin, stack + sizeof(stack), CLONE_VM | CLONE_FILES | CLONE_PIDFD | SIGCHLD, &start, &process);
	while (watch.launcher > 0 && (watch.listener = __atomic_load_n(&start.listener, __ATOMIC_SEQ_CST)) == -1)
		sched_yield();
	// Its first call is asked for, the exec: until then the table of descriptors is shared.
	if (watch.launcher > 0 && watch.listener >= 0) {
		// Who asks and who answers take turns: on one processor that is faster.
		ioctl(watch.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
		attend(&watch, process);
	}
	else
		errno = watch.launcher < 0 ? errno : -watch.listener - 1;
	dup2(said[0], 1);
	dup2(said[1], 2);
	close(said[0]);
	close(said[1]);
	if (watch.launcher < 0 || watch.listener < 0)
		give_up("a filter that asks");
	collect(output, outcome->probe);
	collect(errors, outcome->errors);
	close(watch.listener);
	close(process);
}
