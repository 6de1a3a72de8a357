// Event channels.

#include "model.h"

void channels(int socket)
{
	begin_line("channels to others");
	for (size_t domain = 0; domain < DOMAINS; domain++) {
		note((long)domain, ask(socket, BIND_UNBOUND, domains[domain], 0, 0));
		for (uint64_t port = 0; port < 4; port++)
			note(100 + (long)(domain * 10 + port), ask(socket, BIND_INTERDOMAIN, domains[domain], port, 0));
	}
	end_line();
	begin_line("virtual interrupts");
	for (uint64_t number = 0; number < 24; number++)
		note((long)number, ask(socket, BIND_VIRQ, number, 0, 0));
	note(-1, ask(socket, BIND_VIRQ, ~0ULL, 0, 0));
	end_line();
	begin_line("ports that are not its own");
	for (uint64_t port = 0; port < 8; port++) {
		note((long)port, ask(socket, NOTIFY, port, 0, 0));
		note(100 + (long)port, ask(socket, UNBIND, port, 0, 0));
	}
	note(-1, ask(socket, NOTIFY, ~0ULL, 0, 0));
	end_line();
}
