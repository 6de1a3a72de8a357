// Counters, and sets of what is waited for.

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int linux_event_counter(void)
{
	int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return descriptor < 0 ? -errno : descriptor;
}

void linux_ring(int counter)
{
	uint64_t one = 1;

	if (write(counter, &one, sizeof(one)) < 0)
		return; // it is full, and will be looked at
}

int linux_wait_set(void)
{
	int set = epoll_create1(EPOLL_CLOEXEC);

	return set < 0 ? -errno : set;
}

static int watch(int set, int descriptor, uint32_t events, uint32_t what)
{
	struct epoll_event event = { .events = events, .data.u32 = what };

	return epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) ? -errno : 0;
}

int linux_watch_counter(int set, int counter, uint32_t what)
{
	return watch(set, counter, EPOLLIN | EPOLLET, what);
}

int linux_watch_peer(int set, int socket, uint32_t what)
{
	return watch(set, socket, EPOLLRDHUP, what);
}

void linux_unwatch(int set, int descriptor)
{
	epoll_ctl(set, EPOLL_CTL_DEL, descriptor, NULL);
}

uint32_t linux_wait(int set)
{
	struct epoll_event events[4];
	int count = epoll_wait(set, events, 4, -1); // a signal may come: whoever waits looks, and waits again
	uint32_t result = 0;

	for (int index = 0; index < count; index++)
		result |= events[index].data.u32;
	return result;
}
