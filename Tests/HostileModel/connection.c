// The connection's messages.

#include "model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char *daemon_path;
char *arena;
size_t arena_size;

_Noreturn void give_up(const char *what)
{
	perror(what);
	exit(3);
}

// A message with a descriptor, or without one (-1).
static int say(int socket, const void *bytes, size_t size, int passed)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec part = { (void *)bytes, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	memcpy(CMSG_DATA(&control.header), &passed, sizeof(passed));
	if (passed >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

// What is answered; -EPIPE when nothing is, and the other end has gone. The first descriptor of an answer is kept, if somebody wants it.
static int64_t hear(int socket, struct reply *reply, int *kept)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(16 * sizeof(int))];
	} control;
	struct iovec part = { reply, sizeof(*reply) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);

	if (count < 64)
		return -EPIPE;
	if (message.msg_controllen >= CMSG_LEN(sizeof(int))) {
		size_t descriptors = (control.header.cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t index = 0; index < descriptors; index++) {
			int descriptor;

			memcpy(&descriptor, CMSG_DATA(&control.header) + index * sizeof(int), sizeof(int));
			if (index == 0 && kept)
				*kept = descriptor;
			else
				close(descriptor);
		}
	}
	return reply->result;
}

int64_t ask_with(int socket, struct request *request, size_t size, struct reply *reply, int *kept)
{
	if (say(socket, request, size, -1))
		return -EPIPE;
	return hear(socket, reply, kept);
}

int64_t ask(int socket, uint32_t type, uint64_t first, uint64_t second, uint64_t third)
{
	struct request request = { .type = type, .words = { first, second, third } };
	static struct reply reply;

	return ask_with(socket, &request, 64, &reply, NULL);
}

// A new socket to the daemon.
int reach(void)
{
	struct request request = { .type = DOOR };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int ends[2];

	if (daemon_path) {
		int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

		snprintf(address.sun_path, sizeof(address.sun_path), "%s", daemon_path);
		if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof(address)))
			give_up(daemon_path);
		return descriptor;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) || say(0, &request, 64, ends[1]))
		give_up("the door");
	close(ends[1]);
	return ends[0];
}

int64_t greet(int socket, uint64_t magic, uint64_t version, uint64_t kind)
{
	struct request request = { .type = HELLO, .words = { magic, version, kind } };
	static struct reply reply;
	int memory = -1;
	int64_t result = ask_with(socket, &request, 64, &reply, &memory);

	if (result == 0 && kind == CALLS && memory >= 0 && !arena) {
		arena_size = reply.words[1];
		arena = mmap(NULL, arena_size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
		if (arena == MAP_FAILED)
			give_up("the arena");
		result = ask(socket, ARENA, (uintptr_t)arena, 0, 0);
	}
	if (memory >= 0)
		close(memory);
	return result;
}

int open_handle(uint64_t kind)
{
	int socket = reach();
	int64_t result = greet(socket, magic, 2, kind);

	if (result < 0) {
		errno = (int)-result;
		give_up("a handle");
	}
	return socket;
}

int64_t call(int socket, uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
	struct request request = { .type = HYPERCALL, .words = { number, first, second, third } };
	static struct reply reply;

	return ask_with(socket, &request, 64, &reply, NULL);
}
