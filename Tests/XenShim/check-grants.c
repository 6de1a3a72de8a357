// Grants: mapped, copied, shared, and what is notified when they go.
#define _GNU_SOURCE
#include "check.h"
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xentoollog.h>

enum { PAGE = 4096, READ_WRITE = PROT_READ | PROT_WRITE, NONE = -1 };

static void say_nothing(xentoollog_logger *logger, xentoollog_level level, int error, const char *context, const char *format,
	va_list arguments)
{
	(void)logger, (void)level, (void)error, (void)context, (void)format, (void)arguments;
}

static xentoollog_logger quiet = { .vmessage = say_nothing };

static xengnttab_handle *open_grants(void)
{
	xengnttab_handle *handle;

	start_daemon("honest");
	handle = xengnttab_open(&quiet, 0);
	CHECK(handle);
	return handle;
}

static uint64_t number_at(const char *page)
{
	uint64_t number;

	memcpy(&number, page, sizeof number);
	return number;
}

static void mapping(void)
{
	xengnttab_handle *handle = open_grants();
	uint32_t references[] = { 1, 2, 30, 1 }, domains[] = { FAKE_DOMAIN, FAKE_DOMAIN, FAKE_DOMAIN, FAKE_DOMAIN };
	char *one, *many, *of_domain;

	CHECK(xengnttab_set_max_grants(handle, 1000) == 0);
	CHECK((one = xengnttab_map_grant_ref(handle, FAKE_DOMAIN, 1, READ_WRITE)));
	CHECK((many = xengnttab_map_grant_refs(handle, 4, domains, references, READ_WRITE)));
	CHECK((of_domain = xengnttab_map_domain_grant_refs(handle, 4, FAKE_DOMAIN, references, PROT_READ)));
	CHECK(daemon_counter(COUNT_MAPPINGS) == 3);
	one[100] = 'g';
	CHECK(many[100] == 'g' && many[3 * PAGE + 100] == 'g' && of_domain[100] == 'g');
	CHECK(number_at(many + PAGE) == 2 && number_at(of_domain + 2 * PAGE) == 30);
	CHECK_FAILS(xengnttab_unmap(handle, many, 3), EINVAL);
	CHECK_FAILS(xengnttab_unmap(handle, many + PAGE, 3), EINVAL);
	CHECK_FAILS(xengnttab_unmap(handle, NULL, 1), EINVAL);
	CHECK(xengnttab_unmap(handle, many, 4) == 0);
	CHECK_FAILS(xengnttab_unmap(handle, many, 4), EINVAL);
	CHECK(daemon_counter(COUNT_MAPPINGS) == 2);
	CHECK(xengnttab_unmap(handle, one, 1) == 0);
	CHECK(of_domain[100] == 'g');
	CHECK(xengnttab_close(handle) == 0);
	usleep(20000);
	CHECK(daemon_counter(COUNT_MAPPINGS) == 0);
}

static void all_or_nothing(void)
{
	xengnttab_handle *handle = open_grants();
	static uint32_t references[1100];

	for (uint32_t i = 0; i < 1100; i++)
		references[i] = 100 + i;
	char *area = xengnttab_map_domain_grant_refs(handle, 1100, FAKE_DOMAIN, references, READ_WRITE);
	CHECK(area && daemon_counter(COUNT_MAPPINGS) == 3); // 512 at a time
	for (uint32_t i = 0; i < 1100; i++)
		CHECK(number_at(area + (size_t)i * PAGE) == FAKE_HIGH_FIRST + 100 + i);
	CHECK(xengnttab_unmap(handle, area, 1100) == 0);
	CHECK(daemon_counter(COUNT_MAPPINGS) == 0);
	references[1050] = FAKE_HOLE;
	CHECK_NULL(xengnttab_map_domain_grant_refs(handle, 1100, FAKE_DOMAIN, references, READ_WRITE), EINVAL);
	CHECK(daemon_counter(COUNT_MAPPINGS) == 0);
	CHECK_NULL(xengnttab_map_grant_ref(handle, FAKE_DOMAIN, FAKE_READ_ONLY_GRANT, READ_WRITE), EACCES);
	CHECK(xengnttab_map_grant_ref(handle, FAKE_DOMAIN, FAKE_READ_ONLY_GRANT, PROT_READ));
	CHECK_NULL(xengnttab_map_domain_grant_refs(handle, 0, FAKE_DOMAIN, references, READ_WRITE), EINVAL);
	CHECK_NULL(xengnttab_map_domain_grant_refs(handle, UINT32_MAX, FAKE_DOMAIN, references, READ_WRITE), EINVAL);
	CHECK(xengnttab_close(handle) == 0);
}

