#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESULT(call) ((call) < 0 ? -errno : 0)

int sandbox_unshare(int namespaces)
{
	return RESULT(unshare(namespaces));
}

int sandbox_process(pid_t process)
{
	long result = syscall(SYS_pidfd_open, process, 0);

	return result < 0 ? -errno : (int)result;
}

int sandbox_signal(int process, int signal)
{
	return RESULT(syscall(SYS_pidfd_send_signal, process, signal, NULL, 0));
}

void sandbox_exit(int status)
{
	_exit(status);
}

int sandbox_wait(pid_t child, int *status)
{
	pid_t result;

	// One that is held stands still now and then: that is no end.
	do
		result = waitpid(child, status, 0);
	while ((result < 0 && errno == EINTR) || (result == child && WIFSTOPPED(*status)));
	return result < 0 ? -errno : 0;
}

int sandbox_pipe(int ends[2])
{
	return RESULT(pipe2(ends, O_CLOEXEC));
}

int sandbox_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
	return RESULT(mount(source, target, type, flags, data));
}

int sandbox_is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) ? -errno : S_ISDIR(status.st_mode);
}

int sandbox_make_directory(const char *path, mode_t mode)
{
	return RESULT(mkdir(path, mode));
}

int sandbox_make_file(const char *path, mode_t mode)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (descriptor < 0)
		return -errno;
	close(descriptor);
	return 0;
}

int sandbox_enter_root(const char *root, const char *tree)
{
	// The old root lies over the new one for a moment: nothing has to be made for it.
	if (chdir(root) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return -errno;
	// Whoever has another root than his mount namespace has makes no user namespace (user_namespaces(7), EPERM).
	if (chdir(tree) || chroot(".") || chdir("/"))
		return -errno;
	return 0;
}

int sandbox_limit(int resource, uint64_t limit)
{
	struct rlimit64 both = { limit, limit };

	return RESULT(prlimit64(0, (enum __rlimit_resource)resource, &both, NULL));
}

int sandbox_prctl(int option, unsigned long second, unsigned long third, unsigned long fourth, unsigned long fifth)
{
	return RESULT(prctl(option, second, third, fourth, fifth));
}

int sandbox_leave_groups(void)
{
	return RESULT(setgroups(0, NULL));
}

int sandbox_become(uid_t user, gid_t group)
{
	return setresgid(group, group, group) || setresuid(user, user, user) ? -errno : 0;
}

int sandbox_drop_bounding_set(void)
{
	cap_value_t capability = 0;

	while (cap_drop_bound(capability) == 0)
		capability++;
	// The first that there is not ends it; every kernel that is new enough otherwise has all of these.
	return errno == EINVAL && capability > CAP_LAST_CAP ? 0 : -errno;
}

int sandbox_drop_capabilities(void)
{
	cap_t none = cap_init();
	int result;

	if (!none)
		return -errno;
	result = RESULT(cap_reset_ambient());
	if (result == 0)
		result = RESULT(cap_set_proc(none));
	cap_free(none);
	return result;
}

int sandbox_filter(const struct sock_filter *instructions, unsigned short count, unsigned int flags)
{
	struct sock_fprog program = { count, (struct sock_filter *)instructions };
	long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);

	if (result < 0)
		return -errno;
	// With SECCOMP_FILTER_FLAG_TSYNC: a thread that could not follow.
	return result > 0 && !(flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) ? -EBUSY : (int)result;
}

int sandbox_landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return version < 0 ? -errno : (int)version;
}

int sandbox_landlock_rules(uint64_t files, uint64_t network, uint64_t scopes)
{
	// The kernel's structure, as far as it has grown: what an older kernel does not know must be 0.
	uint64_t attributes[3] = { files, network, scopes };
	size_t size = scopes ? 24 : network ? 16 : 8;
	long result = syscall(SYS_landlock_create_ruleset, attributes, size, 0);

	return result < 0 ? -errno : (int)result;
}

int sandbox_landlock_allow(int rules, uint64_t access, const char *path)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access };
	int descriptor = open(path, O_PATH | O_CLOEXEC);
	long result;

	if (descriptor < 0)
		return -errno;
	rule.parent_fd = descriptor;
	result = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ? -errno : 0;
	close(descriptor);
	return (int)result;
}

int sandbox_landlock_enforce(int rules)
{
	int result = RESULT(syscall(SYS_landlock_restrict_self, rules, 0));

	close(rules);
	return result;
}

