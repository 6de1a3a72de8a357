// A device model that was taken over, and what it tries with its connection to the hypervisor: by Documentation/connection-protocol.md,
// without a library that would keep it from anything.
//
//     model guests PATH       as dom0, at the daemon's socket: makes domains 1 and 2, with a little memory each
//     model attempt           its door is descriptor 0, and its guest is domain 1. Each line is one kind of attempt: what each
//                             was answered, neighbours together, `0-4=EPERM 5=0`
//     model attempt late      the same by handles that it has opened first; it says `ready`, and waits until it is narrowed
#define _GNU_SOURCE
#define __XEN_TOOLS__ 1
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/hvm/dm_op.h>
#include <xen/memory.h>

enum { DOOR = 1, HELLO, ARENA, HYPERCALL, RESTRICT, OPEN_DOOR, RESTRICT_DOOR };
enum { BIND_UNBOUND = 16, BIND_INTERDOMAIN, BIND_VIRQ, UNBIND, NOTIFY, RESTRICT_PORTS };
enum { MAP = 32, RESOURCE, RESTRICT_MAP };
enum { CALLS = 1, CHANNELS, MEMORY, GRANTS, SHARES, DOORS, PROCESSORS };

struct request {
	uint32_t type, zero;
	uint64_t words[7];
	uint64_t more[64];
};

struct reply {
	int64_t result;
	uint64_t words[7];
	unsigned char more[16384];
};

static const char *path; // the daemon's socket; none: a door
static char *arena;
static size_t arena_size;
enum { GUEST = 1, OTHER = 2 };

static _Noreturn void give_up(const char *what)
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

static int64_t ask_with(int socket, struct request *request, size_t size, struct reply *reply, int *kept)
{
	if (say(socket, request, size, -1))
		return -EPIPE;
	return hear(socket, reply, kept);
}

static int64_t ask(int socket, uint32_t type, uint64_t first, uint64_t second, uint64_t third)
{
	struct request request = { .type = type, .words = { first, second, third } };
	static struct reply reply;

	return ask_with(socket, &request, 64, &reply, NULL);
}

// A new socket to the daemon.
static int reach(void)
{
	struct request request = { .type = DOOR };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int ends[2];

	if (path) {
		int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

		snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
		if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof(address)))
			give_up(path);
		return descriptor;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) || say(0, &request, 64, ends[1]))
		give_up("the door");
	close(ends[1]);
	return ends[0];
}

static int64_t greet(int socket, uint64_t magic, uint64_t version, uint64_t kind)
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

static const uint64_t magic = 0x31305059484d5358;

static int open_handle(uint64_t kind)
{
	int socket = reach();
	int64_t result = greet(socket, magic, 2, kind);

	if (result < 0) {
		errno = (int)-result;
		give_up("a handle");
	}
	return socket;
}

static int64_t call(int socket, uint64_t number, uint64_t first, uint64_t second, uint64_t third)
{
	struct request request = { .type = HYPERCALL, .words = { number, first, second, third } };
	static struct reply reply;

	return ask_with(socket, &request, 64, &reply, NULL);
}

// MARK: what is told

static long run_start, run_end;
static int64_t run_result;
static bool has_run;

static void end_run(void)
{
	if (!has_run)
		return;
	if (run_start == run_end)
		printf(" %ld=", run_start);
	else
		printf(" %ld-%ld=", run_start, run_end);
	if (run_result < 0)
		printf("%s", strerrorname_np((int)-run_result) ? strerrorname_np((int)-run_result) : "unknown");
	else
		printf("%lld", (long long)run_result);
	has_run = false;
}

static void begin(const char *what)
{
	printf("%s:", what);
}

static void note(long key, int64_t result)
{
	// What is given is not what is told of: an address, a port.
	if (result > 0)
		result = 1;
	if (has_run && run_result == result && run_end + 1 == key) {
		run_end = key;
		return;
	}
	end_run();
	has_run = true;
	run_start = run_end = key;
	run_result = result;
}

static void end(void)
{
	end_run();
	printf("\n");
}

// MARK: attempts

struct buffers {
	struct xen_dm_op operation;
	struct xen_dm_op_buf list[4];
};

static int64_t operate(int socket, uint64_t domain, uint32_t operation)
{
	struct buffers *buffers = (struct buffers *)arena;

	memset(arena, 0, 4096);
	buffers->operation.op = operation;
	set_xen_guest_handle(buffers->list[0].h, (void *)&buffers->operation);
	buffers->list[0].size = sizeof(buffers->operation);
	return call(socket, __HYPERVISOR_dm_op, domain, 1, (uintptr_t)buffers->list);
}

