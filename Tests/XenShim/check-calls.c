// Hypercalls, buffers, and restriction.
#define _GNU_SOURCE
#include "check.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <xencall.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>
#include <xentoolcore.h>
#define __XEN_TOOLS__ 1
#include <xendevicemodel.h>

enum { PAGE = 4096, THREADS = 4 };

static xencall_handle *open_call(void)
{
	xencall_handle *handle;

	start_daemon("honest");
	handle = xencall_open(NULL, 0);
	CHECK(handle);
	return handle;
}

static void results(void)
{
	xencall_handle *handle = open_call();

	CHECK(xencall0(handle, FAKE_SUM) == 0);
	CHECK(xencall1(handle, FAKE_SUM, 1) == 1);
	CHECK(xencall2(handle, FAKE_SUM, 1, 20) == 21);
	CHECK(xencall3(handle, FAKE_SUM, 1, 20, 300) == 321);
	CHECK(xencall4(handle, FAKE_SUM, 1, 20, 300, 4000) == 4321);
	CHECK(xencall5(handle, FAKE_SUM, 1, 20, 300, 4000, 50000) == 54321);
	CHECK(xencall2L(handle, FAKE_SUM, INT64_C(1) << 40, 5) == (INT64_C(1) << 40) + 5);
	CHECK_FAILS(xencall0(handle, 999), ENOSYS);
	CHECK_FAILS(xencall1(handle, FAKE_FAIL, (uint64_t)-ESRCH), ESRCH);
	CHECK_FAILS(xencall1(handle, FAKE_FAIL, (uint64_t)-4095), 4095);
	CHECK(xencall_fd(handle) >= 0);
	CHECK(xencall_buffers_never_fault(handle) == 1);
	// No errno is so large: nobody can say what such a reply means.
	CHECK_FAILS(xencall1(handle, FAKE_FAIL, (uint64_t)-4096), EPROTO);
	CHECK(xencall_close(handle) == 0);
}

static void buffers_are_seen(void)
{
	xencall_handle *handle = open_call();
	unsigned char *large = xencall_alloc_buffer_pages(handle, 16 << 8), *small = xencall_alloc_buffer(handle, 100);
	char outside[100];

	CHECK(large && small && (uintptr_t)large % PAGE == 0);
	CHECK(xencall3(handle, FAKE_FILL, (uintptr_t)large, 16 << 20, 0xa5) == 0);
	CHECK(xencall3(handle, FAKE_FILL, (uintptr_t)small, 100, 0x5a) == 0);
	for (size_t i = 0; i < 16 << 20; i++)
		CHECK(large[i] == 0xa5);
	CHECK(small[0] == 0x5a && small[99] == 0x5a && small[100] == 0);
	CHECK_FAILS(xencall3(handle, FAKE_FILL, (uintptr_t)outside, 100, 0), EFAULT);
	xencall_free_buffer_pages(handle, large, 16 << 8);
	CHECK(xencall_alloc_buffer_pages(handle, 16 << 8) == large);
	CHECK(large[0] == 0 && large[(16 << 20) - 1] == 0);
	CHECK(xencall_close(handle) == 0);
}

static void odd_buffers(void)
{
	xencall_handle *handle = open_call();
	char *a = xencall_alloc_buffer_pages(handle, 2), *b = xencall_alloc_buffer_pages(handle, 3), *c;

	CHECK_NULL(xencall_alloc_buffer_pages(handle, 0), EINVAL);
	CHECK_NULL(xencall_alloc_buffer_pages(handle, SIZE_MAX), ENOMEM);
	CHECK_NULL(xencall_alloc_buffer(handle, SIZE_MAX), ENOMEM);
	CHECK((c = xencall_alloc_buffer(handle, 0)));
	errno = 77;
	xencall_free_buffer(handle, c);
	CHECK(errno == 77);
	xencall_free_buffer(handle, NULL);
	xencall_free_buffer(handle, &handle);
	xencall_free_buffer(handle, a + 1);
	xencall_free_buffer_pages(handle, NULL, 1);
	xencall_free_buffer_pages(handle, a, 0);
	xencall_free_buffer_pages(handle, a, SIZE_MAX);
	xencall_free_buffer(handle, a);
	xencall_free_buffer(handle, a); // twice
	xencall_free_buffer_pages(handle, a, 2);
	xencall_free_buffer_pages(handle, a, 3); // with a page of another's
	CHECK(xencall_alloc_buffer_pages(handle, 3) == b + 3 * PAGE); // no room for three before `b`
	CHECK(xencall_alloc_buffer_pages(handle, 1) == a);
	CHECK(xencall_alloc_buffer_pages(handle, 1) == a + PAGE);
	CHECK(xencall_close(handle) == 0);
}

