#define _GNU_SOURCE
#include "CLinux.h"
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_PAIRS 16

// One direction: what was read and is not written yet.
struct pipe_end {
	size_t start, end;
	char bytes[4096];
};

// The message that a client is sending (Xen, xen/include/public/io/xs_wire.h: `struct xsd_sockmsg`), as far as it is of interest.
struct message {
	uint32_t header[4]; // type, request, transaction, length
	size_t count;       // bytes of the header, and then of what follows it
	int has_header;
	char text[128];
};

struct pair {
	int ends[2]; // the client's, the server's; -1: free
	struct pipe_end to[2];
	struct message message;
};

enum { XENSTORE_WRITE = 11 };

static struct pair pairs[MOST_PAIRS];
// What signals the launcher gets, once it relays.
static int told = -1;

int sandbox_open(const char *path, int how)
{
	static const int flags[] = { O_RDONLY, O_RDWR, O_WRONLY | O_CREAT | O_TRUNC };
	int descriptor;

	if (how < 0 || how > 2)
		return -EINVAL;
	descriptor = open(path, flags[how] | O_CLOEXEC | O_NOCTTY, 0600);
	return descriptor < 0 ? -errno : descriptor;
}

static int connect_to(const char *path)
{
	int descriptor = linux_connect(path, 0);

	if (descriptor < 0 || fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
		return descriptor;
	close(descriptor);
	return -1;
}

static void end_pair(struct pair *pair)
{
	close(pair->ends[0]);
	close(pair->ends[1]);
	pair->ends[0] = pair->ends[1] = -1;
}

static void begin_pair(int limit, int listener, const char *path)
{
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), server;

	if (client < 0)
		return;
	for (int index = 0; index < limit; index++) {
		if (pairs[index].ends[0] >= 0)
			continue;
		server = connect_to(path);
		if (server < 0)
			break;
		memset(&pairs[index], 0, sizeof(pairs[index]));
		pairs[index].ends[0] = client;
		pairs[index].ends[1] = server;
		return;
	}
	close(client);
}

// Whether it writes that it runs, for which a tool stack waits before it lets the guest go: `device-model/N/state`.
static int says_that_it_serves(const struct message *message)
{
	static const char end[] = "/state\0running", folder[] = "device-model/";
	size_t length = message->header[3], size = sizeof(end) - 1;

	if (message->header[0] != XENSTORE_WRITE || length < size || length > sizeof(message->text))
		return 0;
	return !memcmp(message->text + length - size, end, size) && memmem(message->text, length - size, folder, sizeof(folder) - 1);
}

// Follows a client's messages. Whether one ended that says that it serves.
static int follow(struct message *message, const char *bytes, size_t size)
{
	int serves = 0;

	for (size_t index = 0; index < size;) {
		if (!message->has_header) {
			((char *)message->header)[message->count++] = bytes[index++];
			if (message->count < sizeof(message->header))
				continue;
			message->has_header = 1;
			message->count = 0;
		} else {
			size_t piece = message->header[3] - message->count;

			piece = piece < size - index ? piece : size - index;
			for (size_t place = 0; place < piece && message->count + place < sizeof(message->text); place++)
				message->text[message->count + place] = bytes[index + place];
			message->count += piece;
			index += piece;
		}
		if (message->has_header && message->count == message->header[3]) {
			serves |= says_that_it_serves(message);
			message->has_header = 0;
			message->count = 0;
		}
	}
	return serves;
}

// Moves what can be moved to one side. 0 when a side is gone; 2 when the client says that it serves, which is kept back this once.
static int pass_on(struct pair *pair, int side, short came)
{
	struct pipe_end *pipe = &pair->to[side];
	ssize_t count;

	if (pipe->start == pipe->end && (came & (POLLIN | POLLHUP))) {
		count = recv(pair->ends[!side], pipe->bytes, sizeof(pipe->bytes), MSG_DONTWAIT);
		if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
			return 0;
		pipe->start = 0;
		pipe->end = count > 0 ? (size_t)count : 0;
		if (side == 1 && follow(&pair->message, pipe->bytes, pipe->end))
			return 2;
	}
	if (pipe->start < pipe->end) {
		count = send(pair->ends[side], pipe->bytes + pipe->start, pipe->end - pipe->start, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (count < 0 && errno != EAGAIN && errno != EINTR)
			return 0;
		pipe->start += count > 0 ? (size_t)count : 0;
	}
	return 1;
}

static void begin_relaying(void)
{
	sigset_t signals;

	// What the launcher is told, its child is to do.
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	told = signalfd(-1, &signals, SFD_CLOEXEC);
	for (int index = 0; index < MOST_PAIRS; index++)
		pairs[index].ends[0] = pairs[index].ends[1] = -1;
}

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sandbox_relay_nothing(void)
{
	for (int index = 0; index < MOST_PAIRS; index++)
		if (told >= 0 && pairs[index].ends[0] >= 0)
			end_pair(&pairs[index]);
}

int sandbox_relay(int process, int listener, const char *path, int limit, int patience)
{
	struct pollfd wanted[3 + 2 * MOST_PAIRS];
	struct signalfd_siginfo signal;
	int64_t end = patience < 0 ? INT64_MAX : milliseconds() + patience;

	if (told < 0)
		begin_relaying();
	limit = limit > MOST_PAIRS ? MOST_PAIRS : limit;
	for (;;) {
		int64_t left = end - (patience < 0 ? 0 : milliseconds());
		int serves = 0;

		wanted[0] = (struct pollfd){ .fd = process, .events = POLLIN };
		wanted[1] = (struct pollfd){ .fd = listener, .events = POLLIN };
		wanted[2] = (struct pollfd){ .fd = told, .events = POLLIN };
		for (int index = 0; index < limit; index++) {
			struct pair *pair = &pairs[index];

			for (int side = 0; side < 2; side++)
				// From this side is read once the other has taken all; to this side is written what lies there.
				wanted[3 + 2 * index + side] = (struct pollfd){
					.fd = pair->ends[side],
					.events = (short)((pair->to[!side].start == pair->to[!side].end ? POLLIN : 0) |
							  (pair->to[side].start < pair->to[side].end ? POLLOUT : 0)),
				};
		}
		if (left <= 0)
			return SANDBOX_RELAY_IS_LATE;
		if (poll(wanted, 3 + 2 * (nfds_t)limit, patience < 0 ? -1 : (int)left) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (wanted[0].revents)
			break;
		if (wanted[2].revents && read(told, &signal, sizeof(signal)) == sizeof(signal))
			sandbox_signal(process, (int)signal.ssi_signo);
		for (int index = 0; index < limit; index++) {
			struct pair *pair = &pairs[index];
			int passed;

			if (pair->ends[0] < 0)
				continue;
			passed = pass_on(pair, 1, wanted[3 + 2 * index].revents);
			serves |= passed == 2;
			if (!passed || !pass_on(pair, 0, wanted[4 + 2 * index].revents))
				end_pair(pair);
		}
		if (serves)
			return SANDBOX_RELAY_SERVES;
		if (listener >= 0 && wanted[1].revents)
			begin_pair(limit, listener, path);
	}
	sandbox_relay_nothing();
	return SANDBOX_RELAY_ENDED;
}
