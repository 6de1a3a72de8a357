// A daemon for checks: it speaks the protocol, has no domains behind, and lies when it is told to.
//
// usage: fake-daemon (listen PATH | door N) [honest | refuse | newer | lie:SEED]
//
// It says `ready` on its standard output when it can be reached.
#define _GNU_SOURCE
#include "fake-daemon.h"
#include "fake-lies.h"
#include <errno.h>
#include <fcntl.h>
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

enum { PORTS = 256, MAPPINGS = 64, SHARES = 64, LOW_MEMORY = 7, HIGH_MEMORY = 9, FIRST_SHARED_MEMORY = 100 };

struct port {
	struct client *owner; // NULL: free
	int fd;
	int peer; // 0: none, and notify comes back
};

struct mapping {
	struct client *owner;
	char *byte; // what a notification clears
	uint64_t notify_port;
	bool notifies;
	char *page;
};

struct share {
	struct client *owner;
	int fd;
	char *pages;
	uint32_t first, count;
	bool writable;
	struct mapping notification;
};

struct client {
	int fd;
	unsigned kind;
	int arena;
	char *arena_here;
	uint64_t arena_there;
	int restricted; // to a domain, or -1
	bool sent_low, sent_high;
	bool sent_share[SHARES];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t counters[COUNTERS];
static struct port ports[PORTS];
static struct mapping mappings[MAPPINGS];
static struct share shares[SHARES];
static uint32_t next_reference = FAKE_SHARED_FIRST;
static int low_memory, high_memory, resource_memory;
static char *low, *high;
static const char *behaviour = "honest";
static uint64_t lie_seed;

static int memory_of(size_t pages, char **mapped)
{
	int fd = memfd_create("fake", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)(pages * PAGE_BYTES)) < 0
		|| fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		exit(3);
	*mapped = mmap(NULL, pages * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return *mapped == MAP_FAILED ? (exit(3), -1) : fd;
}

static void attach(struct answer *answer, int fd)
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
		ports[i] = (struct port){ client, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), (int)peer };
		if (peer)
			ports[peer].peer = i;
		attach(answer, ports[i].fd);
		return i;
	}
	return -ENOSPC;
}

static void raise_port(int number)
{
	if (number > 0 && number < PORTS && ports[number].owner)
		eventfd_write(ports[number].fd, 1);
}

static void free_port(int number)
{
	close(ports[number].fd);
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
		return second < PORTS && ports[second].owner ? bind_port(client, second, answer) : -EINVAL;
	case EVENT_BIND_VIRQ:
		return first < 24 ? bind_port(client, 0, answer) : -EINVAL;
	case EVENT_UNBIND:
		return own ? free_port((int)first), 0 : -EINVAL;
	case EVENT_NOTIFY:
		return own ? raise_port(ports[first].peer ? ports[first].peer : (int)first), 0 : -ENOTCONN;
	case EVENT_RESTRICT:
		counters[COUNT_RESTRICTED_EVENTS]++;
		client->restricted = (int)first;
		return 0;
	default:
		return -EPROTO;
	}
}

// MARK: memory

struct page {
	uint32_t memory;
	uint64_t offset;
	int error;
	int fd;
	bool *sent;
	char *here;
};

static struct page low_page(struct client *client, uint64_t index)
{
	uint64_t offset = index * PAGE_BYTES;

	return (struct page){ LOW_MEMORY, offset, 0, low_memory, &client->sent_low, low + offset };
}

static struct page high_page(struct client *client, uint64_t index)
{
	uint64_t offset = index * PAGE_BYTES;

	return (struct page){ HIGH_MEMORY, offset, 0, high_memory, &client->sent_high, high + offset };
}

static struct page page_of_frame(struct client *client, uint64_t frame)
{
	if (frame == FAKE_OTHER_HOLE)
		return (struct page){ .error = ENOENT };
	if (frame < FAKE_LOW_FRAMES && frame != FAKE_HOLE)
		return low_page(client, frame);
	if (frame >= FAKE_HIGH_FIRST && frame < FAKE_HIGH_FIRST + FAKE_HIGH_FRAMES)
		return high_page(client, frame - FAKE_HIGH_FIRST);
	return (struct page){ .error = EINVAL };
}

