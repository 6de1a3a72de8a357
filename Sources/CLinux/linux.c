#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 16

static int close_failed(int descriptor)
{
	int error = errno;

	close(descriptor);
	return -error;
}

int linux_sealed_memory(size_t size)
{
	int descriptor = memfd_create("xsm", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (descriptor < 0)
		return -errno;
	if (ftruncate(descriptor, (off_t)size) ||
	    fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return close_failed(descriptor);
	return descriptor;
}

int linux_open_read_only(int descriptor)
{
	char path[32];
	int other;

	// Who is handed it might open it again for writing: users other than ours may not.
	if (fchmod(descriptor, S_IRUSR))
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	other = open(path, O_RDONLY | O_CLOEXEC);
	return other < 0 ? -errno : other;
}

const void *linux_find(const void *bytes, size_t count, const void *wanted, size_t length)
{
	return memmem(bytes, count, wanted, length);
}

// A file in memory that has these bytes, from its beginning.
static int memory_of(const void *bytes, size_t count)
{
	int descriptor = memfd_create("input", MFD_CLOEXEC);
	size_t written = 0;

	if (descriptor < 0)
		return -errno;
	while (written < count) {
		ssize_t result = write(descriptor, (const char *)bytes + written, count - written);

		if (result < 0 && errno != EINTR)
			return close_failed(descriptor);
		if (result > 0)
			written += (size_t)result;
	}
	if (lseek(descriptor, 0, SEEK_SET) < 0)
		return close_failed(descriptor);
	return descriptor;
}

int linux_start(const char *path, char *const arguments[], const void *input, size_t count)
{
	int descriptor = memory_of(input, count);
	posix_spawn_file_actions_t actions;
	pid_t child = 0;
	int error;

	if (descriptor < 0)
		return descriptor;
	error = posix_spawn_file_actions_init(&actions);
	if (!error) {
		error = posix_spawn_file_actions_adddup2(&actions, descriptor, STDIN_FILENO);
		if (!error)
			error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
		if (!error)
			error = posix_spawn(&child, path, &actions, NULL, arguments, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(descriptor);
	return error ? -error : child;
}

static int spawn_between(const char *path, char *const arguments[], const int descriptors[4], pid_t *child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, pipe;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawnattr_init(&attributes);
	if (error) {
		posix_spawn_file_actions_destroy(&actions);
		return error;
	}
	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &pipe);
	error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	for (int index = 0; index < 4 && !error; index++)
		error = posix_spawn_file_actions_adddup2(&actions, descriptors[index], index);
	if (!error)
		error = posix_spawn_file_actions_addclosefrom_np(&actions, 4);
	if (!error)
		error = posix_spawn(child, path, &actions, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

int linux_start_between(const char *path, char *const arguments[], const void *input, size_t count, const void *more, size_t more_count, int outputs[2])
{
	// What the program is to have, by the number that it is to have it by; then the other ends of the pipes.
	int descriptors[6] = { -1, -1, -1, -1, -1, -1 };
	pid_t child = 0;
	int error = 0;

	descriptors[0] = memory_of(input, count);
	descriptors[3] = memory_of(more, more_count);
	if (descriptors[0] < 0 || descriptors[3] < 0)
		error = descriptors[0] < 0 ? -descriptors[0] : -descriptors[3];
	for (int index = 1; index <= 2 && !error; index++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC)) {
			error = errno;
		} else {
			descriptors[index] = ends[1];
			descriptors[index + 3] = ends[0];
		}
	}
	// None of them has a number that another is to have, whatever was closed in this process.
	for (int index = 0; index < 4 && !error; index++) {
		int other = fcntl(descriptors[index], F_DUPFD_CLOEXEC, 4);

		if (other < 0) {
			error = errno;
		} else {
			close(descriptors[index]);
			descriptors[index] = other;
		}
	}
	if (!error)
		error = spawn_between(path, arguments, descriptors, &child);
	for (int index = 0; index < 6; index++)
		if (descriptors[index] >= 0 && (index < 4 || error))
			close(descriptors[index]);
	if (error)
		return -error;
	outputs[0] = descriptors[4];
	outputs[1] = descriptors[5];
	return child;
}

int linux_ended_child(int *status)
{
	pid_t child = waitpid(-1, status, WNOHANG);

	return child > 0 ? child : 0;
}

void linux_log(const char *program, const char *line)
{
	openlog(program, LOG_PID, LOG_DAEMON);
	syslog(LOG_WARNING, "%s", line);
	closelog();
}

int linux_terminal_columns(int descriptor)
{
	struct winsize size;

	return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

uint64_t linux_nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

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

int linux_message_sockets(int descriptors[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, descriptors) ? -errno : 0;
}

int linux_byte_sockets(int descriptors[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors) ? -errno : 0;
}

static int unix_socket(const char *path, int is_of_messages, struct sockaddr_un *address)
{
	int descriptor;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	strcpy(address->sun_path, path);
	descriptor = socket(AF_UNIX, (is_of_messages ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	return descriptor < 0 ? -errno : descriptor;
}

int linux_listen(const char *path, int is_of_messages, mode_t mode)
{
	struct sockaddr_un address;
	int descriptor = unix_socket(path, is_of_messages, &address);

	if (descriptor < 0)
		return descriptor;
	unlink(path);
	// Nobody may connect before the mode is set: it is set before anybody is listened to.
	if (bind(descriptor, (struct sockaddr *)&address, sizeof(address)) || chmod(path, mode) || listen(descriptor, 128))
		return close_failed(descriptor);
	return descriptor;
}

int linux_accept(int descriptor, uid_t *user, pid_t *process)
{
	struct ucred credentials;
	socklen_t size = sizeof(credentials);
	int connection = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC);

	if (connection < 0)
		return -errno;
	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &size))
		return close_failed(connection);
	*user = credentials.uid;
	*process = credentials.pid;
	return connection;
}

pid_t linux_peer(int descriptor)
{
	struct ucred credentials;
	socklen_t size = sizeof(credentials);

	return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) ? -errno : credentials.pid;
}

int64_t linux_process_start(pid_t process)
{
	char path[32], text[1024];
	const char *word;
	long long start;
	ssize_t count;
	int descriptor;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)process);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return -errno;
	count = read(descriptor, text, sizeof(text) - 1);
	if (count < 0)
		return close_failed(descriptor);
	close(descriptor);
	text[count] = 0;
	// The second word is the program's name, which may hold anything: the others are counted from its end. The start is the 22nd.
	word = strrchr(text, ')');
	for (int number = 2; word && number < 22; number++)
		word = strchr(word + 1, ' ');
	return word && sscanf(word, " %lld", &start) == 1 ? start : -ESRCH;
}

