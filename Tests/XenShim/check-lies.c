// A daemon that lies: whatever it answers, its client neither crashes nor hangs, nor touches what is not there.
#define _GNU_SOURCE
#include "check.h"
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xencall.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>
#include <xentoollog.h>

enum { PAGE = 4096, READ_WRITE = PROT_READ | PROT_WRITE, OPERATIONS = 150, DEFAULT_SEEDS = 60 };

static void say_nothing(xentoollog_logger *logger, xentoollog_level level, int error, const char *context, const char *format,
	va_list arguments)
{
	(void)logger, (void)level, (void)error, (void)context, (void)format, (void)arguments;
}

static xentoollog_logger quiet = { .vmessage = say_nothing };
static volatile char sink;
static unsigned seed, worked, failed;

static unsigned below(unsigned limit)
{
	return (unsigned)rand_r(&seed) % limit;
}

static void note(bool success)
{
	worked += success;
	failed += !success;
}

static void touch(const char *area, size_t pages, const int *errors)
{
	for (size_t i = 0; i < pages; i++)
		if (!errors || !errors[i])
			sink = area[i * PAGE];
}

static void lie_to_calls(xencall_handle *handle)
{
	char *buffer;

	if (!handle)
		return;
	buffer = xencall_alloc_buffer_pages(handle, 1 + below(100));
	note(xencall2(handle, FAKE_SUM, below(1000), 1) >= 0);
	if (buffer)
		buffer[0] = 1;
	xencall_free_buffer(handle, buffer);
}

static void lie_to_events(xenevtchn_handle *handle, int *port)
{
	struct pollfd poll_one;

	if (!handle)
		return;
	switch (below(4)) {
	case 0:
		*port = xenevtchn_bind_virq(handle, 1);
		note(*port >= 0);
		break;
	case 1:
		note(xenevtchn_unbind(handle, (unsigned)*port) == 0);
		break;
	case 2:
		note(xenevtchn_notify(handle, (unsigned)*port) == 0);
		break;
	default:
		poll_one = (struct pollfd){ .fd = xenevtchn_fd(handle), .events = POLLIN };
		while (poll(&poll_one, 1, 0) == 1) {
			int pending = xenevtchn_pending(handle);

			if (pending >= 0 && below(2))
				break; // it stays masked
			if (pending >= 0)
				xenevtchn_unbind(handle, (unsigned)pending);
		}
	}
}

static void lie_to_memory(xenforeignmemory_handle *handle)
{
	xen_pfn_t frames[1500];
	int errors[1500];
	size_t count = below(2) ? 1 + below(20) : 1 + below(1500), size;
	xenforeignmemory_resource_handle *resource;
	void *address = NULL;
	char *area;

	if (!handle)
		return;
	for (size_t i = 0; i < count; i++)
		frames[i] = below(3) ? below(20) : FAKE_HIGH_FIRST + below(FAKE_HIGH_FRAMES);
	area = xenforeignmemory_map(handle, FAKE_DOMAIN, PROT_READ, count, frames, errors);
	note(area);
	if (area) {
		touch(area, count, errors);
		CHECK(xenforeignmemory_unmap(handle, area, count) == 0);
	}
	count = 1 + below(3);
	resource = xenforeignmemory_map_resource(handle, FAKE_DOMAIN, 0, 0, 0, count, &address, PROT_READ, 0);
	note(resource);
	if (resource) {
		touch(address, count, NULL);
		CHECK(xenforeignmemory_unmap_resource(handle, resource) == 0);
	}
	note(xenforeignmemory_resource_size(handle, FAKE_DOMAIN, 0, 0, &size) == 0);
}

static void lie_to_grants(xengnttab_handle *handle)
{
	uint32_t references[700], count = below(2) ? 1 + below(10) : 1 + below(700);
	char *area, bytes[PAGE];
	xengnttab_grant_copy_segment_t segments[2] = {
		{ .source.foreign = { 9, 0, FAKE_DOMAIN }, .dest.virt = bytes, .len = PAGE, .flags = GNTCOPY_source_gref },
		{ .source.virt = bytes, .dest.foreign = { 9, 0, FAKE_DOMAIN }, .len = PAGE, .flags = GNTCOPY_dest_gref },
	};

	if (!handle)
		return;
	for (uint32_t i = 0; i < count; i++)
		references[i] = 1 + below(12);
	area = xengnttab_map_domain_grant_refs(handle, count, FAKE_DOMAIN, references, PROT_READ);
	note(area);
	if (area) {
		touch(area, count, NULL);
		note(xengnttab_unmap(handle, area, count) == 0);
	}
	note(xengnttab_grant_copy(handle, 2, segments) == 0);
}

static void lie_to_shares(xengntshr_handle *handle)
{
	uint32_t references[700], count = below(2) ? 1 + below(10) : 1 + below(700);
	char *area;

	if (!handle)
		return;
	area = xengntshr_share_pages(handle, 0, (int)count, references, 1);
	note(area);
	if (area) {
		touch(area, count, NULL);
		note(xengntshr_unshare(handle, area, count) == 0);
	}
}