static struct page page_of_grant(struct client *client, struct grant grant, bool write)
{
	if (grant.domain == FAKE_DOMAIN && grant.reference > 0 && grant.reference != FAKE_HOLE) {
		if (grant.reference == FAKE_READ_ONLY_GRANT && write)
			return (struct page){ .error = EACCES };
		if (grant.reference < FAKE_LOW_FRAMES)
			return low_page(client, grant.reference);
		if (grant.reference < FAKE_HIGH_FRAMES)
			return high_page(client, grant.reference);
	}
	for (unsigned i = 0; grant.domain == 0 && i < SHARES; i++) {
		uint32_t index = grant.reference - shares[i].first;

		if (shares[i].owner && index < shares[i].count)
			return write && !shares[i].writable ? (struct page){ .error = EACCES }
							    : (struct page){ FIRST_SHARED_MEMORY + i, index * PAGE_BYTES, 0, shares[i].fd,
								      &client->sent_share[i], shares[i].pages + index * PAGE_BYTES };
	}
	return (struct page){ .error = EINVAL };
}

// Adds a page to the runs; false when the reply is full.
static bool add_page(struct answer *answer, uint32_t index, struct page page)
{
	struct run *runs = (struct run *)(void *)answer->array;
	uint64_t count = answer->reply.words[0];
	struct run *last = count ? &runs[count - 1] : NULL;

	if (last && last->error == page.error && last->memory == page.memory
		&& (page.error || last->offset + (uint64_t)last->count * PAGE_BYTES == page.offset)) {
		last->count++;
		return true;
	}
	if (count == MESSAGE_ARRAY_LIMIT / sizeof *runs)
		return false;
	if (!page.error && !*page.sent) {
		if (answer->descriptor_count == DESCRIPTOR_LIMIT)
			return false;
		*page.sent = true;
		answer->reply.words[2 + answer->descriptor_count] = page.memory;
		attach(answer, page.fd);
		counters[COUNT_MEMORY_DESCRIPTORS]++;
	}
	runs[count] = (struct run){ index, 1, page.error, page.memory, page.offset };
	answer->reply.words[0]++;
	return true;
}

static void finish_runs(struct answer *answer, uint32_t answered)
{
	answer->reply.words[1] = answer->descriptor_count;
	answer->reply.words[6] = answered;
	answer->array_size = answer->reply.words[0] * sizeof(struct run);
}

static int64_t map_frames(struct client *client, const struct request *request, const char *array, size_t size,
	struct answer *answer)
{
	uint32_t i;

	if (request->words[2] == 0 || request->words[2] > FRAMES_PER_REQUEST || size != request->words[2] * sizeof(uint64_t))
		return -EPROTO;
	if (request->words[0] != FAKE_DOMAIN)
		return -ESRCH;
	if (client->restricted >= 0 && client->restricted != FAKE_DOMAIN)
		return -EPERM;
	for (i = 0; i < request->words[2]; i++) {
		uint64_t frame;

		memcpy(&frame, array + i * sizeof frame, sizeof frame);
		if (!add_page(answer, i, page_of_frame(client, frame)))
			break;
	}
	finish_runs(answer, i);
	return 0;
}

static int64_t memory_request(struct client *client, const struct request *request, const char *array, size_t size,
	struct answer *answer)
{
	const uint64_t *words = request->words;

	switch (request->type) {
	case MEMORY_MAP:
		return map_frames(client, request, array, size, answer);
	case MEMORY_RESOURCE:
		if (words[0] != FAKE_DOMAIN || words[1] != 0)
			return words[1] ? -EOPNOTSUPP : -ESRCH;
		if (words[3] + words[4] > FAKE_RESOURCE_FRAMES)
			return -EINVAL;
		answer->reply.words[0] = words[4] ? words[3] * PAGE_BYTES : FAKE_RESOURCE_FRAMES;
		if (words[4])
			attach(answer, resource_memory);
		return 0;
	case MEMORY_RESTRICT:
		counters[COUNT_RESTRICTED_MEMORY]++;
		client->restricted = (int)words[0];
		return 0;
	default:
		return -EPROTO;
	}
}