static const uint64_t domains[] = { 0, OTHER, 3, DOMID_SELF, DOMID_IO, DOMID_XEN, DOMID_COW, DOMID_INVALID, DOMID_IDLE, 0xffff, 0x10001, ~0ULL };
enum { DOMAINS = sizeof(domains) / sizeof(domains[0]) };

static void operations(int socket)
{
	char what[64];

	begin("operations on its guest");
	for (uint32_t operation = 0; operation < 128; operation++)
		note(operation, operate(socket, GUEST, operation));
	note(-1, operate(socket, GUEST, ~0U));
	end();
	for (size_t domain = 0; domain < DOMAINS; domain++) {
		snprintf(what, sizeof(what), "operations on %#llx", (unsigned long long)domains[domain]);
		begin(what);
		for (uint32_t operation = 0; operation < 64; operation++)
			note(operation, operate(socket, domains[domain], operation));
		end();
	}
}

static void wrong_buffers(int socket)
{
	struct buffers *buffers = (struct buffers *)arena;
	const uint64_t start = (uintptr_t)arena;
	const uint64_t addresses[] = {
		0, 1, start - 1, start - 8, start + arena_size, start + arena_size - 1, start + arena_size - 8, ~0ULL, ~0ULL - 7, 1ULL << 63, 0xffff800000000000,
	};
	const uint64_t sizes[] = { 0, 1, 4, 8, arena_size, arena_size + 1, 1ULL << 32, ~0ULL, ~0ULL - 4095 };
	const uint64_t counts[] = { 0, 2, 3, 16, 255, 65536, 0x7fffffff, 0xffffffff, 1ULL << 32, ~0ULL };

	// The first has one buffer, the others have two.
	for (int kind = 0; kind < 3; kind++) {
		static const uint32_t numbers[] = { XEN_DMOP_set_ioreq_server_state, XEN_DMOP_track_dirty_vram, XEN_DMOP_modified_memory };
		char what[64];

		snprintf(what, sizeof(what), "buffers of operation %u", numbers[kind]);
		begin(what);
		for (size_t index = 0; index < sizeof(addresses) / sizeof(addresses[0]); index++) {
			operate(socket, 3, numbers[kind]);
			note((long)index, call(socket, __HYPERVISOR_dm_op, GUEST, 1, addresses[index]));
			set_xen_guest_handle_raw(buffers->list[0].h, (void *)addresses[index]);
			note(100 + (long)index, call(socket, __HYPERVISOR_dm_op, GUEST, 1, (uintptr_t)buffers->list));
			operate(socket, 3, numbers[kind]);
			set_xen_guest_handle_raw(buffers->list[1].h, (void *)addresses[index]);
			buffers->list[1].size = 4096;
			note(200 + (long)index, call(socket, __HYPERVISOR_dm_op, GUEST, 2, (uintptr_t)buffers->list));
		}
		for (size_t index = 0; index < sizeof(sizes) / sizeof(sizes[0]); index++) {
			operate(socket, 3, numbers[kind]);
			buffers->list[0].size = sizes[index];
			note(300 + (long)index, call(socket, __HYPERVISOR_dm_op, GUEST, 1, (uintptr_t)buffers->list));
		}
		for (size_t index = 0; index < sizeof(counts) / sizeof(counts[0]); index++) {
			operate(socket, 3, numbers[kind]);
			note(400 + (long)index, call(socket, __HYPERVISOR_dm_op, GUEST, counts[index], (uintptr_t)buffers->list));
		}
		end();
	}
}

static void other_calls(int socket)
{
	begin("other hypercalls");
	for (uint64_t number = 0; number < 128; number++)
		if (number != __HYPERVISOR_dm_op)
			note((long)number, call(socket, number, 0, (uintptr_t)arena, 0));
	note(-1, call(socket, ~0ULL, 0, 0, 0));
	note(-2, call(socket, (1ULL << 32) + __HYPERVISOR_dm_op, GUEST, 0, 0));
	end();
	begin("event operations");
	for (uint64_t number = 0; number < 16; number++) {
		memset(arena, 0, 4096);
		note((long)number, call(socket, __HYPERVISOR_event_channel_op, number, (uintptr_t)arena, 0));
	}
	end();
}

static int64_t map(int socket, uint64_t domain, uint64_t protection, uint64_t count, uint64_t frame)
{
	struct request request = { .type = MAP, .words = { domain, protection, count } };
	static struct reply reply;
	uint64_t sent = count < 64 ? count : 64;
	int64_t result;
	int32_t error;

	for (uint64_t index = 0; index < sent; index++)
		request.more[index] = frame + index;
	result = ask_with(socket, &request, 64 + sent * 8, &reply, NULL);
	if (result < 0)
		return result;
	// The first run's error.
	memcpy(&error, reply.more + 8, sizeof(error));
	return reply.words[0] ? -error : 0;
}