static void lie_with_seed(unsigned number)
{
	char behaviour[32];
	unsigned before = open_descriptors();
	xencall_handle *call;
	xenevtchn_handle *events;
	xenforeignmemory_handle *memory;
	xengnttab_handle *grants;
	xengntshr_handle *shares;
	int port = -1;

	snprintf(behaviour, sizeof behaviour, "lie:%u", number);
	start_daemon(behaviour);
	seed = number;
	for (int i = 0; i < OPERATIONS / 10; i++) {
		// A connection that was caught in a lie is of no more use: new ones are.
		call = xencall_open(&quiet, 0);
		events = xenevtchn_open(&quiet, 0);
		memory = xenforeignmemory_open(&quiet, 0);
		grants = xengnttab_open(&quiet, 0);
		shares = xengntshr_open(&quiet, 0);
		for (int j = 0; j < 10; j++) {
			lie_to_calls(call);
			lie_to_events(events, &port);
			lie_to_memory(memory);
			lie_to_grants(grants);
			lie_to_shares(shares);
		}
		xencall_close(call);
		xenevtchn_close(events);
		xenforeignmemory_close(memory);
		xengnttab_close(grants);
		xengntshr_close(shares);
	}
	kill_daemon();
	CHECK(open_descriptors() == before);
}

static void lies(void)
{
	const char *seeds = getenv("XSM_RANDOM_CASES");
	unsigned count = seeds ? (unsigned)strtoul(seeds, NULL, 10) : DEFAULT_SEEDS;

	for (unsigned number = 1; number <= count; number++) {
		alarm(60);
		lie_with_seed(number);
	}
	printf("    %u seeds: %u operations worked, %u failed\n", count, worked, failed);
	fflush(stdout);
	CHECK(worked > count && failed > count); // it told the truth at times, and lied at times
}

// Every operation fails with this errno, and leaves no descriptor.
static void one_lie(const char *lie, int error)
{
	unsigned before = open_descriptors();
	xencall_handle *call;
	xenevtchn_handle *events;
	xenforeignmemory_handle *memory;
	xengnttab_handle *grants;
	xengntshr_handle *shares;
	xen_pfn_t frame = 1;
	uint32_t reference = 1;
	void *address = NULL;
	char byte;
	xengnttab_grant_copy_segment_t segment = {
		.source.foreign = { 9, 0, FAKE_DOMAIN }, .dest.virt = &byte, .len = 1, .flags = GNTCOPY_source_gref,
	};

	start_daemon(lie);
	for (int i = 0; i < 8; i++) {
		CHECK((call = xencall_open(&quiet, 0)) && (events = xenevtchn_open(&quiet, 0)));
		CHECK((memory = xenforeignmemory_open(&quiet, 0)) && (grants = xengnttab_open(&quiet, 0)));
		CHECK((shares = xengntshr_open(&quiet, 0)));
		CHECK_FAILS(xencall2(call, FAKE_SUM, 1, 2), error);
		CHECK_FAILS(xencall2(call, FAKE_SUM, 1, 2), error); // from then on
		if (i % 2)
			CHECK_FAILS(xenevtchn_bind_virq(events, 1), error);
		else
			CHECK_FAILS(xenevtchn_notify(events, 1), error);
		if (i % 2)
			CHECK_NULL(xenforeignmemory_map(memory, FAKE_DOMAIN, PROT_READ, 1, &frame, NULL), error);
		else
			CHECK_NULL(xenforeignmemory_map_resource(memory, FAKE_DOMAIN, 0, 0, 0, 1, &address, PROT_READ, 0), error);
		if (i % 2)
			CHECK_NULL(xengnttab_map_grant_ref(grants, FAKE_DOMAIN, 1, PROT_READ), error);
		else
			CHECK_FAILS(xengnttab_grant_copy(grants, 1, &segment), error);
		CHECK_NULL(xengntshr_share_pages(shares, 0, 1, &reference, 1), error);
		CHECK(xencall_close(call) == 0 && xenevtchn_close(events) == 0 && xenforeignmemory_close(memory) == 0);
		CHECK(xengnttab_close(grants) == 0 && xengntshr_close(shares) == 0);
	}
	kill_daemon();
	CHECK(open_descriptors() == before);
}

static void simple_lies(void)
{
	one_lie("short", EPROTO);
	one_lie("long", EPROTO);
	one_lie("empty", ECONNRESET);
	one_lie("descriptors", EPROTO);
}