// MARK: grants

static void notify(struct mapping *mapping)
{
	if (!mapping->notifies)
		return;
	if (mapping->byte)
		*mapping->byte = 0;
	counters[COUNT_NOTIFIED]++;
	counters[COUNT_NOTIFIED_PORT] = mapping->notify_port;
	if (mapping->notify_port != UINT64_MAX)
		raise_port((int)mapping->notify_port);
}

static int64_t set_notification(struct mapping *mapping, const uint64_t *words)
{
	mapping->notifies = true;
	mapping->byte = words[1] == UINT64_MAX ? NULL : mapping->page + words[1];
	mapping->notify_port = words[2];
	return words[2] != UINT64_MAX && words[2] >= PORTS ? -EINVAL : 0;
}

static void end_mapping(struct mapping *mapping)
{
	notify(mapping);
	*mapping = (struct mapping){ .owner = NULL };
	counters[COUNT_MAPPINGS]--;
}

static int64_t map_grants(struct client *client, const struct request *request, const char *array, size_t size,
	struct answer *answer)
{
	uint32_t i, number = 0;

	if (request->words[0] == 0 || request->words[0] > GRANTS_PER_REQUEST || size != request->words[0] * sizeof(struct grant))
		return -EPROTO;
	while (number < MAPPINGS && mappings[number].owner)
		number++;
	if (number == MAPPINGS)
		return -ENOMEM;
	for (i = 0; i < request->words[0]; i++) {
		struct grant grant;
		struct page page;

		memcpy(&grant, array + i * sizeof grant, sizeof grant);
		page = page_of_grant(client, grant, request->words[1] & 2);
		if (page.error)
			return -page.error;
		if (!i)
			mappings[number].page = page.here;
	}
	for (i = 0; i < request->words[0]; i++) {
		struct grant grant;

		memcpy(&grant, array + i * sizeof grant, sizeof grant);
		if (!add_page(answer, i, page_of_grant(client, grant, false)))
			break;
	}
	finish_runs(answer, i);
	mappings[number].owner = client;
	counters[COUNT_MAPPINGS]++;
	return number;
}

static int64_t copy_grant(struct client *client, const struct request *request, const char *array, size_t size,
	struct answer *answer)
{
	const uint64_t *words = request->words;
	bool to = request->type == GRANT_COPY_TO;
	struct page page = page_of_grant(client, (struct grant){ (uint32_t)words[0], (uint32_t)words[1] }, to);

	if (words[2] > PAGE_BYTES || words[3] > PAGE_BYTES - words[2] || size != (to ? words[3] : 0))
		return -EPROTO;
	if (page.error)
		return -page.error;
	if (to) {
		memcpy(page.here + words[2], array, words[3]);
	} else {
		memcpy(answer->array, page.here + words[2], words[3]);
		answer->array_size = words[3];
	}
	return 0;
}

static int64_t grant_request(struct client *client, const struct request *request, const char *array, size_t size,
	struct answer *answer)
{
	uint64_t number = request->words[0];
	bool own = number < MAPPINGS && mappings[number].owner == client;

	switch (request->type) {
	case GRANT_MAP:
		return map_grants(client, request, array, size, answer);
	case GRANT_UNMAP:
		return own ? end_mapping(&mappings[number]), 0 : -EINVAL;
	case GRANT_COPY_FROM:
	case GRANT_COPY_TO:
		return copy_grant(client, request, array, size, answer);
	case GRANT_NOTIFY_ON_UNMAP:
		return own ? set_notification(&mappings[number], request->words) : -EINVAL;
	default:
		return -EPROTO;
	}
}

