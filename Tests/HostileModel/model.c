// A device model that was taken over, and what it tries with its connection to the hypervisor: by Documentation/connection-protocol.md,
// without a library that would keep it from anything.
//
//     model guests PATH       as dom0, at the daemon's socket: makes domains 1 and 2, with a little memory each
//     model attempt           its door is descriptor 0, and its guest is domain 1. Each line is one kind of attempt: what each
//                             was answered, neighbours together, `0-4=EPERM 5=0`
//     model attempt late      the same by handles that it has opened first; it says `ready`, and waits until it is narrowed

#include "model.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xen/hvm/dm_op.h>

const uint64_t domains[] = { 0, OTHER, 3, DOMID_SELF, DOMID_IO, DOMID_XEN, DOMID_COW, DOMID_INVALID, DOMID_IDLE, 0xffff, 0x10001, ~0ULL };
_Static_assert(sizeof(domains) / sizeof(domains[0]) == DOMAINS, "as many as model.h says");

static void wait_until_narrowed(int calls)
{
	const struct timespec pause = { 0, 5000000 };

	// One of those that are open to it, or the answer would be the same before.
	const uint32_t open = XEN_DMOP_get_ioreq_server_info;

	if (operate(calls, OTHER, open) == -EPERM) {
		fprintf(stderr, "it is narrowed already\n");
		exit(3);
	}
	printf("ready\n");
	fflush(stdout);
	for (int tries = 0; tries < 2000; tries++) {
		if (operate(calls, OTHER, open) == -EPERM)
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
	begin_line("at the end");
	note(0, operate(calls, GUEST, XEN_DMOP_create_ioreq_server));
	end_line();
	fflush(stdout);
	return 0;
}

int main(int count, char **words)
{
	if (count == 3 && !strcmp(words[1], "guests")) {
		daemon_path = words[2];
		return guests();
	}
	if (count >= 2 && !strcmp(words[1], "attempt"))
		return attempt(count > 2 && !strcmp(words[2], "late"));
	fprintf(stderr, "usage: model guests PATH | model attempt [late]\n");
	return 3;
}
