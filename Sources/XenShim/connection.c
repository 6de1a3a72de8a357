// A connection to the hypervisor daemon: finding it, HELLO, one request and its reply at a time.
//
// It stands where Xen's libraries open a device of /dev/xen and call ioctl (tools/libs/*/linux.c). Nothing is decided
// here: all checks are the daemon's. But a reply is not believed either: sizes and counts are looked at before use, and a
// connection whose replies make no sense is not asked again, since nobody knows to which request the next one belongs.
#define _GNU_SOURCE
#include "connection.h"
#include "toolcore.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ERRNO_LIMIT = 4095 };

// More than the protocol allows, so that a lying daemon's descriptors are seen, and closed, rather than cut off.
enum { DESCRIPTORS_RECEIVED = 16 };

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS_RECEIVED)];
};

static void close_keeping_errno(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

// MARK: finding the daemon

static int connect_to_path(const char *path, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, type, 0);
	if (fd < 0)
		return -1;
	while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		if (errno == EINTR)
			continue;
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

// Sends `fd` through the door. Nothing is read from it, so that threads need no lock and processes may share it.
static int send_through_door(int door, int fd)
{
	struct request request = { .type = REQUEST_DOOR };
	struct iovec vector = { &request, sizeof request };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	ssize_t sent;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
	do
		sent = sendmsg(door, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -1 : 0;
}

static int connect_through_door(int door, int type)
{
	int ends[2];

	if (socketpair(AF_UNIX, type, 0, ends) < 0)
		return -1;
	if (send_through_door(door, ends[1]) < 0) {
		close_keeping_errno(ends[0]);
		close_keeping_errno(ends[1]);
		return -1;
	}
	close(ends[1]);
	return ends[0];
}

// The number of `fd:N`, or -1.
static int door_number(const char *text)
{
	char *end;
	long number;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtol(text, &end, 10);
	return errno || *end || number > INT_MAX ? -1 : (int)number;
}

static int reach_daemon(bool keep_on_exec)
{
	// A program with another's rights does not let its caller choose its hypervisor.
	const char *where = secure_getenv("XSM_HYPERVISOR");
	int type = keep_on_exec ? SOCK_SEQPACKET : SOCK_SEQPACKET | SOCK_CLOEXEC;

	if (!where || !*where)
		return connect_to_path(DEFAULT_SOCKET, type);
	if (strncmp(where, "fd:", 3) == 0) {
		int door = door_number(where + 3);

		if (door >= 0)
			return connect_through_door(door, type);
		errno = EINVAL;
		return -1;
	}
	return connect_to_path(where, type);
}

// MARK: requests

void connection_initialise(struct connection *connection)
{
	*connection = (struct connection){ .fd = -1 };
	pthread_mutex_init(&connection->lock, NULL);
}

void connection_lock(struct connection *connection)
{
	int saved = errno;

	pthread_mutex_lock(&connection->lock);
	errno = saved;
}

void connection_unlock(struct connection *connection)
{
	int saved = errno;

	pthread_mutex_unlock(&connection->lock);
	errno = saved;
}

void exchange_close_descriptors(struct exchange *exchange)
{
	for (unsigned i = 0; i < exchange->descriptor_count; i++)
		close_keeping_errno(exchange->descriptors[i]);
	exchange->descriptor_count = 0;
}

static int fail_locked(struct connection *connection, int failure)
{
	connection->failure = failure;
	shutdown(connection->fd, SHUT_RDWR);
	errno = failure;
	return -1;
}

int connection_fail_locked(struct connection *connection)
{
	return fail_locked(connection, EPROTO);
}

// The errno of a system call on the socket, as Xen's libraries would give it: a restricted handle is /dev/null, on which an
// ioctl says ENOTTY.
static int transport_failure(void)
{
	return errno == ENOTSOCK ? ENOTTY : errno;
}

static int send_request(struct connection *connection, const struct exchange *exchange)
{
	struct iovec vectors[2] = {
		{ (void *)&exchange->request, sizeof exchange->request },
		{ (void *)exchange->array, exchange->array_size },
	};
	struct msghdr message = { .msg_iov = vectors, .msg_iovlen = exchange->array_size ? 2 : 1 };
	ssize_t sent;

	do
		sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? fail_locked(connection, transport_failure()) : 0;
}

// Takes the descriptors out of a message. What nobody asked for is closed; returns how many there were.
static unsigned take_descriptors(struct msghdr *message, struct exchange *exchange)
{
	unsigned seen = 0;

	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
		size_t count;

		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS || header->cmsg_len < CMSG_LEN(0))
			continue;
		count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
			if (seen++ < exchange->descriptor_limit)
				exchange->descriptors[exchange->descriptor_count++] = fd;
			else
				close(fd);
		}
	}
	return seen;
}