// Arrays whose end is missing, where the numbers in front say more than there is; and no array at all, for ever.
static void lie_about_arrays(const char *lie)
{
	unsigned before = open_descriptors();
	xenforeignmemory_handle *memory;
	xengnttab_handle *grants;
	xengntshr_handle *shares;
	xen_pfn_t frame = 1;
	uint32_t reference;
	char bytes[8];
	xengnttab_grant_copy_segment_t segment = {
		.source.foreign = { 9, 0, FAKE_DOMAIN }, .dest.virt = bytes, .len = 8, .flags = GNTCOPY_source_gref,
	};

	start_daemon(lie);
	CHECK((memory = xenforeignmemory_open(&quiet, 0)) && (grants = xengnttab_open(&quiet, 0)));
	CHECK((shares = xengntshr_open(&quiet, 0)));
	CHECK_NULL(xenforeignmemory_map(memory, FAKE_DOMAIN, PROT_READ, 1, &frame, NULL), EPROTO);
	CHECK_NULL(xengnttab_map_grant_ref(grants, FAKE_DOMAIN, 1, PROT_READ), EPROTO);
	CHECK_FAILS(xengnttab_grant_copy(grants, 1, &segment), EPROTO);
	CHECK_NULL(xengntshr_share_pages(shares, 0, 1, &reference, 1), EPROTO);
	CHECK(xenforeignmemory_close(memory) == 0 && xengnttab_close(grants) == 0 && xengntshr_close(shares) == 0);
	kill_daemon();
	CHECK(open_descriptors() == before);
}

static void lies_about_arrays(void)
{
	lie_about_arrays("cut");
	lie_about_arrays("nothing");
}

static void lies_about_ports(void)
{
	unsigned before = open_descriptors();
	xenevtchn_handle *handle;

	start_daemon("large");
	CHECK((handle = xenevtchn_open(&quiet, 0)));
	CHECK_FAILS(xenevtchn_bind_virq(handle, 1), EPROTO);
	CHECK(xenevtchn_close(handle) == 0);
	kill_daemon();
	CHECK(open_descriptors() == before);
}

static void lies_about_arenas(void)
{
	unsigned before = open_descriptors();

	start_daemon("unsealed");
	CHECK_NULL(xencall_open(&quiet, 0), EPROTO);
	kill_daemon();
	start_daemon("small");
	CHECK_NULL(xencall_open(&quiet, 0), EPROTO);
	kill_daemon();
	CHECK(open_descriptors() == before);
}

// What a reply says of one frame is that frame's error, and harms no other.
static void lies_about_frames(void)
{
	xen_pfn_t frames[] = { 1, FAKE_ERROR_FRAME(INT32_MIN), FAKE_ERROR_FRAME(-EINVAL), FAKE_ERROR_FRAME(4096),
		FAKE_ERROR_FRAME(4095), FAKE_OFFSET_FRAME(1), FAKE_OFFSET_FRAME(FAKE_LOW_FRAMES * PAGE),
		FAKE_OFFSET_FRAME(FAKE_LOW_FRAMES * PAGE - PAGE), FAKE_LAST_OFFSET_FRAME, 2 };
	static const int expected[] = { 0, -EFAULT, -EFAULT, -EFAULT, -4095, -EFAULT, -EFAULT, 0, -EFAULT, 0 };
	int errors[10];
	xenforeignmemory_handle *handle;
	char *area;

	start_daemon("honest");
	CHECK((handle = xenforeignmemory_open(&quiet, 0)));
	CHECK((area = xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 10, frames, errors)));
	for (int i = 0; i < 10; i++)
		CHECK(errors[i] == expected[i]);
	CHECK(area[0] == 1 && area[7 * PAGE] == FAKE_LOW_FRAMES - 1 && area[9 * PAGE] == 2);
	CHECK(xenforeignmemory_close(handle) == 0);
}

static void lies_about_memories(void)
{
	unsigned before = open_descriptors();
	xenforeignmemory_handle *handle;
	xen_pfn_t frame = 1;

	start_daemon("unannounced");
	CHECK((handle = xenforeignmemory_open(&quiet, 0)));
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 1, &frame, NULL), EPROTO);
	CHECK(xenforeignmemory_close(handle) == 0);
	kill_daemon();
	start_daemon("again");
	CHECK((handle = xenforeignmemory_open(&quiet, 0)));
	CHECK(xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 1, &frame, NULL));
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 1, &frame, NULL), EPROTO);
	CHECK(xenforeignmemory_close(handle) == 0);
	kill_daemon();
	CHECK(open_descriptors() == before);
}

const struct check checks_of_lies[] = {
	{ "a reply that is too short, too long, empty or brings too much is an error", simple_lies },
	{ "an array that ends early, or answers nothing, is an error", lies_about_arrays },
	{ "a port that is no number of a port is an error", lies_about_ports },
	{ "an arena that can shrink, or is smaller than it is said to be, is refused", lies_about_arenas },
	{ "a lie about a frame is that frame's error alone", lies_about_frames },
	{ "a descriptor that is not announced, or comes again, is an error", lies_about_memories },
	{ "a lying daemon neither crashes its client nor leaves descriptors with it", lies },
	{ NULL, NULL },
};
