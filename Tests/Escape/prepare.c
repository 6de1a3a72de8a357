// What stands around the attempts: a careless launcher's leavings, and a process of somebody else's.

#define _GNU_SOURCE
#include "escape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leavings.h"

static void leave(int terminal)
{
	const gid_t groups[] = { 4, 24, 27 };
	const struct rlimit nice = { 40, 40 }, realtime = { 50, 50 };
	int file = open("/etc/passwd", O_RDONLY);

	// A terminal that is typed into, a descriptor, a variable, a key, groups, and limits that let one before others.
	setsid();
	ioctl(terminal, TIOCSCTTY, 0);
	dup2(terminal, 0);
	close(terminal);
	dup2(file, LEFT_DESCRIPTOR);
	close(file);
	setenv("XSM_LEFT", "secret", 1);
	setgroups(3, groups);
	setrlimit(RLIMIT_NICE, &nice);
	setrlimit(RLIMIT_RTPRIO, &realtime);
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	syscall(SYS_add_key, "user", LEFT_KEY, "secret", 6, KEY_SPEC_SESSION_KEYRING);
}

int prepare(char **words)
{
	int terminals = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), terminal, status;
	int segment = shmget(LEFT_SEGMENT, 4096, IPC_CREAT | 0666);
	pid_t child;

	if (terminals < 0 || grantpt(terminals) || unlockpt(terminals) ||
		(terminal = open(ptsname(terminals), O_RDWR | O_NOCTTY)) < 0) {
		perror("a terminal");
		return 3;
	}
	child = fork();
	if (child == 0) {
		// What the attempt leaves running ends when this does, and this when the tests do.
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		leave(terminal);
		execv(words[0], words);
		perror(words[0]);
		_exit(3);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return 3;
	if (segment >= 0)
		shmctl(segment, IPC_RMID, NULL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int be_victim(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t size = sizeof(address);
	int port = socket(AF_INET, SOCK_STREAM, 0), abstract = socket(AF_UNIX, SOCK_STREAM, 0);
	int length = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, LEFT_SOCKET, (int)getpid());
	char byte;

	if (bind(port, (struct sockaddr *)&address, size) || listen(port, 8) || getsockname(port, (struct sockaddr *)&address, &size) ||
		bind(abstract, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)) ||
		listen(abstract, 8)) {
		perror("a socket");
		return 3;
	}
	// It has namespaces that one could wish to enter, and is another user's.
	if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWPID) ||
		setgroups(0, NULL) || setresgid(VICTIM_USER, VICTIM_USER, VICTIM_USER) ||
		setresuid(VICTIM_USER, VICTIM_USER, VICTIM_USER)) {
		perror("the victim");
		return 3;
	}
	unshare(CLONE_NEWUSER);
	printf("%d %d\n", (int)getpid(), ntohs(address.sin_port));
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}
