// A daemon for checks: it speaks the protocol, has no domains behind, and lies when it is told to.
//
// usage: fake-daemon (listen PATH | door N) [BEHAVIOUR]
//
// It is honest, or refuses any HELLO (refuse), is of another version (newer), offers an arena that can shrink (unsealed) or is
// smaller than it says (small), sends descriptors again (again), spoils every answer after those that open a handle in one
// way (short, long, empty, descriptors, cut, nothing, large, unannounced), or at times in any way (lie:SEED).
// It says `ready` on its standard output when it can be reached.
#define _GNU_SOURCE
#include "fake-state.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct port {
	struct client *owner; // NULL: free
	int fd;
	int peer; // 0: none, and notify comes back
	bool direct; // events are taken from the port's counter, and come back
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
uint64_t counters[COUNTERS];
static struct port ports[PORTS];
static const char *behaviour = "honest";
static enum lie only_lie;
static uint64_t lie_seed;

int memory_of(size_t pages, char **mapped)
{
	int fd = memfd_create("fake", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)(pages * PAGE_BYTES)) < 0
		|| fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		exit(3);
	*mapped = mmap(NULL, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return *mapped == MAP_FAILED ? (exit(3), -1) : fd;
}

void attach(struct answer *answer, int fd)
{
	answer->descriptors[answer->descriptor_count++] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

// MARK: calls

static void *in_arena(struct client *client, uint64_t address, uint64_t size)
{
	uint64_t distance = address - client->arena_there;

	if (!client->arena_there || distance > FAKE_ARENA || size > FAKE_ARENA - distance)
		return NULL;
	return client->arena_here + distance;
}

static int64_t hypercall(struct client *client, const uint64_t *words)
{
	void *buffer;

	if (client->restricted >= 0 && (words[0] != 41 || words[1] != (uint64_t)client->restricted) && words[0] != FAKE_COUNTER)
		return -EPERM;
	switch (words[0]) {
	case 17: // xen_version
		return words[1] == 0 ? 4 << 16 | 17 : -ENOSYS;
	case 27: // xsm_op: FLASK_GETENFORCE is 2, of interface version 1
		buffer = in_arena(client, words[1], 8);
		return !buffer ? -EFAULT : memcmp(buffer, (uint32_t[]){ 2, 1 }, 8) ? -ENOSYS : 1;
	case 41: // dm_op
		counters[COUNT_DM_OPS]++;
		return in_arena(client, words[3], words[2] * 16) ? 0 : -EFAULT;
	case FAKE_SUM:
		return (int64_t)(words[1] + words[2] + words[3] + words[4] + words[5]);
	case FAKE_FILL:
		buffer = in_arena(client, words[1], words[2]);
		if (!buffer)
			return -EFAULT;
		memset(buffer, (int)words[3], words[2]);
		return 0;
	case FAKE_DIE:
		_exit(0);
	case FAKE_SLEEP:
		pthread_mutex_unlock(&lock);
		usleep((useconds_t)words[1]);
		pthread_mutex_lock(&lock);
		return (int64_t)words[2];
	case FAKE_COUNTER:
		return words[1] < COUNTERS ? (int64_t)counters[words[1]] : -EINVAL;
	case FAKE_FAIL:
		return (int64_t)words[1];
	default:
		return -ENOSYS;
	}
}

// MARK: event channels

static int64_t bind_port(struct client *client, uint64_t peer, struct answer *answer)
{
	for (int i = 1; i < PORTS; i++) {
		if (ports[i].owner)
			continue;
		ports[i] = (struct port){ client, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), (int)peer, false };
		if (peer)
			ports[peer].peer = i;
		attach(answer, ports[i].fd);
		return i;
	}
	return -ENOSPC;
}

struct answered {
	int fd;      // the daemon's end of the port's socket
	int counter; // what the client sends by
};

// Sends each event back that comes at the counter, until nobody has the other end of the socket any more.
static void *answer_events(void *argument)
{
	struct answered port = *(struct answered *)argument;
	struct pollfd wanted[] = { { .fd = port.fd }, { .fd = port.counter, .events = POLLIN } };
	uint64_t count;

	free(argument);
	while (poll(wanted, 2, -1) > 0 && !wanted[0].revents)
		if (read(port.counter, &count, sizeof count) > 0 && send(port.fd, &count, sizeof count, MSG_NOSIGNAL) < 0)
			break;
	close(port.fd);
	close(port.counter);
	return NULL;
}

