// What else it may open, and say to it.

#include "model.h"

#include <unistd.h>

void handles(void)
{
	static const uint64_t kinds[] = { GRANTS, SHARES, DOORS, PROCESSORS, 0, KEEPER, 255, ~0ULL };

	begin_line("handles of other kinds");
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
	end_line();
	begin_line("greetings that are none");
	for (int kind = 0; kind < 4; kind++) {
		int socket = reach();

		note(kind, kind == 0 ? greet(socket, magic ^ 1, 2, CALLS) : kind == 1 ? greet(socket, magic, 1, CALLS) :
			kind == 2 ? greet(socket, magic, 3, MEMORY) : ask(socket, HYPERCALL, __HYPERVISOR_xen_version, 0, 0));
		close(socket);
	}
	end_line();
	begin_line("what a handle of calls does not know");
	for (uint32_t type = 0; type < 80; type++) {
		int socket;

		if (type == HYPERCALL || type == ARENA || type == RESTRICT)
			continue;
		socket = open_handle(CALLS);
		note((long)type, ask(socket, type, OTHER, 1, 1));
		close(socket);
	}
	end_line();
}