static void notification(void)
{
	xengnttab_handle *handle = open_grants();
	xenevtchn_handle *events = xenevtchn_open(NULL, 0);
	int port = xenevtchn_bind_virq(events, 1);
	char *watch, *page;

	CHECK(port > 0 && (watch = xengnttab_map_grant_ref(handle, FAKE_DOMAIN, 5, READ_WRITE)));
	CHECK((page = xengnttab_map_grant_ref_notify(handle, FAKE_DOMAIN, 5, READ_WRITE, 300, (unsigned)port)));
	page[300] = 1;
	CHECK(daemon_counter(COUNT_NOTIFIED) == 0 && watch[300] == 1);
	CHECK(xengnttab_unmap(handle, page, 1) == 0);
	CHECK(watch[300] == 0 && xenevtchn_pending(events) == port);
	CHECK((page = xengnttab_map_grant_ref_notify(handle, FAKE_DOMAIN, 5, READ_WRITE, NONE, (unsigned)port)));
	CHECK(xengnttab_unmap(handle, page, 1) == 0);
	CHECK(daemon_counter(COUNT_NOTIFIED) == 2 && daemon_counter(COUNT_NOTIFIED_PORT) == port);
	CHECK((page = xengnttab_map_grant_ref_notify(handle, FAKE_DOMAIN, 5, READ_WRITE, NONE, (unsigned)NONE)));
	CHECK(xengnttab_unmap(handle, page, 1) == 0);
	CHECK(daemon_counter(COUNT_NOTIFIED) == 2);
	// What cannot be promised is not mapped.
	CHECK_NULL(xengnttab_map_grant_ref_notify(handle, FAKE_DOMAIN, 5, READ_WRITE, NONE, 999), EINVAL);
	CHECK(daemon_counter(COUNT_MAPPINGS) == 1);
	// A client that goes without a word is noticed too.
	watch[301] = 1;
	CHECK((page = xengnttab_map_grant_ref_notify(handle, FAKE_DOMAIN, 6, READ_WRITE, 8, (unsigned)NONE)));
	CHECK(xengnttab_close(handle) == 0);
	usleep(20000);
	CHECK(daemon_counter(COUNT_MAPPINGS) == 0);
	CHECK(xenevtchn_close(events) == 0);
}

static void copying(void)
{
	xengnttab_handle *handle = open_grants();
	char *page = xengnttab_map_grant_ref(handle, FAKE_DOMAIN, 9, READ_WRITE), from[PAGE], to[PAGE];
	xengnttab_grant_copy_segment_t segments[4] = {
		{ .source.virt = from, .dest.foreign = { 9, 10, FAKE_DOMAIN }, .len = 100, .flags = GNTCOPY_dest_gref },
		{ .source.foreign = { 9, 10, FAKE_DOMAIN }, .dest.virt = to, .len = 100, .flags = GNTCOPY_source_gref },
		{ .source.foreign = { 9, 10, FAKE_DOMAIN }, .dest.foreign = { 9, 500, FAKE_DOMAIN }, .len = 100,
			.flags = GNTCOPY_source_gref | GNTCOPY_dest_gref },
		{ .source.foreign = { FAKE_HOLE, 0, FAKE_DOMAIN }, .dest.virt = to, .len = 1, .flags = GNTCOPY_source_gref },
	};

	memset(from, 'c', sizeof from);
	memset(to, 0, sizeof to);
	CHECK(page && xengnttab_grant_copy(handle, 4, segments) == 0);
	CHECK(segments[0].status == GNTST_okay && segments[1].status == GNTST_okay && segments[2].status == GNTST_okay);
	CHECK(segments[3].status == GNTST_bad_gntref);
	CHECK(page[9] == 0 && page[10] == 'c' && page[109] == 'c' && page[110] == 0 && page[500] == 'c');
	CHECK(to[0] == 'c' && to[99] == 'c' && to[100] == 0);
	segments[0].dest.foreign.ref = FAKE_READ_ONLY_GRANT;
	CHECK(xengnttab_grant_copy(handle, 1, segments) == 0 && segments[0].status == GNTST_permission_denied);
	segments[1].len = PAGE;
	CHECK_FAILS(xengnttab_grant_copy(handle, 2, segments), EINVAL); // over the end of the page
	segments[1].source.foreign.offset = 0;
	CHECK(xengnttab_grant_copy(handle, 2, segments) == 0 && segments[1].status == GNTST_okay && memcmp(to, page, PAGE) == 0);
	segments[1].flags = 0;
	CHECK_FAILS(xengnttab_grant_copy(handle, 2, segments), EINVAL);
	CHECK(xengnttab_grant_copy(handle, 0, NULL) == 0);
	CHECK(xengnttab_close(handle) == 0);
}

