#define _GNU_SOURCE
#include "CLinux.h"
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_PAIRS 16
#define MOST_WATCHED 4
// Nanoseconds.
#define WAKEFUL 100000

// XenStore's messages (Xen, xen/include/public/io/xs_wire.h: `struct xsd_sockmsg`, `enum xsd_sockmsg_type`).
enum { XENSTORE_WRITE = 11, XENSTORE_WATCH_EVENT = 15 };

struct header {
	uint32_t type, request, transaction, length;
};

// The message that one side is sending.
struct message {
	struct header header;
	size_t count; // bytes of the header, and then of what follows it
	int has_header;
	char text[128]; // the first bytes of what follows it
};

// One direction: what was read and is not written yet.
struct pipe_end {
	size_t start, end;
	char bytes[4096];
	struct message message;
};

struct pair {
	int ends[2]; // the client's, the server's; -1: free
	struct pipe_end to[2];
	// The client's word that was kept back: it is there as long as it is not said.
	int is_held;
	// The client has still to be told that it was said; the server's answer to it is not for the client.
	int owes_answer, drops_answer;
	struct header held;
};

static struct pair pairs[MOST_PAIRS];
// A descriptor of the signals that are passed on; -1 before it begins.
static int told = -1;
static long processors;
// Whether what a client says of its service is kept back.
static int keeps_back;

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

// Follows a side's messages by one piece of what it sends: how many bytes that is, and whether a header or a message is complete.
enum { MESSAGE_GOES_ON, HEADER_IS_COMPLETE, MESSAGE_IS_COMPLETE };

static size_t follow(struct message *message, const char *bytes, size_t size, int *complete)
{
	size_t piece;

	*complete = MESSAGE_GOES_ON;
	if (!message->has_header) {
		piece = sizeof(message->header) - message->count;
		piece = piece < size ? piece : size;
		memcpy((char *)&message->header + message->count, bytes, piece);
		message->count += piece;
		if (message->count < sizeof(message->header))
			return piece;
		// A message without anything behind its header is complete with it.
		message->has_header = message->header.length > 0;
		message->count = 0;
		*complete = message->has_header ? HEADER_IS_COMPLETE : MESSAGE_IS_COMPLETE;
		return piece;
	}
	piece = message->header.length - message->count;
	piece = piece < size ? piece : size;
	for (size_t index = 0; index < piece && message->count + index < sizeof(message->text); index++)
		message->text[message->count + index] = bytes[index];
	message->count += piece;
	if (message->count == message->header.length) {
		message->has_header = 0;
		message->count = 0;
		*complete = MESSAGE_IS_COMPLETE;
	}
	return piece;
}

// Whether it writes that it runs, for which a tool stack waits before it lets the guest go: `device-model/N/state`.
static int says_that_it_serves(const struct message *message)
{
	static const char end[] = "/state\0running", folder[] = "device-model/";
	size_t length = message->header.length, size = sizeof(end) - 1;

	if (message->header.type != XENSTORE_WRITE || length < size || length > sizeof(message->text))
		return 0;
	return !memcmp(message->text + length - size, end, size) && memmem(message->text, length - size, folder, sizeof(folder) - 1);
}

// What came from the client lies in its pipe, and is kept there when it is the client's word.
static void look_at_client(struct pair *pair)
{
	struct pipe_end *pipe = &pair->to[1];

	for (size_t index = 0; index < pipe->end;) {
		int complete;

		index += follow(&pipe->message, pipe->bytes + index, pipe->end - index, &complete);
		if (complete == MESSAGE_IS_COMPLETE && keeps_back && !pair->is_held && says_that_it_serves(&pipe->message)) {
			pair->is_held = pair->owes_answer = pair->drops_answer = 1;
			pair->held = pipe->message.header;
		}
	}
}

static void put(struct pipe_end *pipe, const void *bytes, size_t size)
{
	memcpy(pipe->bytes + pipe->end, bytes, size);
	pipe->end += size;
}

// What comes from the server goes to its pipe message by message: headers as a whole, and not at all what the client was told before.
static void take_from_server(struct pair *pair, const char *bytes, size_t size)
{
	struct pipe_end *pipe = &pair->to[0];
	struct message *message = &pipe->message;

	for (size_t index = 0; index < size;) {
		int complete, is_payload = message->has_header;
		size_t piece = follow(message, bytes + index, size - index, &complete);
		int is_dropped = pair->drops_answer && !pair->owes_answer && message->header.request == pair->held.request &&
			message->header.type != XENSTORE_WATCH_EVENT;

		if (!is_payload && complete != MESSAGE_GOES_ON && !is_dropped)
			put(pipe, &message->header, sizeof(message->header));
		if (is_payload && !is_dropped)
			put(pipe, bytes + index, piece);
		if (complete == MESSAGE_IS_COMPLETE && is_dropped)
			pair->drops_answer = 0;
		index += piece;
	}
}

static void answer(struct pair *pair)
{
	struct pipe_end *pipe = &pair->to[0];
	struct header header = pair->held;

	if (!pair->owes_answer || pipe->message.has_header || pipe->start < pipe->end)
		return;
	header.length = 3;
	pipe->start = pipe->end = 0;
	put(pipe, &header, sizeof(header));
	put(pipe, "OK", 3);
	pair->owes_answer = 0;
}