static int64_t bind_direct(struct client *client, struct answer *answer)
{
	struct answered *answered;
	int ends[2];
	pthread_t thread;

	for (int i = 1; i < PORTS; i++) {
		if (ports[i].owner)
			continue;
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
			return -EMFILE;
		answered = malloc(sizeof *answered);
		*answered = (struct answered){ ends[0], eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
		attach(answer, ends[1]);
		attach(answer, answered->counter);
		if (pthread_create(&thread, NULL, answer_events, answered))
			return -EAGAIN;
		pthread_detach(thread);
		ports[i] = (struct port){ client, ends[1], 0, true };
		answer->reply.words[0] = 1;
		return i;
	}
	return -ENOSPC;
}

void raise_port(int number)
{
	if (number > 0 && number < PORTS && ports[number].owner)
		eventfd_write(ports[number].fd, 1);
}

// A last event comes while the port is unbound, and the eventfd lives on for a while, as a real daemon's may.
static void free_port(int number)
{
	static int lingering = -1;

	eventfd_write(ports[number].fd, 1);
	if (lingering >= 0)
		close(lingering);
	lingering = ports[number].fd;
	if (ports[number].peer)
		ports[ports[number].peer].peer = 0;
	ports[number] = (struct port){ .owner = NULL };
}

static int64_t event_request(struct client *client, const struct request *request, struct answer *answer)
{
	uint64_t first = request->words[0], second = request->words[1];
	bool own = first < PORTS && ports[first].owner == client;

	switch (request->type) {
	case EVENT_BIND_UNBOUND:
		return client->restricted >= 0 && first != (uint64_t)client->restricted ? -EACCES : bind_port(client, 0, answer);
	case EVENT_BIND_INTERDOMAIN:
		if (client->restricted >= 0 && first != (uint64_t)client->restricted)
			return -EACCES;
		if (second == FAKE_PROCESSOR_PORT)
			return bind_direct(client, answer);
		return second < PORTS && ports[second].owner ? bind_port(client, second, answer) : -EINVAL;
	case EVENT_BIND_VIRQ:
		return first < 24 ? bind_port(client, 0, answer) : -EINVAL;
	case EVENT_UNBIND:
		return own ? free_port((int)first), 0 : -EINVAL;
	case EVENT_NOTIFY:
		if (own && ports[first].direct)
			return -EIO; // nobody was to ask
		return own ? raise_port(ports[first].peer ? ports[first].peer : (int)first), 0 : -ENOTCONN;
	case EVENT_RESTRICT:
		counters[COUNT_RESTRICTED_EVENTS]++;
		client->restricted = (int)first;
		return 0;
	default:
		return -EPROTO;
	}
}

// MARK: connections

static int unsealed_memory(void)
{
	int fd = memfd_create("fake", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	return ftruncate(fd, FAKE_ARENA) < 0 ? -1 : fd;
}

static int64_t hello(struct client *client, const uint64_t *words, struct answer *answer)
{
	if (client->kind || words[0] != HELLO_MAGIC || words[1] != PROTOCOL_VERSION || words[2] < 1 || words[2] > 5
		|| strcmp(behaviour, "refuse") == 0)
		return -EPROTO;
	client->kind = (unsigned)words[2];
	answer->reply.words[0] = strcmp(behaviour, "newer") == 0 ? PROTOCOL_VERSION + 1 : PROTOCOL_VERSION;
	if (client->kind == KIND_CALL) {
		client->arena = memory_of(FAKE_ARENA / PAGE_BYTES, &client->arena_here);
		answer->reply.words[1] = strcmp(behaviour, "small") == 0 ? FAKE_ARENA + PAGE_BYTES : FAKE_ARENA;
		attach(answer, strcmp(behaviour, "unsealed") == 0 ? unsealed_memory() : client->arena);
	}
	return 0;
}

static int64_t call_request(struct client *client, const struct request *request)
{
	switch (request->type) {
	case CALL_ARENA:
		client->arena_there = request->words[0];
		return 0;
	case CALL_HYPERCALL:
		return hypercall(client, request->words);
	case CALL_RESTRICT:
		counters[COUNT_RESTRICTED_CALLS]++;
		client->restricted = (int)request->words[0];
		return 0;
	default:
		return -EPROTO;
	}
}

static int64_t answer_request(struct client *client, const char *message, size_t size, struct answer *answer)
{
	struct request request;
	const char *array = message + sizeof request;

	if (size < sizeof request)
		return -EPROTO;
	memcpy(&request, message, sizeof request);
	size -= sizeof request;
	if (request.zero)
		return -EPROTO;
	if (request.type == REQUEST_HELLO)
		return hello(client, request.words, answer);
	switch (client->kind) {
	case KIND_CALL:
		return size ? -EPROTO : call_request(client, &request);
	case KIND_EVENT_CHANNELS:
		return size ? -EPROTO : event_request(client, &request, answer);
	case KIND_FOREIGN_MEMORY:
		return memory_request(client, &request, array, size, answer);
	case KIND_GRANT_MAPPING:
		return grant_request(client, &request, array, size, answer);
	case KIND_GRANT_SHARING:
		return size ? -EPROTO : share_request(client, &request, answer);
	default:
		return -EPROTO;
	}
}

static void end_client(struct client *client)
{
	pthread_mutex_lock(&lock);
	end_memory_of(client);
	for (int i = 0; i < PORTS; i++)
		if (ports[i].owner == client)
			free_port(i);
	pthread_mutex_unlock(&lock);
	if (client->arena_here) {
		munmap(client->arena_here, FAKE_ARENA);
		close(client->arena);
	}
	close(client->fd);
	free(client);
}

static void *serve(void *argument)
{
	static uint64_t served;
	struct client *client = argument;
	struct answer *answer = malloc(sizeof *answer);
	static const size_t limit = MESSAGE_HEADER + MESSAGE_ARRAY_LIMIT;
	char *message = malloc(limit);
	struct liar liar = { .state = lie_seed ? lie_seed * 1000003 + __atomic_add_fetch(&served, 1, __ATOMIC_RELAXED) : 0 };

	for (bool open = true; open;) {
		ssize_t size = recv(client->fd, message, limit, 0);

		if (size <= 0)
			break;
		memset(answer, 0, sizeof *answer);
		pthread_mutex_lock(&lock);
		answer->reply.result = answer_request(client, message, (size_t)size, answer);
		pthread_mutex_unlock(&lock);
		liar.only = message[0] > CALL_ARENA ? only_lie : LIE_NONE;
		open = send_answer(client->fd, answer, &liar) && answer->reply.result != -EPROTO;
	}
	free(message);
	free(answer);
	end_client(client);
	return NULL;
}

static void start_client(int fd)
{
	struct client *client = calloc(1, sizeof *client);
	pthread_t thread;

	client->fd = fd;
	client->restricted = -1;
	if (pthread_create(&thread, NULL, serve, client) == 0)
		pthread_detach(thread);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0)
		exit(3);
	return fd;
}

// The descriptor that comes through the door, or -1 at its end.
static int receive_from_door(int door)
{
	struct request request;
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec vector = { &request, sizeof request };
	struct msghdr message = {
		.msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	ssize_t size = recvmsg(door, &message, MSG_CMSG_CLOEXEC);
	int fd;

	if (size != sizeof request || request.type != REQUEST_DOOR || message.msg_controllen < CMSG_LEN(sizeof fd))
		return -1;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
	return fd;
}

int main(int count, char **arguments)
{
	static const char *const lies[] = { "short", "long", "empty", "descriptors", "cut", "nothing", "large", "unannounced" };
	bool door = count > 2 && strcmp(arguments[1], "door") == 0;
	int listener;

	if (count < 3 || (!door && strcmp(arguments[1], "listen") != 0)) {
		fprintf(stderr, "usage: fake-daemon (listen PATH | door N) [BEHAVIOUR]\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (count > 3)
		behaviour = arguments[3];
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
		if (strcmp(behaviour, lies[i]) == 0)
			only_lie = LIE_SHORT + (enum lie)i;
	attaches_again = strcmp(behaviour, "again") == 0;
	if (strncmp(behaviour, "lie:", 4) == 0)
		lie_seed = strtoull(behaviour + 4, NULL, 10);
	prepare_memory();
	listener = door ? atoi(arguments[2]) : listen_at(arguments[2]);
	puts("ready");
	fclose(stdout);
	for (;;) {
		int fd = door ? receive_from_door(listener) : accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			start_client(fd);
		else if (door || errno != EINTR)
			return 0;
	}
}
