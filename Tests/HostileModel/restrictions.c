// Handles that it restricts itself, to another than its guest.

#include "model.h"

#include <sys/mman.h>
#include <xen/hvm/dm_op.h>

void restrictions(int calls, int memory, int channels)
{
	begin_line("restricted to another");
	for (size_t domain = 0; domain < DOMAINS; domain++) {
		note((long)domain, ask(calls, RESTRICT, domains[domain], 0, 0));
		note(100 + (long)domain, ask(memory, RESTRICT_MAP, domains[domain], 0, 0));
		note(200 + (long)domain, ask(channels, RESTRICT_PORTS, domains[domain], 0, 0));
	}
	end_line();
	begin_line("and to its own");
	note(0, ask(calls, RESTRICT, GUEST, 0, 0));
	note(1, ask(memory, RESTRICT_MAP, GUEST, 0, 0));
	note(2, ask(channels, RESTRICT_PORTS, GUEST, 0, 0));
	end_line();
	begin_line("the other, after that");
	note(0, operate(calls, OTHER, XEN_DMOP_nr_vcpus));
	note(1, map(memory, OTHER, PROT_READ, 1, 0));
	note(2, ask(channels, BIND_UNBOUND, OTHER, 0, 0));
	end_line();
}
