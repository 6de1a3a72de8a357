// libxenevtchn.so.1: event channels (Xen 4.17, tools/libs/evtchn/include/xenevtchn.h).
//
// Each port is a socket that the daemon writes to, in an epoll set whose descriptor is the handle's. An entry is disarmed by
// what it reports (EPOLLONESHOT), which is the mask that Xen's driver sets: pending and unmask need no round trip. Where a
// processor of a guest waits for the event, it watches a counter that is the port's: then notify needs none either.
#define _GNU_SOURCE
#include "connection.h"
#include "toolcore.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xenevtchn.h>

// The entry of the socket: its end wakes who waits for events, which nobody would raise any more.
#define SOCKET_ENTRY UINT64_MAX

struct port {
	evtchn_port_t number;
	int fd;
	int answers;       // the counter that whoever waits for our events watches, or -1
	bool masked;       // it was told of, and not unmasked since
	bool disarmed;     // the epoll set does not look at it
};

struct xenevtchn_handle {
	Xentoolcore__Active_Handle active;
	struct connection connection;
	int set; // the epoll descriptor, or -1
	bool daemon_gone;
	pthread_mutex_t ports_lock;
	struct port *ports; // by number
	size_t count, capacity;
	evtchn_port_t likely; // the answering port that had the last event, or 0
	unsigned guesses;     // how often in a row it was asked before the set
};

// After so many of one port's events the others have their turn.
#define MOST_GUESSES 16

// MARK: ports

static void lock_ports(xenevtchn_handle *handle)
{
	pthread_mutex_lock(&handle->ports_lock);
}

static void unlock_ports(xenevtchn_handle *handle)
{
	pthread_mutex_unlock(&handle->ports_lock);
}

