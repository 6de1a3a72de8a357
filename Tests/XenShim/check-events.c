// Event channels: pending, mask and unmask, binding.
#define _GNU_SOURCE
#include "check.h"
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <xenevtchn.h>

static xenevtchn_handle *open_events(void)
{
	xenevtchn_handle *handle;

	start_daemon("honest");
	handle = xenevtchn_open(NULL, 0);
	CHECK(handle);
	return handle;
}

static bool is_ready(xenevtchn_handle *handle)
{
	struct pollfd poll_one = { .fd = xenevtchn_fd(handle), .events = POLLIN };

	return poll(&poll_one, 1, 0) == 1;
}

static void masks(void)
{
	xenevtchn_handle *handle = open_events();
	int port = xenevtchn_bind_virq(handle, 3);

	CHECK(port > 0 && !is_ready(handle));
	CHECK(xenevtchn_notify(handle, (unsigned)port) == 0); // comes back to the port
	CHECK(xenevtchn_notify(handle, (unsigned)port) == 0);
	CHECK(is_ready(handle) && xenevtchn_pending(handle) == port);
	CHECK(!is_ready(handle)); // two became one
	CHECK(xenevtchn_notify(handle, (unsigned)port) == 0);
	CHECK(!is_ready(handle)); // masked, and kept
	CHECK(xenevtchn_unmask(handle, (unsigned)port) == 0);
	CHECK(is_ready(handle) && xenevtchn_pending(handle) == port);
	CHECK(xenevtchn_unmask(handle, (unsigned)port) == 0);
	CHECK(xenevtchn_unmask(handle, (unsigned)port) == 0);
	CHECK(!is_ready(handle)); // nothing came meanwhile
	CHECK(xenevtchn_unmask(handle, 4000) == 0); // Linux' driver passes over it as well
	CHECK(xenevtchn_close(handle) == 0);
}

static void many_ports(void)
{
	enum { MANY = 200 };
	xenevtchn_handle *handle = open_events();
	unsigned before = open_descriptors(), seen = 0;
	int ports[MANY];
	bool came[256] = { false };

	for (int i = 0; i < MANY; i++)
		CHECK((ports[i] = xenevtchn_bind_unbound_port(handle, FAKE_DOMAIN)) > 0);
	for (int i = 0; i < MANY; i += 2)
		CHECK(xenevtchn_unbind(handle, (unsigned)ports[i]) == 0);
	for (int i = 1; i < MANY; i += 2)
		CHECK(xenevtchn_notify(handle, (unsigned)ports[i]) == 0);
	while (is_ready(handle)) {
		int port = xenevtchn_pending(handle);

		CHECK(port > 0 && port < 256 && !came[port]);
		came[port] = true;
		seen++;
	}
	CHECK(seen == MANY / 2);
	// In between the others, again.
	for (int i = 0; i < MANY; i += 4) {
		int port = xenevtchn_bind_virq(handle, 1);

		CHECK(port > 0 && xenevtchn_notify(handle, (unsigned)port) == 0 && xenevtchn_pending(handle) == port);
		CHECK(xenevtchn_notify(handle, (unsigned)port) == 0 && xenevtchn_unmask(handle, (unsigned)port) == 0);
		CHECK(xenevtchn_pending(handle) == port && xenevtchn_unbind(handle, (unsigned)port) == 0);
	}
	CHECK_FAILS(xenevtchn_unbind(handle, (unsigned)ports[0]), EINVAL);
	CHECK_FAILS(xenevtchn_notify(handle, (unsigned)ports[0]), ENOTCONN);
	for (int i = 1; i < MANY; i += 2)
		CHECK(xenevtchn_unbind(handle, (unsigned)ports[i]) == 0);
	CHECK(open_descriptors() == before);
	// A number that is given again is a fresh port.
	CHECK(xenevtchn_bind_virq(handle, 1) == ports[0]);
	CHECK(!is_ready(handle));
	CHECK(xenevtchn_notify(handle, (unsigned)ports[0]) == 0);
	CHECK(xenevtchn_pending(handle) == ports[0]);
	CHECK(xenevtchn_close(handle) == 0);
}

static void two_ends(void)
{
	xenevtchn_handle *one = open_events(), *other = xenevtchn_open(NULL, 0);
	int port = xenevtchn_bind_unbound_port(one, FAKE_DOMAIN), peer;

	CHECK(other && port > 0);
	CHECK((peer = xenevtchn_bind_interdomain(other, FAKE_DOMAIN, (unsigned)port)) > 0);
	CHECK_FAILS(xenevtchn_bind_interdomain(other, FAKE_DOMAIN, 250), EINVAL);
	CHECK_FAILS(xenevtchn_bind_virq(other, 99), EINVAL);
	CHECK(xenevtchn_notify(one, (unsigned)port) == 0);
	CHECK(!is_ready(one) && xenevtchn_pending(other) == peer);
	CHECK(xenevtchn_notify(other, (unsigned)peer) == 0);
	CHECK(!is_ready(other) && xenevtchn_pending(one) == port);
	CHECK(xenevtchn_close(one) == 0 && xenevtchn_close(other) == 0);
}