static void memory(int socket)
{
	begin("its guest's memory");
	note(0, map(socket, GUEST, PROT_READ | PROT_WRITE, 1, 0));
	end();
	begin("others' memory");
	for (size_t domain = 0; domain < DOMAINS; domain++) {
		note((long)domain, map(socket, domains[domain], PROT_READ, 1, 0));
		note(100 + (long)domain, map(socket, domains[domain], PROT_READ | PROT_WRITE, 8, 0));
	}
	end();
	begin("others' resources");
	for (size_t domain = 0; domain < DOMAINS; domain++)
		for (uint64_t type = 0; type < 4; type++) {
			struct request request = { .type = RESOURCE, .words = { domains[domain], type, 0, 0, 1, PROT_READ } };
			static struct reply reply;

			note((long)(domain * 10 + type), ask_with(socket, &request, 64, &reply, NULL));
		}
	end();
	begin("wrong maps of its guest's memory");
	note(0, map(socket, GUEST, 4, 1, 0));
	note(1, map(socket, GUEST, 0, 1, 0));
	note(2, map(socket, GUEST, PROT_READ, 0, 0));
	note(3, map(socket, GUEST, PROT_READ, 65, 0));
	note(4, map(socket, GUEST, PROT_READ, 1025, 0));
	note(5, map(socket, GUEST, PROT_READ, ~0ULL, 0));
	note(6, map(socket, GUEST, PROT_READ, 1, ~0ULL));
	note(7, map(socket, GUEST, PROT_READ, 2, 1ULL << 52));
	note(8, map(socket, GUEST, PROT_READ, 1, 0x100000));
	end();
}

static void channels(int socket)
{
	begin("channels to others");
	for (size_t domain = 0; domain < DOMAINS; domain++) {
		note((long)domain, ask(socket, BIND_UNBOUND, domains[domain], 0, 0));
		for (uint64_t port = 0; port < 4; port++)
			note(100 + (long)(domain * 10 + port), ask(socket, BIND_INTERDOMAIN, domains[domain], port, 0));
	}
	end();
	begin("virtual interrupts");
	for (uint64_t number = 0; number < 24; number++)
		note((long)number, ask(socket, BIND_VIRQ, number, 0, 0));
	note(-1, ask(socket, BIND_VIRQ, ~0ULL, 0, 0));
	end();
	begin("ports that are not its own");
	for (uint64_t port = 0; port < 8; port++) {
		note((long)port, ask(socket, NOTIFY, port, 0, 0));
		note(100 + (long)port, ask(socket, UNBIND, port, 0, 0));
	}
	note(-1, ask(socket, NOTIFY, ~0ULL, 0, 0));
	end();
}

static void restrictions(int calls, int memory, int channels)
{
	begin("restricted to another");
	for (size_t domain = 0; domain < DOMAINS; domain++) {
		note((long)domain, ask(calls, RESTRICT, domains[domain], 0, 0));
		note(100 + (long)domain, ask(memory, RESTRICT_MAP, domains[domain], 0, 0));
		note(200 + (long)domain, ask(channels, RESTRICT_PORTS, domains[domain], 0, 0));
	}
	end();
	begin("and to its own");
	note(0, ask(calls, RESTRICT, GUEST, 0, 0));
	note(1, ask(memory, RESTRICT_MAP, GUEST, 0, 0));
	note(2, ask(channels, RESTRICT_PORTS, GUEST, 0, 0));
	end();
	begin("the other, after that");
	note(0, operate(calls, OTHER, XEN_DMOP_nr_vcpus));
	note(1, map(memory, OTHER, PROT_READ, 1, 0));
	note(2, ask(channels, BIND_UNBOUND, OTHER, 0, 0));
	end();
}

