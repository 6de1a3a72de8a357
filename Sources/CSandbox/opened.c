#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

int sandbox_open(const char *path, int how)
{
	static const int flags[] = { O_RDONLY, O_RDWR, O_WRONLY | O_CREAT | O_TRUNC };
	int descriptor;

	if (how < 0 || how > 2)
		return -EINVAL;
	descriptor = open(path, flags[how] | O_CLOEXEC | O_NOCTTY, 0600);
	return descriptor < 0 ? -errno : descriptor;
}

int sandbox_socket_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ? -errno : 0;
}