// The index of the first port that is not below `number`.
static size_t port_index(const xenevtchn_handle *handle, evtchn_port_t number)
{
	size_t low = 0, high = handle->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (handle->ports[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct port *find_port(const xenevtchn_handle *handle, evtchn_port_t number)
{
	size_t index = port_index(handle, number);

	return index < handle->count && handle->ports[index].number == number ? &handle->ports[index] : NULL;
}

static int reserve_port(xenevtchn_handle *handle)
{
	size_t capacity = handle->capacity ? handle->capacity * 2 : 16;
	struct port *ports;

	if (handle->count < handle->capacity)
		return 0;
	ports = realloc(handle->ports, capacity * sizeof *ports);
	if (!ports)
		return -1;
	handle->ports = ports;
	handle->capacity = capacity;
	return 0;
}

static int control(const xenevtchn_handle *handle, int operation, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = { .events = events, .data.u64 = data };

	return epoll_ctl(handle->set, operation, fd, &event);
}

// A port whose events are answered by a processor that waits is looked at all the time: telling the set of each event would take
// longer than most answers. It is masked by a flag, and disarmed only if it comes meanwhile.
static uint32_t interest(const struct port *port)
{
	return port->answers >= 0 ? EPOLLIN : EPOLLIN | EPOLLONESHOT;
}

static int insert_port(xenevtchn_handle *handle, struct port port)
{
	size_t index = port_index(handle, port.number);

	if (index < handle->count && handle->ports[index].number == port.number) {
		errno = EPROTO; // the daemon gives a port that we hold
		return -1;
	}
	if (reserve_port(handle) < 0 || control(handle, EPOLL_CTL_ADD, port.fd, interest(&port), port.number) < 0)
		return -1;
	memmove(&handle->ports[index + 1], &handle->ports[index], (handle->count - index) * sizeof port);
	handle->ports[index] = port;
	handle->count++;
	return 0;
}

static void close_port(const struct port *port)
{
	close(port->fd);
	if (port->answers >= 0)
		close(port->answers);
}

static void remove_port(xenevtchn_handle *handle, evtchn_port_t number)
{
	struct port *port = find_port(handle, number);

	if (!port)
		return;
	// Closing alone takes nothing out of the set if a child has the same socket.
	control(handle, EPOLL_CTL_DEL, port->fd, 0, 0);
	close_port(port);
	handle->count--;
	memmove(port, port + 1, (size_t)(handle->ports + handle->count - port) * sizeof *port);
}

// MARK: open and close

static int restrict_handle(Xentoolcore__Active_Handle *active, domid_t domain)
{
	xenevtchn_handle *handle = HOLDER_OF(active, xenevtchn_handle, active);

	return connection_is_open(&handle->connection) ? xenevtchn_restrict(handle, domain) : 0;
}

static int open_handle(xenevtchn_handle *handle)
{
	handle->set = epoll_create1(handle->connection.keep_on_exec ? 0 : EPOLL_CLOEXEC);
	if (handle->set < 0)
		return -1;
	if (connection_open(&handle->connection, KIND_EVENT_CHANNELS) < 0)
		return -1;
	return control(handle, EPOLL_CTL_ADD, handle->connection.fd, EPOLLRDHUP | EPOLLONESHOT, SOCKET_ENTRY);
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned flags)
{
	xenevtchn_handle *handle;

	(void)logger; // nothing here logs
	if (flags & ~(unsigned)XENEVTCHN_NO_CLOEXEC) {
		errno = EINVAL;
		return NULL;
	}
	handle = calloc(1, sizeof *handle);
	if (!handle)
		return NULL;
	handle->set = -1;
	connection_initialise(&handle->connection);
	handle->connection.keep_on_exec = flags & XENEVTCHN_NO_CLOEXEC;
	pthread_mutex_init(&handle->ports_lock, NULL);
	handle->active.restrict_callback = restrict_handle;
	xentoolcore__register_active_handle(&handle->active);
	if (open_handle(handle) == 0)
		return handle;
	xenevtchn_close(handle);
	return NULL;
}

// A descriptor alone is no handle here: the socket and the ports' would have to come with it.
xenevtchn_handle *xenevtchn_fdopen(struct xentoollog_logger *logger, int fd, unsigned open_flags)
{
	(void)logger;
	(void)fd;
	errno = open_flags ? EINVAL : ENOSYS;
	return NULL;
}

int xenevtchn_close(xenevtchn_handle *handle)
{
	int saved = errno, result;

	if (!handle)
		return 0;
	xentoolcore__deregister_active_handle(&handle->active);
	result = connection_close(&handle->connection);
	if (handle->set >= 0)
		close(handle->set);
	for (size_t i = 0; i < handle->count; i++)
		close_port(&handle->ports[i]);
	free(handle->ports);
	free(handle);
	errno = saved;
	return result;
}

int xenevtchn_fd(xenevtchn_handle *handle)
{
	return handle->set;
}

int xenevtchn_restrict(xenevtchn_handle *handle, domid_t domain)
{
	return connection_tell(&handle->connection, EVENT_RESTRICT, domain, 0, 0) < 0 ? -1 : 0;
}

// MARK: binding

static void unbind_locked(xenevtchn_handle *handle, uint64_t port)
{
	struct exchange exchange = { .request = { .type = EVENT_UNBIND, .words = { port } } };
	int saved = errno;

	connection_ask_locked(&handle->connection, &exchange);
	errno = saved;
}

static int never_wait(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 || (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) ? -1 : 0;
}

// Whether it can be written to without the signal that comes where nobody reads.
static bool is_counter(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && !S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode);
}

static int adopt_port(xenevtchn_handle *handle, const struct exchange *exchange)
{
	struct port port = { .number = (evtchn_port_t)exchange->reply.result, .fd = exchange->descriptors[0], .answers = -1 };
	int result;

	if (never_wait(port.fd) < 0)
		return -1;
	if (exchange->descriptor_count > 1) {
		port.answers = exchange->descriptors[1];
		if (never_wait(port.answers) < 0)
			return -1;
		if (!is_counter(port.answers)) {
			errno = EPROTO;
			return -1;
		}
	}
	lock_ports(handle);
	result = insert_port(handle, port);
	unlock_ports(handle);
	return result;
}

// The connection's lock is held until the port stands in the table: the daemon may give a number again as soon as it is
// unbound.
static xenevtchn_port_or_error_t bind_locked(xenevtchn_handle *handle, struct exchange *exchange)
{
	int64_t port = connection_ask_locked(&handle->connection, exchange);
	unsigned wanted;

	if (port < 0)
		return -1;
	wanted = exchange->reply.words[0] & 1 ? 2 : 1;
	if (port > INT_MAX || wanted > exchange->descriptor_limit ||
	    (exchange->descriptor_count != wanted && !exchange->descriptors_lost)) {
		exchange_close_descriptors(exchange);
		return connection_fail_locked(&handle->connection);
	}
	if (exchange->descriptor_count != wanted)
		errno = EMFILE;
	else if (adopt_port(handle, exchange) == 0)
		return (int)port;
	exchange_close_descriptors(exchange);
	unbind_locked(handle, (uint64_t)port);
	return -1;
}

static xenevtchn_port_or_error_t bind_port(xenevtchn_handle *handle, enum request_type type, uint64_t first, uint64_t second)
{
	struct exchange exchange = {
		.request = { .type = type, .words = { first, second } },
		.descriptor_limit = type == EVENT_BIND_INTERDOMAIN ? 2 : 1,
	};
	int port;

	connection_lock(&handle->connection);
	port = bind_locked(handle, &exchange);
	connection_unlock(&handle->connection);
	return port;
}

xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *handle, uint32_t domain)
{
	return bind_port(handle, EVENT_BIND_UNBOUND, domain, 0);
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *handle, uint32_t domain, evtchn_port_t remote_port)
{
	return bind_port(handle, EVENT_BIND_INTERDOMAIN, domain, remote_port);
}

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *handle, unsigned virq)
{
	return bind_port(handle, EVENT_BIND_VIRQ, virq, 0);
}

