// Finding the daemon, HELLO, and what happens when it is not there or goes away.
#define _GNU_SOURCE
#include "check.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xencall.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>
#include <xentoollog.h>

// A logger that counts.
struct counting_logger {
	xentoollog_logger vtable;
	unsigned messages;
};

static void count_message(xentoollog_logger *logger, xentoollog_level level, int error, const char *context, const char *format,
	va_list arguments)
{
	(void)level, (void)error, (void)context, (void)format, (void)arguments;
	((struct counting_logger *)logger)->messages++;
}

static struct counting_logger quiet = { .vtable = { .vmessage = count_message } };
#define LOGGER (&quiet.vtable)

static void all_opens_fail_with(int error)
{
	unsigned before = open_descriptors();

	quiet.messages = 0;
	CHECK_NULL(xencall_open(LOGGER, 0), error);
	CHECK_NULL(xenforeignmemory_open(LOGGER, 0), error);
	CHECK_NULL(xengnttab_open(LOGGER, 0), error);
	CHECK_NULL(xengntshr_open(LOGGER, 0), error);
	CHECK(quiet.messages == 4);
	CHECK_NULL(xenevtchn_open(LOGGER, 0), error);
	CHECK(quiet.messages == 4); // event channels do not log
	CHECK(open_descriptors() == before);
}

static void nobody_there(void)
{
	char longest[200];

	setenv("XSM_HYPERVISOR", "/nonexistent/socket", 1);
	all_opens_fail_with(ENOENT);
	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = 0;
	setenv("XSM_HYPERVISOR", longest, 1);
	all_opens_fail_with(ENAMETOOLONG);
	setenv("XSM_HYPERVISOR", "fd:", 1);
	all_opens_fail_with(EINVAL);
	setenv("XSM_HYPERVISOR", "fd:3x", 1);
	all_opens_fail_with(EINVAL);
	setenv("XSM_HYPERVISOR", "fd:99999999999999999999", 1);
	all_opens_fail_with(EINVAL);
	setenv("XSM_HYPERVISOR", "fd:987", 1);
	all_opens_fail_with(EBADF);
}

static void hello_refused(void)
{
	start_daemon("refuse");
	all_opens_fail_with(EPROTO);
}

static void other_version(void)
{
	start_daemon("newer");
	all_opens_fail_with(EPROTO);
}

static void close_of_nothing(void)
{
	CHECK(xencall_close(NULL) == 0);
	CHECK(xenevtchn_close(NULL) == 0);
	CHECK(xenforeignmemory_close(NULL) == 0);
	CHECK(xengnttab_close(NULL) == 0);
	CHECK(xengntshr_close(NULL) == 0);
}

static void *open_and_call(void *argument)
{
	for (uint64_t i = 0; i < 100; i++) {
		xencall_handle *handle = xencall_open(NULL, 0);

		CHECK(handle);
		CHECK(xencall1(handle, FAKE_SUM, i) == (int)i);
		CHECK(xencall_close(handle) == 0);
	}
	return argument;
}

static void through_the_door(void)
{
	pthread_t threads[4];
	unsigned before;

	start_daemon_behind_door();
	before = open_descriptors();
	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&threads[i], NULL, open_and_call, NULL) == 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	CHECK(open_descriptors() == before);
}

static unsigned inherited_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1000; fd++) {
		int flags = fcntl(fd, F_GETFD);

		count += flags >= 0 && !(flags & FD_CLOEXEC);
	}
	return count;
}

static void descriptors_close_on_exec(void)
{
	uint32_t reference = 1;
	xen_pfn_t frame = 1;
	xencall_handle *call;
	xenevtchn_handle *events, *kept;
	xenforeignmemory_handle *memory;
	xengnttab_handle *grants;
	xengntshr_handle *shares;
	unsigned before, inherited;

	start_daemon("honest");
	before = open_descriptors();
	inherited = inherited_descriptors();
	CHECK((call = xencall_open(NULL, 0)));
	CHECK((events = xenevtchn_open(NULL, 0)));
	CHECK(xenevtchn_bind_virq(events, 1) > 0);
	CHECK((memory = xenforeignmemory_open(NULL, 0)));
	CHECK(xenforeignmemory_map(memory, FAKE_DOMAIN, 1, 1, &frame, NULL));
	CHECK((grants = xengnttab_open(NULL, 0)));
	CHECK(xengnttab_map_domain_grant_refs(grants, 1, FAKE_DOMAIN, &reference, 1));
	CHECK((shares = xengntshr_open(NULL, 0)));
	CHECK(open_descriptors() == before + 5 + 1 + 1 + 1 + 1); // sockets, epoll, eventfd, two memories
	CHECK(inherited_descriptors() == inherited);
	CHECK((kept = xenevtchn_open(NULL, XENEVTCHN_NO_CLOEXEC)));
	CHECK(xenevtchn_bind_virq(kept, 1) > 0);
	CHECK(inherited_descriptors() == inherited + 3);
	CHECK(xencall_close(call) == 0 && xenevtchn_close(events) == 0 && xenevtchn_close(kept) == 0);
	CHECK(xenforeignmemory_close(memory) == 0 && xengnttab_close(grants) == 0 && xengntshr_close(shares) == 0);
	CHECK(open_descriptors() == before);
}