// Moves what can be moved to one side. False when a side is gone.
static int pass_on(struct pair *pair, int side, short came)
{
	struct pipe_end *pipe = &pair->to[side];
	// Room for a header that came in pieces.
	char bytes[sizeof(pipe->bytes) - sizeof(struct header)];
	ssize_t count;

	if (pipe->start == pipe->end && (came & (POLLIN | POLLHUP))) {
		count = recv(pair->ends[!side], bytes, sizeof(bytes), MSG_DONTWAIT);
		if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
			return 0;
		pipe->start = pipe->end = 0;
		if (count > 0 && side == 0) {
			take_from_server(pair, bytes, (size_t)count);
		} else if (count > 0) {
			put(pipe, bytes, (size_t)count);
			look_at_client(pair);
		}
	}
	if (side == 0)
		answer(pair);
	if (side == 1 && pair->is_held)
		return 1;
	if (pipe->start < pipe->end) {
		count = send(pair->ends[side], pipe->bytes + pipe->start, pipe->end - pipe->start, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (count < 0 && errno != EAGAIN && errno != EINTR)
			return 0;
		pipe->start += count > 0 ? (size_t)count : 0;
	}
	return 1;
}

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
	processors = sysconf(_SC_NPROCESSORS_ONLN);
	for (int index = 0; index < MOST_PAIRS; index++)
		pairs[index].ends[0] = pairs[index].ends[1] = -1;
}

// What was kept back is said now.
static void release(void)
{
	keeps_back = 0;
	for (int index = 0; index < MOST_PAIRS; index++) {
		pairs[index].is_held = 0;
		if (pairs[index].ends[0] >= 0 && !pass_on(&pairs[index], 1, 0))
			end_pair(&pairs[index]);
	}
}

// Which of a pair's sides has something for us: from one is read once the other has taken all; to it is written what lies there.
static struct pollfd wanted_of(const struct pair *pair, int side)
{
	int is_free = pair->to[!side].start == pair->to[!side].end;
	int has_more = pair->to[side].start < pair->to[side].end && !(side == 1 && pair->is_held);

	// A client that is gone while its word is kept back would be told of all the time.
	if (side == 0 && pair->is_held && !pair->owes_answer && !has_more)
		return (struct pollfd){ .fd = -1 };
	return (struct pollfd){ .fd = pair->ends[side], .events = (short)((is_free ? POLLIN : 0) | (has_more ? POLLOUT : 0)) };
}

// Waits for something to do. What a device model asks while it starts comes in hundreds of short questions, each of which waits for a
// processor to wake up twice more than without a relay: between two of them this one stays awake, where there is another processor.
static int wait_for(struct pollfd *wanted, nfds_t count, int milliseconds)
{
	struct timespec start, now;
	int ready;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		ready = poll(wanted, count, 0);
		if (ready != 0 || milliseconds < 0 || processors < 2)
			break;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - start.tv_sec) * 1000000000 + now.tv_nsec - start.tv_nsec < WAKEFUL);
	return ready != 0 ? ready : poll(wanted, count, milliseconds);
}

int sandbox_relay(
	int process, int listener, const char *path, int limit, int gate, int milliseconds, const int *watched, int watched_count)
{
	// The process, the listener, signals, the gate; what is watched; two ends of each pair.
	struct pollfd wanted[4 + MOST_WATCHED + 2 * MOST_PAIRS], *ends = wanted + 4 + MOST_WATCHED;
	struct signalfd_siginfo signal;
	int64_t end = sandbox_now() + milliseconds;

	begin_relay();
	limit = limit > MOST_PAIRS ? MOST_PAIRS : limit;
	keeps_back = gate >= 0;
	if (!keeps_back)
		release();
	for (;;) {
		int64_t left = end - sandbox_now();

		if (gate >= 0 && left <= 0)
			return SANDBOX_RELAY_IS_LATE;
		wanted[0] = (struct pollfd){ .fd = process, .events = POLLIN };
		wanted[1] = (struct pollfd){ .fd = listener, .events = POLLIN };
		wanted[2] = (struct pollfd){ .fd = told, .events = POLLIN };
		wanted[3] = (struct pollfd){ .fd = gate, .events = POLLIN };
		for (int index = 0; index < MOST_WATCHED; index++)
			wanted[4 + index] = (struct pollfd){ .fd = index < watched_count ? watched[index] : -1, .events = POLLIN };
		for (int index = 0; index < limit; index++) {
			if (listener < 0 && pairs[index].ends[0] >= 0 && !pairs[index].drops_answer)
				end_pair(&pairs[index]);
			for (int side = 0; side < 2; side++)
				ends[2 * index + side] = wanted_of(&pairs[index], side);
		}
		if (wait_for(wanted, 4 + MOST_WATCHED + 2 * (nfds_t)limit, gate >= 0 ? (int)left : -1) < 0) {
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
			if ((!pass_on(pair, 1, ends[2 * index].revents) || !pass_on(pair, 0, ends[2 * index + 1].revents)) &&
				!pair->is_held)
				end_pair(pair);
		}
		if (listener >= 0 && wanted[1].revents)
			begin_pair(limit, listener, path);
		if (gate >= 0 && wanted[3].revents)
			return SANDBOX_RELAY_GATE;
		for (int index = 0; index < MOST_WATCHED; index++)
			if (wanted[4 + index].revents)
				return SANDBOX_RELAY_WATCHED + index;
	}
	for (int index = 0; index < MOST_PAIRS; index++)
		if (pairs[index].ends[0] >= 0)
			end_pair(&pairs[index]);
	return SANDBOX_RELAY_ENDED;
}