int linux_connect(const char *path, int is_of_messages)
{
	struct sockaddr_un address;
	int descriptor = unix_socket(path, is_of_messages, &address);

	if (descriptor < 0)
		return descriptor;
	if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)))
		return close_failed(descriptor);
	return descriptor;
}

// Waits until a connection has come about or has failed.
static int finish_connection(int descriptor, int milliseconds)
{
	uint64_t deadline = linux_nanoseconds() + (uint64_t)milliseconds * 1000000;
	struct pollfd waiting = { .fd = descriptor, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0;

	for (;;) {
		uint64_t now = linux_nanoseconds();
		int ready = now < deadline ? poll(&waiting, 1, (int)((deadline - now) / 1000000) + 1) : 0;

		if (ready > 0)
			break;
		if (ready == 0 && now >= deadline)
			return ETIMEDOUT;
		if (ready < 0 && errno != EINTR)
			return errno;
	}
	return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) ? errno : error;
}

int linux_connect_internet(const char *address, uint16_t port, int is_of_messages, int milliseconds)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int is_six = inet_pton(AF_INET, address, &four.sin_addr) != 1;
	int on = 1, descriptor, error;

	if (is_six && inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
		return -EINVAL;
	descriptor = socket(is_six ? AF_INET6 : AF_INET, (is_of_messages ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0)
		return -errno;
	if (!is_of_messages) {
		// Neither is what a connection depends on.
		setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
	if (!connect(descriptor, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four, is_six ? sizeof(six) : sizeof(four)))
		return descriptor;
	error = errno == EINPROGRESS || errno == EINTR ? finish_connection(descriptor, milliseconds) : errno;
	if (!error)
		return descriptor;
	close(descriptor);
	return -error;
}

ssize_t linux_send(int descriptor, const void *bytes, size_t count, const int *descriptors, int descriptor_count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
	} control;
	struct iovec part = { (void *)bytes, count };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	if (descriptor_count > MOST_DESCRIPTORS)
		return -EINVAL;
	if (descriptor_count > 0) {
		memset(&control, 0, sizeof(control));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE((size_t)descriptor_count * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN((size_t)descriptor_count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), descriptors, (size_t)descriptor_count * sizeof(int));
	}
	do
		sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

ssize_t linux_receive(int descriptor, void *bytes, size_t capacity, int *descriptors, int *descriptor_count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
	} control;
	struct iovec part = { bytes, capacity };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *header;
	int room = *descriptor_count;
	ssize_t received;

	*descriptor_count = 0;
	message.msg_control = &control;
	message.msg_controllen = sizeof(control);
	do
		received = recvmsg(descriptor, &message, MSG_CMSG_CLOEXEC);
	while (received < 0 && errno == EINTR);
	if (received < 0)
		return -errno;
	for (header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
		size_t count, index;

		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (index = 0; index < count; index++) {
			int one;

			memcpy(&one, CMSG_DATA(header) + index * sizeof(int), sizeof(one));
			if (*descriptor_count < room)
				descriptors[(*descriptor_count)++] = one;
			else
				close(one);
		}
	}
	return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : received;
}

int linux_drop_privileges(uid_t user, gid_t group)
{
	if (user != 0 && (setgroups(0, NULL) || setresgid(group, group, group) || setresuid(user, user, user)))
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	return 0;
}

static void end_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGHUP);
}