static bool becomes_ready(xenevtchn_handle *handle)
{
	struct pollfd poll_one = { .fd = xenevtchn_fd(handle), .events = POLLIN };

	return poll(&poll_one, 1, 5000) == 1;
}

// At a port at which a processor waits, notify is no request, and neither masking nor unmasking is told to anybody.
static void answered_directly(void)
{
	xenevtchn_handle *handle = open_events();
	unsigned before = open_descriptors();
	int port = xenevtchn_bind_interdomain(handle, FAKE_DOMAIN, FAKE_PROCESSOR_PORT);

	CHECK(port > 0 && !is_ready(handle));
	for (int i = 0; i < 3; i++) {
		CHECK(xenevtchn_notify(handle, (unsigned)port) == 0); // comes back to the port
		CHECK(becomes_ready(handle) && xenevtchn_pending(handle) == port);
		CHECK(!is_ready(handle));
		CHECK(xenevtchn_unmask(handle, (unsigned)port) == 0);
		CHECK(!is_ready(handle));
	}
	// What comes while it is masked is kept; who asks is told at once that there is nothing, and the descriptor is quiet then.
	CHECK(xenevtchn_notify(handle, (unsigned)port) == 0);
	CHECK(becomes_ready(handle) && xenevtchn_pending(handle) == port);
	CHECK(xenevtchn_notify(handle, (unsigned)port) == 0);
	CHECK(becomes_ready(handle));
	CHECK_FAILS(xenevtchn_pending(handle), EAGAIN);
	CHECK(!is_ready(handle));
	CHECK(xenevtchn_unmask(handle, (unsigned)port) == 0);
	CHECK(is_ready(handle) && xenevtchn_pending(handle) == port);
	CHECK(xenevtchn_unmask(handle, (unsigned)port) == 0);
	CHECK(!is_ready(handle));
	CHECK(xenevtchn_unbind(handle, (unsigned)port) == 0);
	CHECK(open_descriptors() == before);
	CHECK(xenevtchn_close(handle) == 0);
}

// A port that always has an event, and is looked at first, keeps no other back for long.
static void others_have_their_turn(void)
{
	xenevtchn_handle *handle = open_events();
	int busy = xenevtchn_bind_interdomain(handle, FAKE_DOMAIN, FAKE_PROCESSOR_PORT), other = xenevtchn_bind_virq(handle, 3);
	int port = -1, turns = 0;

	CHECK(busy > 0 && other > 0);
	CHECK(xenevtchn_notify(handle, (unsigned)busy) == 0);
	CHECK(becomes_ready(handle) && xenevtchn_pending(handle) == busy);
	CHECK(xenevtchn_unmask(handle, (unsigned)busy) == 0);
	CHECK(xenevtchn_notify(handle, (unsigned)busy) == 0);
	CHECK(becomes_ready(handle));
	CHECK(xenevtchn_notify(handle, (unsigned)other) == 0);
	while (port != other && turns < 100) {
		port = xenevtchn_pending(handle);
		CHECK(port == busy || port == other);
		CHECK(xenevtchn_unmask(handle, (unsigned)port) == 0);
		turns++;
		CHECK(xenevtchn_notify(handle, (unsigned)busy) == 0);
		usleep(2000); // until it has come back
	}
	CHECK(port == other && turns > 1 && turns <= 36);
	CHECK(xenevtchn_pending(handle) == busy);
	CHECK(xenevtchn_close(handle) == 0);
}

static void *notify_later(void *handle)
{
	usleep(30000);
	CHECK(xenevtchn_notify(handle, 1) == 0);
	return NULL;
}

static void ignore_signal(int number)
{
	(void)number;
}

static void waiting(void)
{
	xenevtchn_handle *handle = open_events();
	struct sigaction action = { .sa_handler = ignore_signal };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec soon = { { 0, 0 }, { 0, 20000000 } };
	pthread_t thread;
	timer_t timer;

	CHECK(xenevtchn_bind_virq(handle, 3) == 1);
	CHECK(pthread_create(&thread, NULL, notify_later, handle) == 0);
	CHECK(xenevtchn_pending(handle) == 1);
	pthread_join(thread, NULL);
	sigaction(SIGUSR1, &action, NULL);
	CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &soon, NULL) == 0);
	CHECK_FAILS(xenevtchn_pending(handle), EINTR);
	CHECK(fcntl(xenevtchn_fd(handle), F_SETFL, O_NONBLOCK) == 0);
	CHECK_FAILS(xenevtchn_pending(handle), EAGAIN);
	CHECK(xenevtchn_close(handle) == 0);
}

