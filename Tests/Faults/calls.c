// System calls, by their numbers.

#include "fault.h"

#include <stdio.h>
#include <sys/syscall.h>

#define CALL(name) { #name, SYS_##name }

// Those that give something up, or lead there, and then others that a launch makes.
static const struct {
	const char *name;
	int number;
} calls[] = {
	CALL(setsid), CALL(keyctl), CALL(prctl), CALL(setgroups), CALL(setresuid), CALL(setresgid), CALL(setuid), CALL(setgid),
	CALL(capset), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot), CALL(chdir), CALL(fchdir), CALL(seccomp),
	CALL(prlimit64), CALL(setrlimit), CALL(close), CALL(close_range), CALL(dup2), CALL(dup3), CALL(write), CALL(umask),
	CALL(unshare), CALL(landlock_add_rule), CALL(landlock_restrict_self), CALL(mkdir), CALL(ptrace), CALL(execve),
	// From here on they do not.
	CALL(clone3), CALL(read), CALL(pread64), CALL(openat), CALL(open), CALL(newfstatat), CALL(fstat), CALL(stat), CALL(lseek),
	CALL(mmap), CALL(munmap), CALL(mprotect), CALL(mremap), CALL(brk), CALL(madvise), CALL(readlink), CALL(readlinkat),
	CALL(getdents64), CALL(waitid), CALL(wait4), CALL(pipe2), CALL(fcntl), CALL(capget), CALL(ioctl), CALL(access),
	CALL(arch_prctl), CALL(set_tid_address), CALL(set_robust_list), CALL(rseq), CALL(getrandom), CALL(futex), CALL(exit_group),
	CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(poll), CALL(ppoll), CALL(getpid), CALL(gettid), CALL(geteuid), CALL(getuid),
	CALL(landlock_create_ruleset), CALL(pidfd_open), CALL(pidfd_send_signal), CALL(statx), CALL(statfs), CALL(unlink),
	CALL(rename), CALL(fsync), CALL(flock), CALL(ftruncate), CALL(sched_getaffinity), CALL(clock_nanosleep), CALL(sigaltstack),
	CALL(writev), CALL(linkat), CALL(unlinkat), CALL(renameat), CALL(fchmod), CALL(chmod), CALL(getcwd),
};

bool gives_up(int call)
{
	for (size_t index = 0; calls[index].number != SYS_clone3; index++)
		if (calls[index].number == call)
			return true;
	return false;
}

const char *call_name(int call)
{
	static char text[32];

	for (size_t index = 0; index < sizeof(calls) / sizeof(calls[0]); index++)
		if (calls[index].number == call)
			return calls[index].name;
	snprintf(text, sizeof(text), "call %d", call);
	return text;
}