int xenevtchn_unbind(xenevtchn_handle *handle, evtchn_port_t port)
{
	struct exchange exchange = { .request = { .type = EVENT_UNBIND, .words = { port } } };
	int64_t result;

	connection_lock(&handle->connection);
	result = connection_ask_locked(&handle->connection, &exchange);
	if (result >= 0) {
		lock_ports(handle);
		remove_port(handle, port);
		unlock_ports(handle);
	}
	connection_unlock(&handle->connection);
	return result < 0 ? -1 : 0;
}

// MARK: events

// Whether the event was told to whoever waits; a counter that is full has told of it.
static bool notify_directly(xenevtchn_handle *handle, evtchn_port_t number)
{
	static const uint64_t one = 1;
	struct port *port;
	bool sent = false;

	lock_ports(handle);
	port = find_port(handle, number);
	if (port && port->answers >= 0)
		sent = write(port->answers, &one, sizeof one) >= 0 || errno == EAGAIN;
	unlock_ports(handle);
	return sent;
}

int xenevtchn_notify(xenevtchn_handle *handle, evtchn_port_t port)
{
	if (notify_directly(handle, port))
		return 0;
	return connection_tell(&handle->connection, EVENT_NOTIFY, port, 0, 0) < 0 ? -1 : 0;
}

// How long a wait may last: the caller may have made the handle's descriptor non-blocking, as it can Xen's.
static int patience(const xenevtchn_handle *handle)
{
	int flags = fcntl(handle->set, F_GETFL);

	if (__atomic_load_n(&handle->daemon_gone, __ATOMIC_RELAXED) || flags < 0 || (flags & O_NONBLOCK))
		return 0;
	return -1;
}

enum taken { TAKEN, UNBOUND, MASKED, ENDED };

// Takes what lies at a port, which is one event however often it came, and masks it.
static enum taken take_event(xenevtchn_handle *handle, uint64_t number)
{
	enum taken taken = TAKEN;
	struct port *port;
	char bytes[1024];

	lock_ports(handle);
	port = find_port(handle, (evtchn_port_t)number);
	if (!port) {
		taken = UNBOUND;
	} else if (port->masked) {
		taken = MASKED;
		port->disarmed = control(handle, EPOLL_CTL_MOD, port->fd, 0, number) == 0;
	} else {
		port->masked = port->answers >= 0;
		if (port->masked)
			handle->likely = port->number;
		// What it says is nothing that the set has not said; and it may have been read by another thread. At its end there is
		// nothing more to come: the set would say so for ever.
		if (read(port->fd, bytes, sizeof bytes) == 0) {
			taken = ENDED;
			control(handle, EPOLL_CTL_DEL, port->fd, 0, number);
		}
	}
	unlock_ports(handle);
	return taken;
}

// A guest's processors send one access after the other: the port of the last is asked before the set, which would take longer
// than that. The port, or 0.
static evtchn_port_t take_likely(xenevtchn_handle *handle)
{
	evtchn_port_t taken = 0;
	struct port *port;
	char bytes[1024];

	lock_ports(handle);
	port = handle->likely ? find_port(handle, handle->likely) : NULL;
	if (port && port->answers >= 0 && !port->masked && handle->guesses < MOST_GUESSES &&
	    read(port->fd, bytes, sizeof bytes) > 0) {
		port->masked = true;
		handle->guesses++;
		taken = port->number;
	} else {
		handle->likely = 0;
		handle->guesses = 0;
	}
	unlock_ports(handle);
	return taken;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *handle)
{
	bool may_wait = true;
	evtchn_port_t likely = take_likely(handle);

	if (likely)
		return (int)likely;

	for (;;) {
		struct epoll_event event;
		// Most who ask have been told that there is something.
		int ready = epoll_wait(handle->set, &event, 1, 0);

		if (ready == 0 && may_wait)
			ready = epoll_wait(handle->set, &event, 1, patience(handle));
		if (ready < 0)
			return -1; // also when a signal came, as a read of Xen's device
		if (ready == 0) {
			errno = __atomic_load_n(&handle->daemon_gone, __ATOMIC_RELAXED) ? ECONNRESET : EAGAIN;
			return -1;
		}
		if (event.data.u64 == SOCKET_ENTRY) {
			__atomic_store_n(&handle->daemon_gone, true, __ATOMIC_RELAXED);
			continue;
		}
		switch (take_event(handle, event.data.u64)) {
		case TAKEN:
			return (int)event.data.u64;
		case UNBOUND:
			break;
		case ENDED: // whoever waits for it in vain can do something else
		case MASKED:
			may_wait = false; // whoever asks may be the one who is to unmask it
			break;
		}
	}
}

int xenevtchn_unmask(xenevtchn_handle *handle, evtchn_port_t number)
{
	struct port *port;
	int result = 0;

	lock_ports(handle);
	port = find_port(handle, number);
	// Linux' driver passes over a port that is not the handle's.
	if (port && (port->answers < 0 || port->disarmed))
		result = control(handle, EPOLL_CTL_MOD, port->fd, interest(port), number);
	if (port)
		port->masked = port->disarmed = false;
	unlock_ports(handle);
	return result;
}