static void handles(void)
{
	static const uint64_t kinds[] = { GRANTS, SHARES, DOORS, PROCESSORS, 0, 8, 255, ~0ULL };

	begin("handles of other kinds");
	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		int socket = reach();
		int64_t result = greet(socket, magic, 2, kinds[kind]);

		note((long)kind, result);
		if (result == 0) {
			// As whom, and whose?
			for (uint64_t domain = 0; domain < 3; domain++) {
				note(100 + (long)(kind * 10 + domain), ask(socket, OPEN_DOOR, domain, 0, 0));
				note(200 + (long)(kind * 10 + domain), ask(socket, RESTRICT_DOOR, domain, 0, 0));
				note(300 + (long)(kind * 10 + domain), ask(socket, 64, domain, 0, 0));
				note(400 + (long)(kind * 10 + domain), ask(socket, 56, domain, 1, 1));
			}
		}
		close(socket);
	}
	end();
	begin("greetings that are none");
	for (int kind = 0; kind < 4; kind++) {
		int socket = reach();

		note(kind, kind == 0 ? greet(socket, magic ^ 1, 2, CALLS) : kind == 1 ? greet(socket, magic, 1, CALLS) :
			kind == 2 ? greet(socket, magic, 3, MEMORY) : ask(socket, HYPERCALL, __HYPERVISOR_xen_version, 0, 0));
		close(socket);
	}
	end();
	begin("what a handle of calls does not know");
	for (uint32_t type = 0; type < 80; type++) {
		int socket;

		if (type == HYPERCALL || type == ARENA || type == RESTRICT)
			continue;
		socket = open_handle(CALLS);
		note((long)type, ask(socket, type, OTHER, 1, 1));
		close(socket);
	}
	end();
}

static void wait_until_narrowed(int calls)
{
	const struct timespec pause = { 0, 5000000 };

	printf("ready\n");
	fflush(stdout);
	for (int tries = 0; tries < 2000; tries++) {
		if (operate(calls, OTHER, XEN_DMOP_nr_vcpus) == -EPERM)
			return;
		nanosleep(&pause, NULL);
	}
	fprintf(stderr, "it was never narrowed\n");
	exit(3);
}

static int attempt(bool is_late)
{
	int calls, memories, ports;

	setvbuf(stdout, NULL, _IOFBF, 65536);
	calls = open_handle(CALLS);
	memories = open_handle(MEMORY);
	ports = open_handle(CHANNELS);
	if (is_late)
		wait_until_narrowed(calls);
	operations(calls);
	wrong_buffers(calls);
	other_calls(calls);
	memory(memories);
	channels(ports);
	handles();
	restrictions(calls, memories, ports);
	// Somebody is still there to answer.
	begin("at the end");
	note(0, operate(calls, GUEST, XEN_DMOP_create_ioreq_server));
	end();
	fflush(stdout);
	return 0;
}

// MARK: domains

static void require(int64_t result, const char *what)
{
	if (result >= 0)
		return;
	errno = (int)-result;
	give_up(what);
}

static int64_t control(int socket, uint32_t command, domid_t domain, const void *body, size_t size)
{
	struct xen_domctl *domctl = (struct xen_domctl *)arena;

	memset(arena, 0, 4096);
	domctl->cmd = command;
	domctl->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	domctl->domain = domain;
	memcpy(&domctl->u, body, size);
	return call(socket, __HYPERVISOR_domctl, (uintptr_t)arena, 0, 0);
}

static int guests(void)
{
	int calls = open_handle(CALLS);

	for (domid_t domain = GUEST; domain <= OTHER; domain++) {
		struct xen_domctl_createdomain creation = {
			.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap, .max_vcpus = 1, .max_evtchn_port = 1023, .max_grant_frames = 16,
			.max_maptrack_frames = 64, .grant_opts = 2, .arch.emulation_flags = XEN_X86_EMU_LAPIC,
		};
		struct xen_domctl_max_mem most = { .max_memkb = 4096 };
		struct xen_memory_reservation *reservation = (struct xen_memory_reservation *)arena;
		xen_pfn_t *frames = (xen_pfn_t *)(arena + 2048);
		evtchn_alloc_unbound_t *channel = (evtchn_alloc_unbound_t *)arena;

		require(control(calls, XEN_DOMCTL_createdomain, domain, &creation, sizeof(creation)), "a domain");
		require(control(calls, XEN_DOMCTL_max_mem, domain, &most, sizeof(most)), "its memory's limit");
		memset(arena, 0, 4096);
		set_xen_guest_handle(reservation->extent_start, frames);
		reservation->nr_extents = 16;
		reservation->domid = domain;
		for (xen_pfn_t frame = 0; frame < 16; frame++)
			frames[frame] = frame;
		require(call(calls, __HYPERVISOR_memory_op, XENMEM_populate_physmap, (uintptr_t)arena, 0), "its memory");
		// Ports that wait for dom0, as a guest's own drivers have.
		for (int port = 0; port < 2; port++) {
			memset(arena, 0, 4096);
			channel->dom = domain;
			require(call(calls, __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, (uintptr_t)arena, 0), "its port");
		}
	}
	return 0;
}

int main(int count, char **words)
{
	if (count == 3 && !strcmp(words[1], "guests")) {
		path = words[2];
		return guests();
	}
	if (count >= 2 && !strcmp(words[1], "attempt"))
		return attempt(count > 2 && !strcmp(words[2], "late"));
	fprintf(stderr, "usage: model guests PATH | model attempt [late]\n");
	return 3;
}
