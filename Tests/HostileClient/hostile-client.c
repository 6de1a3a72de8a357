// A client of Xen's libraries that does what it likes, in random order, until somebody kills it.
//
//     hostile-client SEED GUEST    GUEST is the domain whose memory it maps and whose grants it takes
#define __XEN_TOOLS__ 1
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/version.h>
#include <xencall.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

static uint64_t state;

static unsigned below(unsigned limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % limit;
}

static void events(xenevtchn_handle *handle, uint32_t guest)
{
	xenevtchn_port_or_error_t port = -1;

	switch (below(4)) {
	case 0: port = xenevtchn_bind_unbound_port(handle, below(2) ? guest : 0); break;
	case 1: port = xenevtchn_bind_interdomain(handle, below(2) ? guest : 0, below(12)); break;
	case 2: port = xenevtchn_bind_virq(handle, below(16)); break;
	default: xenevtchn_notify(handle, below(12));
	}
	if (port > 0 && below(2))
		xenevtchn_notify(handle, (evtchn_port_t)port);
	if (port > 0 && below(3) == 0)
		xenevtchn_unbind(handle, (evtchn_port_t)port);
}

static void memory(xenforeignmemory_handle *handle, uint32_t guest)
{
	xen_pfn_t frames[8];
	int errors[8];
	size_t count = 1 + below(8), i;
	int protection = below(2) ? PROT_READ : PROT_READ | PROT_WRITE;
	char *area;

	for (i = 0; i < count; i++)
		frames[i] = below(70);
	area = xenforeignmemory_map(handle, guest, protection, count, frames, errors);
	if (!area)
		return;
	for (i = 0; i < count; i++)
		if (!errors[i] && protection & PROT_WRITE)
			memset(area + i * 4096, (int)below(256), 4096);
	if (below(2))
		xenforeignmemory_unmap(handle, area, count);
}

static void grants(xengnttab_handle *handle, uint32_t guest)
{
	uint32_t references[4];
	uint32_t count = 1 + below(4), i;
	void *area;

	for (i = 0; i < count; i++)
		references[i] = 8 + below(24);
	if (below(2))
		area = xengnttab_map_domain_grant_refs(handle, count, guest, references, PROT_READ | PROT_WRITE);
	else {
		count = 1;
		area = xengnttab_map_grant_ref_notify(handle, guest, references[0], PROT_READ | PROT_WRITE, below(4096), below(8) + 1);
	}
	if (area && below(2))
		xengnttab_unmap(handle, area, count);
}

static void shares(xengntshr_handle *handle, uint32_t other)
{
	uint32_t references[4];
	uint32_t count = 1 + below(4);
	char *area = xengntshr_share_pages(handle, other, (int)count, references, (int)below(2));

	if (!area)
		return;
	memset(area, (int)below(256), 4096);
	if (below(2))
		xengntshr_unshare(handle, area, count);
}

static void calls(xencall_handle *handle, uint32_t guest)
{
	struct xen_memory_reservation *reservation = xencall_alloc_buffer(handle, sizeof *reservation);
	xen_pfn_t *frames = xencall_alloc_buffer(handle, 8 * sizeof *frames);
	unsigned i;

	if (reservation && frames) {
		memset(reservation, 0, sizeof *reservation);
		for (i = 0; i < 8; i++)
			frames[i] = below(70);
		reservation->nr_extents = 1 + below(8);
		reservation->domid = (domid_t)guest;
		set_xen_guest_handle(reservation->extent_start, frames);
		xencall2(handle, __HYPERVISOR_memory_op, below(2) ? XENMEM_populate_physmap : XENMEM_decrease_reservation,
			(uint64_t)(uintptr_t)reservation);
		xencall2(handle, __HYPERVISOR_xen_version, XENVER_version, 0);
	}
	if (below(2)) {
		xencall_free_buffer(handle, frames);
		xencall_free_buffer(handle, reservation);
	}
}

int main(int count, char **words)
{
	uint32_t guest;

	if (count != 3)
		return 2;
	state = strtoull(words[1], NULL, 10);
	guest = (uint32_t)strtoul(words[2], NULL, 10);
	for (;;) {
		xencall_handle *call = xencall_open(NULL, 0);
		xenevtchn_handle *channels = xenevtchn_open(NULL, 0);
		xenforeignmemory_handle *foreign = xenforeignmemory_open(NULL, 0);
		xengnttab_handle *table = xengnttab_open(NULL, 0);
		xengntshr_handle *sharing = xengntshr_open(NULL, 0);
		unsigned left = 1 + below(200);

		while (left--)
			switch (below(5)) {
			case 0: if (channels) events(channels, guest); break;
			case 1: if (foreign) memory(foreign, guest); break;
			case 2: if (table) grants(table, guest); break;
			case 3: if (sharing) shares(sharing, guest ? 0 : 1); break;
			default: if (call) calls(call, guest);
			}
		xencall_close(call);
		xenevtchn_close(channels);
		xenforeignmemory_close(foreign);
		xengnttab_close(table);
		xengntshr_close(sharing);
	}
}
