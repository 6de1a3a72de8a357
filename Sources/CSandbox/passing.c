#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

int64_t sandbox_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t sandbox_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int sandbox_await(int descriptor, int writing, int milliseconds)
{
	struct pollfd wanted = { .fd = descriptor, .events = writing ? POLLOUT : POLLIN };
	int ready = poll(&wanted, 1, milliseconds);

	return ready < 0 ? -errno : ready;
}

ssize_t sandbox_receive(int descriptor, void *bytes, size_t capacity)
{
	// Without room for them, descriptors that the other end passes are dropped by the kernel.
	ssize_t count = recv(descriptor, bytes, capacity, MSG_DONTWAIT);

	return count < 0 ? -errno : count;
}

ssize_t sandbox_send(int descriptor, const void *bytes, size_t count, int passed)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { .iov_base = (void *)bytes, .iov_len = count };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	if (passed >= 0) {
		memset(&control, 0, sizeof(control));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &passed, sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	sent = sendmsg(descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	return sent < 0 ? -errno : sent;
}

int sandbox_access_mode(int descriptor)
{
	int flags = fcntl(descriptor, F_GETFL);

	return flags < 0 ? -errno : flags & O_ACCMODE;
}