void linux_keep_signals(void)
{
	sigset_t signals;

	end_signals(&signals);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int linux_wait_for_end(void)
{
	sigset_t signals;
	int number = 0;

	end_signals(&signals);
	sigwait(&signals, &number);
	return number;
}

int linux_execute(char *const words[], int kept)
{
	sigset_t none;

	// Whoever began us may keep signals back that the program waits for.
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	// And may have left descriptors open that nobody closes any more.
	if (kept > 3)
		close_range(3, (unsigned int)kept - 1, 0);
	close_range(kept < 3 ? 3 : (unsigned int)kept + 1, ~0U, 0);
	execvp(words[0], words);
	return -errno;
}

int linux_close_at_exec(int first)
{
	return close_range((unsigned int)first, ~0U, CLOSE_RANGE_CLOEXEC) ? -errno : 0;
}

int linux_inherit(int descriptor)
{
	int flags = fcntl(descriptor, F_GETFD);

	return flags < 0 || fcntl(descriptor, F_SETFD, flags & ~FD_CLOEXEC) < 0 ? -errno : 0;
}

int linux_unread(int descriptor)
{
	int unread = 0;

	return ioctl(descriptor, SIOCOUTQ, &unread) ? 0 : unread;
}

int linux_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 1024;
	return limit.rlim_cur > INT_MAX ? INT_MAX : (int)limit.rlim_cur;
}

int linux_raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

void linux_signal(int descriptor)
{
	uint64_t one = 1;

	// What does not fit wakes nobody who is not awake.
	send(descriptor, &one, sizeof(one), MSG_DONTWAIT | MSG_NOSIGNAL);
}