static void *wait_for_the_end(void *handle)
{
	CHECK_FAILS(xenevtchn_pending(handle), ECONNRESET);
	CHECK_FAILS(xenevtchn_pending(handle), ECONNRESET);
	return NULL;
}

static void end_of_daemon(void)
{
	xenevtchn_handle *handle = open_events();
	pthread_t thread;

	CHECK(xenevtchn_bind_virq(handle, 3) == 1);
	CHECK(pthread_create(&thread, NULL, wait_for_the_end, handle) == 0);
	usleep(30000);
	kill_daemon();
	pthread_join(thread, NULL);
	CHECK(!is_ready(handle)); // it is told once: a loop of events does not spin
	CHECK(xenevtchn_close(handle) == 0);
}

static void odd_opens(void)
{
	start_daemon("honest");
	CHECK_NULL(xenevtchn_open(NULL, 2), EINVAL);
	CHECK_NULL(xenevtchn_fdopen(NULL, 0, XENEVTCHN_NO_CLOEXEC), EINVAL);
	CHECK_NULL(xenevtchn_fdopen(NULL, 0, 0), ENOSYS);
}

// A port whose eventfd this process has no room for is given back, and the handle goes on.
static void too_many_descriptors(void)
{
	xenevtchn_handle *handle = open_events();
	struct rlimit limit, tight;
	int next = dup(0);

	close(next);
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	tight = (struct rlimit){ (rlim_t)next, limit.rlim_max };
	CHECK(setrlimit(RLIMIT_NOFILE, &tight) == 0);
	CHECK_FAILS(xenevtchn_bind_virq(handle, 3), EMFILE);
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	CHECK(xenevtchn_bind_virq(handle, 3) == 1);
	CHECK(xenevtchn_close(handle) == 0);
}

enum { ROUNDS = 2000 };

struct player {
	xenevtchn_handle *handle;
	int port;
};

static void *take_events(void *argument)
{
	struct player *player = argument;

	for (int i = 0; i < ROUNDS;) {
		int port = xenevtchn_pending(player->handle);

		CHECK(port > 0);
		if (port != player->port)
			continue; // one that is being unbound
		CHECK(xenevtchn_notify(player->handle, (unsigned)port) == 0);
		CHECK(xenevtchn_unmask(player->handle, (unsigned)port) == 0);
		i++;
	}
	return NULL;
}

static void *bind_and_unbind(void *argument)
{
	for (int i = 0; i < ROUNDS; i++) {
		int port = xenevtchn_bind_virq(argument, 3);

		CHECK(port > 0);
		CHECK(xenevtchn_unbind(argument, (unsigned)port) == 0);
	}
	return NULL;
}

// Two play at one port each, without losing an event, while two others bind and unbind on the same handles.
static void threads(void)
{
	xenevtchn_handle *one = open_events(), *other = xenevtchn_open(NULL, 0);
	struct player players[2] = { { .handle = one }, { .handle = other } };
	pthread_t all[4];

	CHECK(other && (players[0].port = xenevtchn_bind_unbound_port(one, FAKE_DOMAIN)) > 0);
	players[1].port = xenevtchn_bind_interdomain(other, FAKE_DOMAIN, (unsigned)players[0].port);
	CHECK(players[1].port > 0 && xenevtchn_notify(one, (unsigned)players[0].port) == 0);
	CHECK(pthread_create(&all[0], NULL, take_events, &players[0]) == 0);
	CHECK(pthread_create(&all[1], NULL, take_events, &players[1]) == 0);
	CHECK(pthread_create(&all[2], NULL, bind_and_unbind, one) == 0);
	CHECK(pthread_create(&all[3], NULL, bind_and_unbind, other) == 0);
	for (int i = 0; i < 4; i++)
		pthread_join(all[i], NULL);
	CHECK(xenevtchn_close(one) == 0 && xenevtchn_close(other) == 0);
}

const struct check checks_of_events[] = {
	{ "a pending port is masked until it is unmasked, and loses nothing", masks },
	{ "many ports come once each, and leave no descriptor", many_ports },
	{ "notify reaches the other end", two_ends },
	{ "a processor that waits takes events from the port itself", answered_directly },
	{ "a port that always has an event keeps no other back", others_have_their_turn },
	{ "pending waits, until a signal comes or if it may not", waiting },
	{ "the end of the daemon wakes who waits", end_of_daemon },
	{ "flags that are none, and fdopen, are refused", odd_opens },
	{ "a port without room for its descriptor is given back", too_many_descriptors },
	{ "four threads play with the ports of two handles", threads },
	{ NULL, NULL },
};