static int receive_reply(struct connection *connection, struct exchange *exchange)
{
	union control control;
	struct iovec vectors[2] = {
		{ &exchange->reply, sizeof exchange->reply },
		{ exchange->answer, exchange->answer_capacity },
	};
	struct msghdr message = {
		.msg_iov = vectors,
		.msg_iovlen = exchange->answer_capacity ? 2 : 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	ssize_t received;
	unsigned seen;

	do
		received = recvmsg(connection->fd, &message, connection->keep_on_exec ? 0 : MSG_CMSG_CLOEXEC);
	while (received < 0 && errno == EINTR);
	if (received < 0)
		return fail_locked(connection, transport_failure());
	seen = take_descriptors(&message, exchange);
	exchange->descriptors_lost = message.msg_flags & MSG_CTRUNC;
	if (received == 0) {
		exchange_close_descriptors(exchange);
		return fail_locked(connection, ECONNRESET);
	}
	if (received < MESSAGE_HEADER || (message.msg_flags & MSG_TRUNC) || seen > exchange->descriptor_limit
		|| exchange->reply.result < -ERRNO_LIMIT) {
		exchange_close_descriptors(exchange);
		return connection_fail_locked(connection);
	}
	exchange->answer_size = (size_t)received - MESSAGE_HEADER;
	return 0;
}

int connection_exchange_locked(struct connection *connection, struct exchange *exchange)
{
	exchange->answer_size = 0;
	exchange->descriptor_count = 0;
	exchange->descriptors_lost = false;
	if (connection->failure) {
		errno = connection->failure;
		return -1;
	}
	if (send_request(connection, exchange) < 0)
		return -1;
	return receive_reply(connection, exchange);
}

int64_t connection_ask_locked(struct connection *connection, struct exchange *exchange)
{
	if (connection_exchange_locked(connection, exchange) < 0)
		return -1;
	if (exchange->reply.result >= 0)
		return exchange->reply.result;
	exchange_close_descriptors(exchange);
	errno = (int)-exchange->reply.result;
	return -1;
}

int64_t connection_ask(struct connection *connection, struct exchange *exchange)
{
	int64_t result;

	connection_lock(connection);
	result = connection_ask_locked(connection, exchange);
	connection_unlock(connection);
	return result;
}

int64_t connection_tell(struct connection *connection, enum request_type type, uint64_t first, uint64_t second, uint64_t third)
{
	struct exchange exchange = { .request = { .type = type, .words = { first, second, third } } };

	return connection_ask(connection, &exchange);
}

int connection_nullify_locked(struct connection *connection)
{
	connection->failure = ENOTTY;
	return xentoolcore__restrict_by_dup2_null(connection->fd);
}

// MARK: open and close

static int say_hello(struct connection *connection, enum handle_kind kind, struct exchange *hello)
{
	hello->request = (struct request){
		.type = REQUEST_HELLO,
		.words = { HELLO_MAGIC, PROTOCOL_VERSION, kind },
	};
	if (connection_ask_locked(connection, hello) < 0)
		return -1;
	if (hello->reply.words[0] == PROTOCOL_VERSION)
		return 0;
	exchange_close_descriptors(hello);
	errno = EPROTO;
	return -1;
}

int connection_open_locked(struct connection *connection, enum handle_kind kind, struct exchange *hello)
{
	connection->fd = reach_daemon(connection->keep_on_exec);
	if (connection->fd < 0)
		return -1;
	if (say_hello(connection, kind, hello) == 0)
		return 0;
	connection_close(connection);
	return -1;
}

int connection_open(struct connection *connection, enum handle_kind kind)
{
	struct exchange hello = { .descriptor_limit = 0 };
	int result;

	connection_lock(connection);
	result = connection_open_locked(connection, kind, &hello);
	connection_unlock(connection);
	return result;
}

bool connection_is_open(struct connection *connection)
{
	bool open;

	connection_lock(connection);
	open = connection->fd >= 0;
	connection_unlock(connection);
	return open;
}

int connection_close(struct connection *connection)
{
	int fd = connection->fd;

	connection->fd = -1;
	if (fd < 0)
		return 0;
	close_keeping_errno(fd);
	return 0;
}
