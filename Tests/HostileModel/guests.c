// Domains for it to be the device model of, and not to be.

#include "model.h"

#include <errno.h>
#include <string.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/memory.h>

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

int guests(void)
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