static int write_all(int descriptor, const char *text)
{
	size_t length = strlen(text);
	int result = 0;

	if (descriptor < 0)
		return -errno;
	if (write(descriptor, text, length) != (ssize_t)length)
		result = errno ? -errno : -EIO;
	close(descriptor);
	return result;
}

int sandbox_write(const char *path, const char *text)
{
	return write_all(open(path, O_WRONLY | O_CLOEXEC), text);
}

int sandbox_labels(void)
{
	int descriptor = open("/proc/self/attr", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return descriptor < 0 ? -errno : descriptor;
}

int sandbox_write_label(int labels, const char *name, const char *label)
{
	return write_all(openat(labels, name, O_WRONLY | O_CLOEXEC), label);
}

int sandbox_new_session(void)
{
	return RESULT(setsid());
}

int sandbox_arrange(const int *descriptors, const int *numbers, size_t count, int kept)
{
	int last = count ? numbers[count - 1] : -1;
	int moved[64];

	if (count > sizeof(moved) / sizeof(moved[0]))
		return -E2BIG;
	// Out of the way first, so that no duplicate lands on one that is still needed.
	for (size_t index = 0; index < count; index++) {
		moved[index] = fcntl(descriptors[index], F_DUPFD_CLOEXEC, last + 2);
		if (moved[index] < 0)
			return -errno;
	}
	kept = fcntl(kept, F_DUPFD_CLOEXEC, last + 2);
	if (kept < 0)
		return -errno;
	for (size_t index = 0; index < count; index++)
		if (dup2(moved[index], numbers[index]) < 0)
			return -errno;
	if (dup3(kept, last + 1, O_CLOEXEC) < 0 && kept != last + 1)
		return -errno;
	// Between the numbers there may be gaps, in which somebody left one open.
	for (int number = 0, index = 0; number <= last; number++) {
		if (number == numbers[index])
			index++;
		else if (close_range((unsigned int)number, (unsigned int)number, 0))
			return -errno;
	}
	if (close_range((unsigned int)last + 2, ~0U, 0))
		return -errno;
	return last + 1;
}

int sandbox_execute(const char *path, char *const arguments[], char *const environment[])
{
	execve(path, arguments, environment);
	return -errno;
}

int sandbox_ask_to_stop(void)
{
	return RESULT(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

int sandbox_await_stop(pid_t child)
{
	siginfo_t state = { 0 };

	for (;;) {
		if (waitid(P_PID, (id_t)child, &state, WSTOPPED | WEXITED | WNOWAIT | __WALL) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		// Who waits for its end gets to know how it came.
		if (state.si_code != CLD_TRAPPED && state.si_code != CLD_STOPPED)
			return 0;
		if (state.si_status == SIGTRAP)
			return ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL) ? -errno : 1;
		// A signal that came before the program began.
		waitid(P_PID, (id_t)child, &state, WSTOPPED | __WALL);
		if (ptrace(PTRACE_CONT, child, NULL, (void *)(uintptr_t)state.si_status))
			return -errno;
	}
}

int sandbox_let_go(pid_t child)
{
	return RESULT(ptrace(PTRACE_DETACH, child, NULL, NULL));
}

int sandbox_stop_thread(pid_t process, pid_t thread)
{
	siginfo_t state = { 0 };

	// One that this process holds stands still.
	if (ptrace(PTRACE_SEIZE, thread, NULL, NULL))
		return errno == EPERM ? SANDBOX_THREAD_STOOD : -errno;
	// Only a thread that stands still tells; it goes on as it was. One that has ended meanwhile is left to whoever waits for it.
	if (ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) ||
		waitid(P_PID, (id_t)thread, &state, WSTOPPED | WEXITED | WNOWAIT | __WALL) < 0) {
		int error = errno;

		ptrace(PTRACE_DETACH, thread, NULL, NULL);
		return -error;
	}
	if (state.si_code != CLD_TRAPPED && state.si_code != CLD_STOPPED) {
		// A thread that ended under our eyes is there until we have asked how.
		if (thread != process)
			waitid(P_PID, (id_t)thread, &state, WEXITED | __WALL);
		return -ESRCH;
	}
	return SANDBOX_THREAD_STOPPED;
}

void sandbox_resume_thread(pid_t thread)
{
	ptrace(PTRACE_DETACH, thread, NULL, NULL);
}

int sandbox_filter_of_thread(pid_t thread, unsigned int index, struct sock_filter *instructions)
{
	long count = ptrace(PTRACE_SECCOMP_GET_FILTER, thread, (void *)(uintptr_t)index, instructions);

	return count < 0 ? -errno : (int)count;
}