static int64_t share(struct client *client, const uint64_t *words, struct answer *answer)
{
	uint32_t number = 0, count = (uint32_t)words[1];

	if (words[1] == 0 || words[1] > GRANTS_PER_REQUEST)
		return -EPROTO;
	while (number < SHARES && shares[number].owner)
		number++;
	if (number == SHARES)
		return -ENOSPC;
	shares[number] = (struct share){ .owner = client, .first = next_reference, .count = count, .writable = words[2] };
	shares[number].fd = memory_of(count, &shares[number].pages);
	shares[number].notification.page = shares[number].pages;
	for (uint32_t i = 0; i < count; i++, next_reference++)
		memcpy(answer->array + i * sizeof next_reference, &next_reference, sizeof next_reference);
	answer->array_size = count * sizeof next_reference;
	answer->reply.words[1] = 1;
	attach(answer, shares[number].fd);
	counters[COUNT_SHARES]++;
	return number;
}

static void end_share(struct share *share)
{
	notify(&share->notification);
	munmap(share->pages, (size_t)share->count * PAGE_BYTES);
	close(share->fd);
	share->owner = NULL;
	counters[COUNT_SHARES]--;
}

static int64_t share_request(struct client *client, const struct request *request, struct answer *answer)
{
	uint64_t number = request->words[0];
	bool own = number < SHARES && shares[number].owner == client;

	switch (request->type) {
	case SHARE_SHARE:
		return share(client, request->words, answer);
	case SHARE_UNSHARE:
		return own ? end_share(&shares[number]), 0 : -EINVAL;
	case SHARE_NOTIFY_ON_UNMAP:
		return own ? set_notification(&shares[number].notification, request->words) : -EINVAL;
	default:
		return -EPROTO;
	}
}

// MARK: connections

static int64_t hello(struct client *client, const uint64_t *words, struct answer *answer)
{
	if (client->kind || words[0] != HELLO_MAGIC || words[1] != PROTOCOL_VERSION || words[2] < 1 || words[2] > 5
		|| strcmp(behaviour, "refuse") == 0)
		return -EPROTO;
	client->kind = (unsigned)words[2];
	answer->reply.words[0] = strcmp(behaviour, "newer") == 0 ? 2 : PROTOCOL_VERSION;
	if (client->kind == KIND_CALL) {
		client->arena = memory_of(FAKE_ARENA / PAGE_BYTES, &client->arena_here);
		answer->reply.words[1] = FAKE_ARENA;
		attach(answer, client->arena);
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
	for (int i = 0; i < MAPPINGS; i++)
		if (mappings[i].owner == client)
			end_mapping(&mappings[i]);
	for (int i = 0; i < SHARES; i++)
		if (shares[i].owner == client)
			end_share(&shares[i]);
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
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t size = recvmsg(door, &message, MSG_CMSG_CLOEXEC);
	int fd;

	if (size != sizeof request || request.type != REQUEST_DOOR || message.msg_controllen < CMSG_LEN(sizeof fd))
		return -1;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
	return fd;
}

int main(int count, char **arguments)
{
	bool door = count > 2 && strcmp(arguments[1], "door") == 0;
	int listener;

	if (count < 3 || (!door && strcmp(arguments[1], "listen") != 0)) {
		fprintf(stderr, "usage: fake-daemon (listen PATH | door N) [honest | refuse | newer | lie:SEED]\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (count > 3)
		behaviour = arguments[3];
	if (strncmp(behaviour, "lie:", 4) == 0)
		lie_seed = strtoull(behaviour + 4, NULL, 10);
	low_memory = memory_of(FAKE_LOW_FRAMES, &low);
	high_memory = memory_of(FAKE_HIGH_FRAMES, &high);
	resource_memory = memory_of(FAKE_RESOURCE_FRAMES, &(char *){ NULL });
	for (uint64_t i = 0; i < FAKE_LOW_FRAMES; i++)
		memcpy(low + i * PAGE_BYTES, &i, sizeof i);
	for (uint64_t i = 0, frame = FAKE_HIGH_FIRST; i < FAKE_HIGH_FRAMES; i++, frame++)
		memcpy(high + i * PAGE_BYTES, &frame, sizeof frame);
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
