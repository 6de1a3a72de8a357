// Hypercalls: operations on its guest and on others, what they point to, and calls that are none of a device model's.

#include "model.h"

#include <stdio.h>
#include <string.h>
#include <xen/hvm/dm_op.h>

struct buffers {
	struct xen_dm_op operation;
	struct xen_dm_op_buf list[4];
};

int64_t operate(int socket, uint64_t domain, uint32_t operation)
{
	struct buffers *buffers = (struct buffers *)arena;

	memset(arena, 0, 4096);
	buffers->operation.op = operation;
	set_xen_guest_handle(buffers->list[0].h, (void *)&buffers->operation);
	buffers->list[0].size = sizeof(buffers->operation);
	return call(socket, __HYPERVISOR_dm_op, domain, 1, (uintptr_t)buffers->list);
}

void operations(int socket)
{
	char what[64];

	begin_line("operations on its guest");
	for (uint32_t operation = 0; operation < 128; operation++)
		note(operation, operate(socket, GUEST, operation));
	note(-1, operate(socket, GUEST, ~0U));
	end_line();
	for (size_t domain = 0; domain < DOMAINS; domain++) {
		snprintf(what, sizeof(what), "operations on %#llx", (unsigned long long)domains[domain]);
		begin_line(what);
		for (uint32_t operation = 0; operation < 64; operation++)
			note(operation, operate(socket, domains[domain], operation));
		end_line();
	}
}

void wrong_buffers(int socket)
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
		begin_line(what);
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
		end_line();
	}
}

void other_calls(int socket)
{
	begin_line("other hypercalls");
	for (uint64_t number = 0; number < 128; number++)
		if (number != __HYPERVISOR_dm_op)
			note((long)number, call(socket, number, 0, (uintptr_t)arena, 0));
	note(-1, call(socket, ~0ULL, 0, 0, 0));
	note(-2, call(socket, (1ULL << 32) + __HYPERVISOR_dm_op, GUEST, 0, 0));
	end_line();
	begin_line("event operations");
	for (uint64_t number = 0; number < 16; number++) {
		memset(arena, 0, 4096);
		note((long)number, call(socket, __HYPERVISOR_event_channel_op, number, (uintptr_t)arena, 0));
	}
	end_line();
}