static void arena_is_used_whole(void)
{
	xencall_handle *handle = open_call();
	size_t pages = FAKE_ARENA / PAGE;
	char *first = xencall_alloc_buffer_pages(handle, pages);

	CHECK(first);
	CHECK_NULL(xencall_alloc_buffer_pages(handle, 1), ENOMEM);
	xencall_free_buffer_pages(handle, first, pages + 1);
	CHECK_NULL(xencall_alloc_buffer_pages(handle, 1), ENOMEM);
	xencall_free_buffer(handle, first);
	for (size_t i = 0; i < pages; i++)
		CHECK(xencall_alloc_buffer(handle, PAGE) == first + i * PAGE);
	CHECK_NULL(xencall_alloc_buffer(handle, 1), ENOMEM);
	for (size_t i = 0; i < pages; i += 2)
		xencall_free_buffer(handle, first + i * PAGE);
	CHECK_NULL(xencall_alloc_buffer_pages(handle, 2), ENOMEM);
	xencall_free_buffer(handle, first + 4001 * PAGE);
	CHECK(xencall_alloc_buffer_pages(handle, 3) == first + 4000 * PAGE);
	CHECK(xencall_close(handle) == 0);
}

// MARK: threads

struct worker {
	pthread_t thread;
	xencall_handle *handle;
	unsigned seed;
	size_t mark;
};

// Buffers of one thread hold its pattern until they are freed: nobody else has them.
static void *allocate_and_free(void *argument)
{
	struct worker *worker = argument;
	struct {
		char *at;
		size_t pages;
	} held[16] = { { NULL, 0 } };

	for (int i = 0; i < 4000; i++) {
		size_t slot = (size_t)rand_r(&worker->seed) % 16, pages = 1 + (size_t)rand_r(&worker->seed) % 40;
		bool whole = rand_r(&worker->seed) & 1;

		if (held[slot].at) {
			for (size_t page = 0; page < held[slot].pages; page++)
				CHECK(held[slot].at[page * PAGE] == (char)(worker->mark + slot));
			if (whole)
				xencall_free_buffer(worker->handle, held[slot].at);
			else
				xencall_free_buffer_pages(worker->handle, held[slot].at, held[slot].pages);
			held[slot].at = NULL;
			continue;
		}
		held[slot].pages = pages;
		held[slot].at = whole ? xencall_alloc_buffer(worker->handle, pages * PAGE - 7)
				      : xencall_alloc_buffer_pages(worker->handle, pages);
		CHECK(held[slot].at);
		for (size_t page = 0; page < pages; page++) {
			CHECK(held[slot].at[page * PAGE] == 0);
			held[slot].at[page * PAGE] = (char)(worker->mark + slot);
		}
	}
	for (size_t slot = 0; slot < 16; slot++)
		xencall_free_buffer(worker->handle, held[slot].at);
	return NULL;
}

static void *call_and_compare(void *argument)
{
	struct worker *worker = argument;

	for (uint64_t i = 0; i < 5000; i++) {
		unsigned number = (unsigned)rand_r(&worker->seed) & 0xffffff;

		CHECK(xencall2(worker->handle, FAKE_SUM, number, i) == (int)(number + i));
	}
	return NULL;
}

static void on_threads(void *(*work)(void *))
{
	struct worker workers[THREADS];
	xencall_handle *handle = open_call();

	for (unsigned i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .handle = handle, .seed = i + 1, .mark = 1 + i * 20 };
		CHECK(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	CHECK(xencall_alloc_buffer_pages(handle, FAKE_ARENA / PAGE)); // everything came back
	CHECK(xencall_close(handle) == 0);
}

static void concurrent_calls(void)
{
	on_threads(call_and_compare);
}

static void concurrent_buffers(void)
{
	on_threads(allocate_and_free);
}

static void ignore_signal(int number)
{
	(void)number;
}

static void signals(void)
{
	struct sigaction action = { .sa_handler = ignore_signal }; // without SA_RESTART
	xencall_handle *handle = open_call();

	sigaction(SIGPROF, &action, NULL);
	for (int i = 0; i < 20; i++) {
		timer_t timer;
		struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGPROF };
		struct itimerspec every = { { 0, 500000 }, { 0, 500000 } };

		CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
		CHECK(timer_settime(timer, 0, &every, NULL) == 0);
		CHECK(xencall2(handle, FAKE_SLEEP, 5000, (uint64_t)i) == i);
		timer_delete(timer);
	}
	CHECK(xencall_close(handle) == 0);
}

