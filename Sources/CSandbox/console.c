#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

// Control and ], as it has been since telnet.
#define DETACH 0x1d

static ssize_t write_all(int descriptor, const char *bytes, size_t count)
{
	size_t done = 0;

	while (done < count) {
		ssize_t written = write(descriptor, bytes + done, count - done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EAGAIN) {
			sandbox_await(descriptor, 1, 1000);
			continue;
		}
		if (written <= 0)
			return -1;
		done += (size_t)written;
	}
	return (ssize_t)done;
}

static int serve(int console, int told)
{
	struct pollfd wanted[3] = {
		{ .fd = console, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = told, .events = POLLIN }
	};
	// What was typed and the console has not taken: nothing more is read meanwhile, so that what the guest says goes on being seen.
	char bytes[4096], typed[256];
	size_t start = 0, end = 0;
	int has_input = 1;
	ssize_t count;

	for (;;) {
		wanted[0].events = start < end ? POLLIN | POLLOUT : POLLIN;
		wanted[1].fd = has_input && start == end ? STDIN_FILENO : -1;
		if (poll(wanted, 3, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (wanted[2].revents)
			return SANDBOX_CONSOLE_TOLD;
		if (wanted[0].revents & (POLLIN | POLLHUP | POLLERR)) {
			count = recv(console, bytes, sizeof(bytes), MSG_DONTWAIT);
			if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
				return SANDBOX_CONSOLE_ENDED;
			if (count > 0 && write_all(STDOUT_FILENO, bytes, (size_t)count) < 0)
				return SANDBOX_CONSOLE_LEFT;
		}
		if (wanted[1].fd >= 0 && wanted[1].revents) {
			count = read(STDIN_FILENO, typed, sizeof(typed));
			if (count <= 0 && errno != EINTR) {
				has_input = 0;
			} else if (count > 0) {
				const char *detach = memchr(typed, DETACH, (size_t)count);

				if (detach && isatty(STDIN_FILENO))
					return SANDBOX_CONSOLE_LEFT;
				start = 0;
				end = (size_t)count;
			}
		}
		if (start < end) {
			count = send(console, typed + start, end - start, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (count < 0 && errno != EAGAIN && errno != EINTR)
				return SANDBOX_CONSOLE_ENDED;
			start += count > 0 ? (size_t)count : 0;
		}
	}
}

int sandbox_console(int console)
{
	struct termios before, raw;
	struct signalfd_siginfo heard;
	int is_terminal = !tcgetattr(STDIN_FILENO, &before), told, result;
	sigset_t signals, others;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &others);
	told = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (told < 0)
		return -errno;
	if (is_terminal) {
		raw = before;
		cfmakeraw(&raw);
		// What the guest says has its lines' ends as it sends them; what we say has not.
		raw.c_oflag |= OPOST;
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	result = serve(console, told);
	if (is_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	// What was heard is not to end this process as well, when it waits for what it has told to end.
	if (result == SANDBOX_CONSOLE_TOLD)
		while (read(told, &heard, sizeof(heard)) > 0)
			;
	close(told);
	sigprocmask(SIG_SETMASK, &others, NULL);
	return result;
}
