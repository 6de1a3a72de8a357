// Connections, and messages with descriptors.

#define _GNU_SOURCE
#include "CLinux.h"
#include "door.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 16

int linux_message_sockets(int descriptors[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, descriptors) ? -errno : 0;
}

int linux_byte_sockets(int descriptors[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors) ? -errno : 0;
}

static int unix_socket(const char *path, int is_of_messages, struct sockaddr_un *address)
{
	int descriptor;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	strcpy(address->sun_path, path);
	descriptor = socket(AF_UNIX, (is_of_messages ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	return descriptor < 0 ? -errno : descriptor;
}

int linux_listen(const char *path, int is_of_messages, mode_t mode)
{
	struct sockaddr_un address;
	int descriptor = unix_socket(path, is_of_messages, &address);

	if (descriptor < 0)
		return descriptor;
	unlink(path);
	// Nobody may connect before the mode is set: it is set before anybody is listened to.
	if (bind(descriptor, (struct sockaddr *)&address, sizeof(address)) || chmod(path, mode) || listen(descriptor, 128))
		return linux_close_failed(descriptor);
	return descriptor;
}

int linux_accept(int descriptor, uid_t *user, pid_t *process)
{
	struct ucred credentials;
	socklen_t size = sizeof(credentials);
	int connection = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC);

	if (connection < 0)
		return -errno;
	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &size))
		return linux_close_failed(connection);
	*user = credentials.uid;
	*process = credentials.pid;
	return connection;
}

pid_t linux_peer(int descriptor)
{
	struct ucred credentials;
	socklen_t size = sizeof(credentials);

	return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) ? -errno : credentials.pid;
}

int linux_connect(const char *path, int is_of_messages)
{
	struct sockaddr_un address;
	int descriptor = unix_socket(path, is_of_messages, &address);

	if (descriptor < 0)
		return descriptor;
	if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)))
		return linux_close_failed(descriptor);
	return descriptor;
}

// Waits until a connection has come about or has failed.
static int finish_connection(int descriptor, int milliseconds)
{
	uint64_t deadline = linux_nanoseconds() + (uint64_t)milliseconds * 1000000;
	struct pollfd waiting = { .fd = descriptor, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0;

	for (;;) {
		uint64_t now = linux_nanoseconds();
		int ready = now < deadline ? poll(&waiting, 1, (int)((deadline - now) / 1000000) + 1) : 0;

		if (ready > 0)
			break;
		if (ready == 0 && now >= deadline)
			return ETIMEDOUT;
		if (ready < 0 && errno != EINTR)
			return errno;
	}
	return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) ? errno : error;
}

int linux_connect_internet(const char *address, uint16_t port, int is_of_messages, int milliseconds)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int is_six = inet_pton(AF_INET, address, &four.sin_addr) != 1;
	int on = 1, descriptor, error;

	if (is_six && inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
		return -EINVAL;
	descriptor = socket(is_six ? AF_INET6 : AF_INET, (is_of_messages ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0)
		return -errno;
	if (!is_of_messages) {
		// Neither is what a connection depends on.
		setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
	if (!connect(descriptor, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four, is_six ? sizeof(six) : sizeof(four)))
		return descriptor;
	error = errno == EINPROGRESS || errno == EINTR ? finish_connection(descriptor, milliseconds) : errno;
	if (!error)
		return descriptor;
	close(descriptor);
	return -error;
}

ssize_t linux_send(int descriptor, const void *bytes, size_t count, const int *descriptors, int descriptor_count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
	} control;
	struct iovec part = { (void *)bytes, count };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	if (descriptor_count > MOST_DESCRIPTORS)
		return -EINVAL;
	if (descriptor_count > 0) {
		memset(&control, 0, sizeof(control));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE((size_t)descriptor_count * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN((size_t)descriptor_count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), descriptors, (size_t)descriptor_count * sizeof(int));
	}
	do
		sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

ssize_t linux_receive(int descriptor, void *bytes, size_t capacity, int *descriptors, int *descriptor_count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
	} control;
	struct iovec part = { bytes, capacity };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *header;
	int room = *descriptor_count;
	ssize_t received;

	*descriptor_count = 0;
	message.msg_control = &control;
	message.msg_controllen = sizeof(control);
	do
		received = recvmsg(descriptor, &message, MSG_CMSG_CLOEXEC);
	while (received < 0 && errno == EINTR);
	if (received < 0)
		return -errno;
	for (header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
		size_t count, index;

		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (index = 0; index < count; index++) {
			int one;

			memcpy(&one, CMSG_DATA(header) + index * sizeof(int), sizeof(one));
			if (*descriptor_count < room)
				descriptors[(*descriptor_count)++] = one;
			else
				close(one);
		}
	}
	return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : received;
}

void linux_signal(int descriptor)
{
	uint64_t one = 1;

	// What does not fit wakes nobody who is not awake.
	send(descriptor, &one, sizeof(one), MSG_DONTWAIT | MSG_NOSIGNAL);
}

int linux_unread(int descriptor)
{
	int unread = 0;

	return ioctl(descriptor, SIOCOUTQ, &unread) ? 0 : unread;
}
