#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// What the caller's caller blocks or ignores is not the program's: it would outlive its exec, and nobody could ask it to end.
static void forget_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static struct clone_args arguments_of(uint64_t flags, int group, int *process)
{
	struct clone_args arguments = {
		.flags = flags | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)process,
		.exit_signal = SIGCHLD,
	};

	if (group >= 0) {
		arguments.flags |= CLONE_INTO_CGROUP;
		arguments.cgroup = (uint64_t)group;
	}
	return arguments;
}

pid_t sandbox_clone(uint64_t namespaces, int group, int *process)
{
	struct clone_args arguments = arguments_of(namespaces, group, process);
	long result = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (result == 0)
		forget_signals();
	return result < 0 ? -errno : (pid_t)result;
}

struct beginning {
	void (*body)(void *);
	void *context;
};

static void begin(struct beginning *beginning)
{
	// Here nothing of the caller's has been run by a signal: until now all were blocked.
	forget_signals();
	beginning->body(beginning->context);
	_exit(125);
}

// The call itself: its child has a stack of its own, which begins with no frame, and therefore cannot return from here.
static long clone_on_stack(struct clone_args *arguments, struct beginning *beginning)
{
#ifdef __x86_64__
	register void (*function)(struct beginning *) __asm__("r12") = begin;
	register struct beginning *argument __asm__("r13") = beginning;
	long result = SYS_clone3;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r13, %%rdi\n\t"
			 "call *%%r12\n\t"
			 "ud2\n"
			 "1:"
			 : "+a"(result)
			 : "D"(arguments), "S"(sizeof(*arguments)), "r"(function), "r"(argument)
			 : "rcx", "r11", "memory", "cc");
	return result;
#else
#error "how a process begins on a stack of its own is written for x86-64"
#endif
}

pid_t sandbox_begin(uint64_t namespaces, int group, int *process, void (*body)(void *), void *context)
{
	const size_t size = 1 << 20, guard = 4096;
	struct clone_args arguments = arguments_of(namespaces | CLONE_VM | CLONE_VFORK, group, process);
	struct beginning beginning = { body, context };
	sigset_t all, before;
	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	long result;

	if (stack == MAP_FAILED)
		return -errno;
	if (mprotect(stack, guard, PROT_NONE)) {
		result = -errno;
		munmap(stack, size);
		return (pid_t)result;
	}
	arguments.stack = (uint64_t)(uintptr_t)stack;
	arguments.stack_size = size;
	// A handler of the caller's would run in the child, and in the caller's memory.
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	result = clone_on_stack(&arguments, &beginning);
	sigprocmask(SIG_SETMASK, &before, NULL);
	munmap(stack, size);
	return (pid_t)result;
}