static void sharing(void)
{
	xengnttab_handle *grants = open_grants();
	xengntshr_handle *shares = xengntshr_open(&quiet, 0);
	static uint32_t references[600];
	uint32_t reference;
	char *own, *theirs, *secret;

	CHECK(shares && xengntshr_fd(shares) >= 0 && xengnttab_fd(grants) >= 0);
	CHECK((own = xengntshr_share_pages(shares, 0, 600, references, 1)));
	CHECK(daemon_counter(COUNT_SHARES) == 2); // 512 at a time
	CHECK((theirs = xengnttab_map_domain_grant_refs(grants, 600, 0, references, READ_WRITE)));
	for (size_t i = 0; i < 600; i++)
		own[i * PAGE + 1] = (char)i;
	for (size_t i = 0; i < 600; i++)
		CHECK(theirs[i * PAGE + 1] == (char)i);
	CHECK((secret = xengntshr_share_pages(shares, 0, 1, &reference, 0)));
	CHECK_NULL(xengnttab_map_grant_ref(grants, 0, reference, READ_WRITE), EACCES);
	CHECK(xengnttab_map_grant_ref(grants, 0, reference, PROT_READ));
	CHECK_FAILS(xengntshr_unshare(shares, own, 599), EINVAL);
	CHECK(xengntshr_unshare(shares, own, 600) == 0);
	CHECK(daemon_counter(COUNT_SHARES) == 1);
	CHECK_NULL(xengntshr_share_pages(shares, 0, 0, references, 1), EINVAL);
	CHECK_NULL(xengntshr_share_pages(shares, 0, -1, references, 1), EINVAL);
	CHECK(xengntshr_close(shares) == 0);
	secret[0] = 1;
	CHECK(xengnttab_close(grants) == 0);
}

static void sharing_notified(void)
{
	xengnttab_handle *grants = open_grants();
	xengntshr_handle *shares = xengntshr_open(&quiet, 0);
	xenevtchn_handle *events = xenevtchn_open(NULL, 0);
	int port = xenevtchn_bind_virq(events, 1);
	uint32_t reference;
	char *own, *theirs;

	CHECK(shares && port > 0);
	CHECK((own = xengntshr_share_page_notify(shares, 0, &reference, 1, 5, (unsigned)port)));
	CHECK((theirs = xengnttab_map_grant_ref(grants, 0, reference, PROT_READ)));
	own[5] = 1;
	CHECK(theirs[5] == 1);
	CHECK(xengntshr_unshare(shares, own, 1) == 0);
	CHECK(theirs[5] == 0 && xenevtchn_pending(events) == port);
	CHECK_NULL(xengntshr_share_page_notify(shares, 0, &reference, 1, 5, 999), EINVAL);
	CHECK(daemon_counter(COUNT_SHARES) == 0);
	CHECK(xengntshr_close(shares) == 0 && xengnttab_close(grants) == 0 && xenevtchn_close(events) == 0);
}

static void dma_buffers(void)
{
	xengnttab_handle *handle = open_grants();
	uint32_t number = 1;

	CHECK_FAILS(xengnttab_dmabuf_exp_from_refs(handle, FAKE_DOMAIN, 0, 1, &number, &number), ENOTTY);
	CHECK_FAILS(xengnttab_dmabuf_exp_wait_released(handle, 1, 1), ENOTTY);
	CHECK_FAILS(xengnttab_dmabuf_imp_to_refs(handle, FAKE_DOMAIN, 1, 1, &number), ENOTTY);
	CHECK_FAILS(xengnttab_dmabuf_imp_release(handle, 1), ENOTTY);
	CHECK(xengnttab_close(handle) == 0);
}

const struct check checks_of_grants[] = {
	{ "grants are mapped, and unmapped by address and count", mapping },
	{ "all grants are mapped or none, also over several requests", all_or_nothing },
	{ "unmapping clears the byte and notifies the port", notification },
	{ "grants are copied, and a refusal is a segment's status", copying },
	{ "shared pages are the other side's", sharing },
	{ "unsharing clears the byte and notifies the port", sharing_notified },
	{ "there are no dma-bufs", dma_buffers },
	{ NULL, NULL },
};
