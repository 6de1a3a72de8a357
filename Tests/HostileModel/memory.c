// The memory of its guest and of others.

#include "model.h"

#include <string.h>
#include <sys/mman.h>

int64_t map(int socket, uint64_t domain, uint64_t protection, uint64_t count, uint64_t frame)
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

void memory(int socket)
{
	begin_line("its guest's memory");
	note(0, map(socket, GUEST, PROT_READ | PROT_WRITE, 1, 0));
	end_line();
	begin_line("others' memory");
	for (size_t domain = 0; domain < DOMAINS; domain++) {
		note((long)domain, map(socket, domains[domain], PROT_READ, 1, 0));
		note(100 + (long)domain, map(socket, domains[domain], PROT_READ | PROT_WRITE, 8, 0));
	}
	end_line();
	begin_line("others' resources");
	for (size_t domain = 0; domain < DOMAINS; domain++)
		for (uint64_t type = 0; type < 4; type++) {
			struct request request = { .type = RESOURCE, .words = { domains[domain], type, 0, 0, 1, PROT_READ } };
			static struct reply reply;

			note((long)(domain * 10 + type), ask_with(socket, &request, 64, &reply, NULL));
		}
	end_line();
	begin_line("wrong maps of its guest's memory");
	note(0, map(socket, GUEST, 4, 1, 0));
	note(1, map(socket, GUEST, 0, 1, 0));
	note(2, map(socket, GUEST, PROT_READ, 0, 0));
	note(3, map(socket, GUEST, PROT_READ, 65, 0));
	note(4, map(socket, GUEST, PROT_READ, 1025, 0));
	note(5, map(socket, GUEST, PROT_READ, ~0ULL, 0));
	note(6, map(socket, GUEST, PROT_READ, 1, ~0ULL));
	note(7, map(socket, GUEST, PROT_READ, 2, 1ULL << 52));
	note(8, map(socket, GUEST, PROT_READ, 1, 0x100000));
	end_line();
}