static void *call_that_is_not_answered(void *handle)
{
	CHECK_FAILS(xencall2(handle, FAKE_SLEEP, 30 * 1000 * 1000, 0), ECONNRESET);
	return NULL;
}

static void daemon_dies_in_a_request(void)
{
	xencall_handle *handle;
	pthread_t thread;

	start_daemon("honest");
	CHECK((handle = xencall_open(NULL, 0)));
	CHECK_FAILS(xencall0(handle, FAKE_DIE), ECONNRESET);
	CHECK_FAILS(xencall0(handle, FAKE_SUM), ECONNRESET);
	xencall_close(handle);

	start_daemon("honest");
	CHECK((handle = xencall_open(NULL, 0)));
	CHECK(pthread_create(&thread, NULL, call_that_is_not_answered, handle) == 0);
	usleep(50000);
	kill_daemon();
	pthread_join(thread, NULL);
	xencall_close(handle);
}

static void daemon_dies_between_requests(void)
{
	xencall_handle *call;
	xenevtchn_handle *events;
	xenforeignmemory_handle *memory;
	xengnttab_handle *grants;
	xengntshr_handle *shares;
	xen_pfn_t frame = 1;
	uint32_t reference = 1;
	char *mapped, *granted, *shared;

	start_daemon("honest");
	CHECK((call = xencall_open(NULL, 0)));
	CHECK((events = xenevtchn_open(NULL, 0)));
	CHECK((memory = xenforeignmemory_open(NULL, 0)));
	CHECK((grants = xengnttab_open(LOGGER, 0)));
	CHECK((shares = xengntshr_open(LOGGER, 0)));
	CHECK((mapped = xenforeignmemory_map(memory, FAKE_DOMAIN, 3, 1, &frame, NULL)));
	CHECK((granted = xengnttab_map_grant_ref(grants, FAKE_DOMAIN, reference, 3)));
	CHECK((shared = xengntshr_share_pages(shares, 0, 1, &reference, 1)));
	kill_daemon();
	CHECK(xencall0(call, FAKE_SUM) == -1);
	CHECK(xenevtchn_bind_virq(events, 1) == -1);
	CHECK_FAILS(xenevtchn_pending(events), ECONNRESET); // and does not wait for ever
	CHECK(!xenforeignmemory_map(memory, FAKE_DOMAIN, 1, 1, &frame, NULL));
	CHECK(!xengnttab_map_grant_ref(grants, FAKE_DOMAIN, 1, 1));
	CHECK(!xengntshr_share_pages(shares, 0, 1, &reference, 1));
	mapped[8] = granted[9] = shared[10] = 1; // memory stays
	CHECK(xengnttab_unmap(grants, granted, 1) == -1);
	CHECK(xengntshr_unshare(shares, shared, 1) == -1);
	CHECK(xenforeignmemory_unmap(memory, mapped, 1) == 0);
	xencall_close(call);
	xenevtchn_close(events);
	xenforeignmemory_close(memory);
	xengnttab_close(grants);
	xengntshr_close(shares);
}

const struct check checks_of_connections[] = {
	{ "a daemon that cannot be reached: the errno says why", nobody_there },
	{ "a HELLO that is refused is an error of open", hello_refused },
	{ "a daemon of another version is refused", other_version },
	{ "closing nothing is nothing", close_of_nothing },
	{ "four threads open handles through one door", through_the_door },
	{ "descriptors close on exec, unless it is asked otherwise", descriptors_close_on_exec },
	{ "a daemon that dies in a request is an error, at once and from then on", daemon_dies_in_a_request },
	{ "a daemon that dies between requests is an error, and memory stays", daemon_dies_between_requests },
	{ NULL, NULL },
};
