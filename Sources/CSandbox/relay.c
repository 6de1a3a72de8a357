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

struct pair {
	int ends[2]; // the client's, the server's; -1: free
	struct pipe_end to[2];
};

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

static void begin_pair(struct pair *pairs, int limit, int listener, const char *path)
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

// Moves what can be moved to one side. False when a side is gone.
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
	}
	if (pipe->start < pipe->end) {
		count = send(pair->ends[side], pipe->bytes + pipe->start, pipe->end - pipe->start, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (count < 0 && errno != EAGAIN && errno != EINTR)
			return 0;
		pipe->start += count > 0 ? (size_t)count : 0;
	}
	return 1;
}

static struct pair pairs[MOST_PAIRS];
// A descriptor of the signals that are passed on; -1 before it begins.
static int told = -1;

static void begin_relay(void)
{
	sigset_t signals;

	if (told >= 0)
		return;
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

static void end_relay(void)
{
	for (int index = 0; index < MOST_PAIRS; index++)
		if (pairs[index].ends[0] >= 0)
			end_pair(&pairs[index]);
	close(told);
	told = -1;
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int sandbox_relay(int process, int listener, const char *path, int limit, int gate, int milliseconds)
{
	struct pollfd wanted[4 + 2 * MOST_PAIRS];
	struct signalfd_siginfo signal;
	int64_t end = now() + milliseconds;

	begin_relay();
	limit = limit > MOST_PAIRS ? MOST_PAIRS : limit;
	for (;;) {
		int64_t left = end - now();

		if (gate >= 0 && left <= 0)
			return 2;
		wanted[0] = (struct pollfd){ .fd = process, .events = POLLIN };
		wanted[1] = (struct pollfd){ .fd = listener, .events = POLLIN };
		wanted[2] = (struct pollfd){ .fd = told, .events = POLLIN };
		wanted[3] = (struct pollfd){ .fd = gate, .events = POLLIN };
		for (int index = 0; index < limit; index++) {
			struct pair *pair = &pairs[index];

			for (int side = 0; side < 2; side++)
				// From this side is read once the other has taken all; to this side is written what lies there.
				wanted[4 + 2 * index + side] = (struct pollfd){
					.fd = pair->ends[side],
					.events = (short)((pair->to[!side].start == pair->to[!side].end ? POLLIN : 0) |
							  (pair->to[side].start < pair->to[side].end ? POLLOUT : 0)),
				};
		}
		if (poll(wanted, 4 + 2 * (nfds_t)limit, gate >= 0 ? (int)left : -1) < 0) {
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

			if (pair->ends[0] < 0)
				continue;
			if (!pass_on(pair, 1, wanted[4 + 2 * index].revents) || !pass_on(pair, 0, wanted[5 + 2 * index].revents))
				end_pair(pair);
		}
		if (wanted[1].revents)
			begin_pair(pairs, limit, listener, path);
		if (wanted[3].revents)
			return 1;
	}
	end_relay();
	return 0;
}

int sandbox_socket_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ? -errno : 0;
}

int sandbox_send(int socket, const void *bytes, size_t count)
{
	ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);

	return sent < 0 ? -errno : (int)sent;
}

int sandbox_receive(int socket, void *bytes, size_t count)
{
	ssize_t received = recv(socket, bytes, count, MSG_DONTWAIT);

	return received < 0 ? -errno : (int)received;
}