// MARK: restriction

static void restricted(void)
{
	xencall_handle *call = open_call();
	xendevicemodel_handle *model = xendevicemodel_open(NULL, 0);
	xenevtchn_handle *events = xenevtchn_open(NULL, 0);
	xenforeignmemory_handle *memory = xenforeignmemory_open(NULL, 0);
	xengnttab_handle *grants = xengnttab_open(NULL, 0);
	xengntshr_handle *shares = xengntshr_open(NULL, 0);
	uint32_t reference;
	xen_pfn_t frame = 1;
	char *granted;

	CHECK(call && model && events && memory && grants && shares);
	CHECK(xendevicemodel_set_pci_intx_level(model, FAKE_DOMAIN, 0, 0, 0, 0, 1) == 0);
	CHECK((granted = xengnttab_map_grant_ref(grants, FAKE_DOMAIN, 1, 3)));
	CHECK(xentoolcore_restrict_all(FAKE_DOMAIN) == 0);
	// xencall and grants are closed, as Xen's are.
	CHECK_FAILS(xencall0(call, FAKE_SUM), ENOTTY);
	CHECK_NULL(xengnttab_map_grant_ref(grants, FAKE_DOMAIN, 2, 3), ENOTTY);
	granted[8] = 1;
	// The device model goes on for the domain alone.
	CHECK(xendevicemodel_set_pci_intx_level(model, FAKE_DOMAIN, 0, 0, 0, 0, 0) == 0);
	CHECK_FAILS(xendevicemodel_set_pci_intx_level(model, FAKE_DOMAIN + 1, 0, 0, 0, 0, 0), EPERM);
	CHECK(xenforeignmemory_map(memory, FAKE_DOMAIN, 1, 1, &frame, NULL));
	CHECK(xenevtchn_bind_unbound_port(events, FAKE_DOMAIN) > 0);
	CHECK_FAILS(xenevtchn_bind_unbound_port(events, FAKE_DOMAIN + 1), EACCES);
	CHECK(xengntshr_share_pages(shares, 0, 1, &reference, 1));
	CHECK(daemon_counter(COUNT_RESTRICTED_CALLS) == 2);
	CHECK(daemon_counter(COUNT_RESTRICTED_EVENTS) == 1);
	CHECK(daemon_counter(COUNT_RESTRICTED_MEMORY) == 1);
	CHECK(daemon_counter(COUNT_DM_OPS) == 2);
	xencall_close(call);
	xendevicemodel_close(model);
	xenevtchn_close(events);
	xenforeignmemory_close(memory);
	xengnttab_close(grants);
	xengntshr_close(shares);
	CHECK(xentoolcore_restrict_all(FAKE_DOMAIN) == 0); // none is registered any more
}

// A device model's handle whose daemon cannot restrict it is closed.
static void restricted_without_daemon(void)
{
	xencall_handle *call = open_call();
	xendevicemodel_handle *model = xendevicemodel_open(NULL, 0);

	CHECK(call && model);
	kill_daemon();
	CHECK(xentoolcore_restrict_all(FAKE_DOMAIN) == 0);
	CHECK_FAILS(xencall0(call, FAKE_SUM), ENOTTY);
	CHECK_FAILS(xendevicemodel_set_pci_intx_level(model, FAKE_DOMAIN, 0, 0, 0, 0, 0), ENOTTY);
	xencall_close(call);
	xendevicemodel_close(model);
}

const struct check checks_of_calls[] = {
	{ "hypercalls give what the daemon answers", results },
	{ "buffers are seen by the daemon, 16 MiB in one piece too", buffers_are_seen },
	{ "buffers that are none, or freed twice, harm nobody", odd_buffers },
	{ "all pages of the arena can be had, first fit", arena_is_used_whole },
	{ "calls of four threads each get their own reply", concurrent_calls },
	{ "buffers of four threads are their own", concurrent_buffers },
	{ "signals do not disturb a call", signals },
	{ "restricting closes calls and grants, and leaves a device model its domain", restricted },
	{ "restricting without a daemon closes every call", restricted_without_daemon },
	{ NULL, NULL },
};
