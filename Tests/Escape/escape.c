// escape NAME: makes one attempt to get out. Exit status: 0 it came through, 1 it was refused (the error's name is printed), 2 the
// kernel does not have it, 3 usage.

#define _GNU_SOURCE
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t victim;
int victim_port;
char victim_secret[16] = "secret";
const char *own_path;
const char scratch[] = "/tmp";

static const struct attempt *const areas[] = {
	file_attempts, namespace_attempts, process_attempts, privilege_attempts, limit_attempts, socket_attempts, kernel_attempts,
	remainder_attempts,
};

void step_aside(void)
{
	if (unshare(CLONE_NEWNS) == 0)
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int try_open(const char *path, int flags)
{
	int descriptor = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (descriptor < 0)
		return errno;
	close(descriptor);
	return 0;
}

int in_child(int (*try)(void))
{
	int status;
	pid_t child = fork();

	if (child < 0)
		return errno;
	if (child == 0)
		_exit(try());
	if (waitpid(child, &status, 0) < 0)
		return errno;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		raise(SIGSYS);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

// What a device model does at its gate, where it is let go on: the instructions of its tighter filter are in a file.
static void serve(const char *path)
{
	static struct sock_filter instructions[BPF_MAXINSNS];
	struct sock_fprog program = { 0, instructions };
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count = file < 0 ? -1 : read(file, instructions, sizeof(instructions));

	close(file);
	program.len = (unsigned short)(count / (ssize_t)sizeof(instructions[0]));
	if (count <= 0 || prctl(PR_SET_DUMPABLE, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program)) {
		perror(path);
		_exit(3);
	}
}

static const struct attempt *find(const char *name)
{
	for (size_t area = 0; area < sizeof(areas) / sizeof(areas[0]); area++)
		for (const struct attempt *attempt = areas[area]; attempt->name; attempt++)
			if (!strcmp(attempt->name, name))
				return attempt;
	return NULL;
}

static int list(void)
{
	for (size_t area = 0; area < sizeof(areas) / sizeof(areas[0]); area++)
		for (const struct attempt *attempt = areas[area]; attempt->name; attempt++)
			printf("%-24s %s\n", attempt->name, attempt->about);
	return 0;
}

// Whether an error says that there is no such thing. A path that is missing says so only outside of a sandbox, which takes paths
// away.
static bool is_absent(int error, bool outside)
{
	switch (error) {
	case ENOSYS:
	case EAFNOSUPPORT:
	case EPROTONOSUPPORT:
	case ESOCKTNOSUPPORT:
		return true;
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case EOPNOTSUPP:
		return outside;
	default:
		return false;
	}
}

int main(int count, char **words)
{
	const struct attempt *attempt = NULL;
	const char *filter = NULL;
	bool outside = false;
	int error;

	own_path = words[0];
	for (int index = 1; index < count; index++) {
		if (!strcmp(words[index], "--list"))
			return list();
		if (!strcmp(words[index], "--victim"))
			return be_victim();
		// What a program says that was run by an attempt.
		if (!strcmp(words[index], "--run"))
			return 0;
		if (!strcmp(words[index], "--is-root"))
			return geteuid() == 0 ? 0 : EPERM;
		if (!strcmp(words[index], "--prepare") && index + 1 < count)
			return prepare(words + index + 1);
		if (!strcmp(words[index], "--outside")) {
			outside = true;
		} else if (!strcmp(words[index], "--serving") && index + 1 < count) {
			filter = words[++index];
		} else if (!strcmp(words[index], "--on") && index + 2 < count) {
			victim = atoi(words[index + 1]);
			victim_port = atoi(words[index + 2]);
			index += 2;
		} else if (attempt || !(attempt = find(words[index]))) {
			fprintf(stderr, "error: there is no attempt `%s`: see `escape --list`\n", words[index]);
			return 3;
		}
	}
	if (!attempt) {
		fprintf(stderr, "usage: escape [--outside] [--serving FILTER] [--on PID PORT] NAME | escape --list\n");
		return 3;
	}
	// A write that is too long is to fail, not to end the program.
	signal(SIGXFSZ, SIG_IGN);
	if (filter)
		serve(filter);
	error = attempt->try();
	if (!error) {
		printf("%s: came through\n", attempt->name);
		return 0;
	}
	printf("%s: %s %s\n", attempt->name, is_absent(error, outside) ? "absent" : "refused",
		strerrorname_np(error) ? strerrorname_np(error) : "unknown");
	return is_absent(error, outside) ? 2 : 1;
}
