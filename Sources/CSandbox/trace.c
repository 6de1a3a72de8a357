#define _GNU_SOURCE
#include "CLinux.h"
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Linux 6.6 has it.
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

// A kernel's structures may be larger than those that this was built with.
union notification {
	struct seccomp_notif call;
	struct seccomp_notif_resp answer;
	char room[512];
};

int sandbox_can_listen(void)
{
	static const struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	struct seccomp_notif_sizes sizes;
	uint32_t action = SECCOMP_RET_USER_NOTIF;
	int process, status = 1;
	pid_t child;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) || syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) ||
	    sizes.seccomp_notif > sizeof(union notification) || sizes.seccomp_notif_resp > sizeof(union notification))
		return 0;
	// Who is heard by somebody already is heard by nobody else: it is tried.
	child = sandbox_clone(0, -1, &process);
	if (child == 0)
		_exit(sandbox_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || sandbox_filter_heard(allow, 1) < 0);
	if (child < 0 || sandbox_wait(child, &status))
		status = 1;
	if (child > 0)
		close(process);
	return status == 0;
}

void sandbox_close_others(int first, int second)
{
	int kept[2] = { first < second ? first : second, first < second ? second : first };
	int next = 3;

	for (int index = 0; index < 2; index++) {
		if (kept[index] < next)
			continue;
		if (kept[index] > next)
			close_range((unsigned int)next, (unsigned int)kept[index] - 1, 0);
		next = kept[index] + 1;
	}
	close_range((unsigned int)next, ~0U, 0);
}

int sandbox_filter_heard(const struct sock_filter *instructions, unsigned short count)
{
	// A call that was taken is not given up for a signal, where the kernel can do that (Linux 5.19).
	int listener = sandbox_filter(instructions, count, SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);

	return listener == -EINVAL ? sandbox_filter(instructions, count, SECCOMP_FILTER_FLAG_NEW_LISTENER) : listener;
}

int sandbox_hand_over(int socket, int listener)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) } };
	char letter = 'l';
	struct iovec part = { .iov_base = &letter, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	uint64_t word = (uint64_t)SANDBOX_HANDS_OVER << 32;
	int result;

	memcpy(CMSG_DATA(&control.header), &listener, sizeof(int));
	result = syscall(SYS_sendmsg, socket, &message, word | MSG_NOSIGNAL) < 0 ? -errno : 0;
	// Where nobody else has it, calls fail from here on instead of waiting for ever.
	if (syscall(SYS_close, word | (unsigned int)listener) && result == 0)
		result = -errno;
	return result;
}

ssize_t sandbox_receive_passed(int socket, void *bytes, size_t capacity, int *passed)
{
	int count = 1;
	ssize_t size;

	do
		size = linux_receive(socket, bytes, capacity, passed, &count);
	while (size == -EINTR);
	if (size <= 0 || count == 0)
		*passed = -1;
	return size;
}

int sandbox_hear(int control, int listener, int milliseconds)
{
	struct pollfd wanted[2] = { { .fd = control, .events = POLLIN }, { .fd = listener, .events = POLLIN } };
	int heard = 0;

	if (poll(wanted, 2, milliseconds) < 0)
		return errno == EINTR ? 0 : -errno;
	if (wanted[0].revents)
		heard |= SANDBOX_HEARD_CONTROL;
	if (wanted[1].revents & POLLIN)
		heard |= SANDBOX_HEARD_CALL;
	else if (wanted[1].revents)
		heard |= SANDBOX_HEARD_NOBODY;
	return heard;
}

void sandbox_hear_at_once(int listener)
{
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

int sandbox_next_call(int listener, struct sandbox_call *call)
{
	union notification heard;

	memset(&heard, 0, sizeof(heard));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &heard))
		return errno == ENOENT || errno == EINTR ? 0 : -errno;
	call->id = heard.call.id;
	call->thread = heard.call.pid;
	call->number = (uint32_t)heard.call.data.nr;
	call->architecture = heard.call.data.arch;
	for (int index = 0; index < 6; index++)
		call->arguments[index] = heard.call.data.args[index];
	return 1;
}

int sandbox_call_waits(int listener, uint64_t id)
{
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

int sandbox_answer_call(int listener, uint64_t id, int error)
{
	union notification said;

	memset(&said, 0, sizeof(said));
	said.answer.id = id;
	said.answer.error = -error;
	said.answer.flags = error ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	// Whose thread is gone needs no answer.
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &said) && errno != ENOENT ? -errno : 0;
}

int sandbox_thread_name(uint32_t thread, char name[16])
{
	char path[40];
	ssize_t count;
	int file;

	snprintf(path, sizeof(path), "/proc/%u/comm", thread);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	count = read(file, name, 16);
	close(file);
	if (count < 0)
		return -errno;
	// The kernel ends it with a line's end, which is not the name's.
	return count > 0 && name[count - 1] == '\n' ? (int)count - 1 : (int)count;
}

int sandbox_open_log(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log < 0)
		return -errno;
	lseek(log, 0, SEEK_END);
	return log;
}

int sandbox_next_record(int log, char *record, size_t room)
{
	ssize_t count;

	do
		count = read(log, record, room);
	// What was overwritten meanwhile is told once; then it goes on with the oldest.
	while (count < 0 && (errno == EPIPE || errno == EINTR));
	return count < 0 ? errno == EAGAIN ? 0 : -errno : (int)count;
}

static sigset_t ending_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGTERM);
	return signals;
}

void sandbox_outlive_signals(void)
{
	sigset_t signals = ending_signals();

	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int sandbox_attend(int process)
{
	sigset_t signals = ending_signals();
	struct pollfd wanted[2] = { { .fd = process, .events = POLLIN } };
	int result = 0;

	sigprocmask(SIG_BLOCK, &signals, NULL);
	wanted[1] = (struct pollfd){ .fd = signalfd(-1, &signals, SFD_CLOEXEC), .events = POLLIN };
	while (!wanted[0].revents) {
		if (poll(wanted, 2, -1) < 0 && errno != EINTR) {
			result = -errno;
			break;
		}
		if (wanted[1].revents) {
			sandbox_signal(process, SIGKILL);
			wanted[1].fd = -1;
		}
	}
	return result;
}

int sandbox_create_file(const char *path, mode_t mode)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	return descriptor < 0 ? -errno : descriptor;
}
