// The gate between a device model's start and its service: a library that the launcher has preloaded into it.
//
// Before its guest runs, a device model restricts what it has open to its domain (xentoolcore_restrict_all). This library is asked
// last then: it makes the process undumpable, has the kernel keep all its threads to the tighter filter, tells the launcher, and
// lets the device model go on when the launcher has looked at it and says so. Where anything fails, restricting fails, and with it
// the device model.
//
// XSM_GATE names the descriptor of a socket of messages. The launcher has sent the filter before the start: a word that says what it
// is, the count of instructions, the instructions.

#define _GNU_SOURCE
#include "../XenShim/toolcore.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// `XSMG`, and the version of what is said here.
#define GATE_MAGIC 0x474d5358u
#define GATE_VERSION 1u

static struct {
	uint32_t magic, version, count, zero;
	struct sock_filter instructions[BPF_MAXINSNS];
} sent;

static int gate = -1;

static void give_up(const char *what)
{
	fprintf(stderr, "xsm-gate: %s: %s\n", what, strerror(errno));
	// The launcher has nobody go on who was not told what to keep to.
	_exit(125);
}

static ssize_t receive(void *bytes, size_t size)
{
	ssize_t count;

	do
		count = read(gate, bytes, size);
	while (count < 0 && errno == EINTR);
	return count;
}

static int restrict_process(Xentoolcore__Active_Handle *handle, domid_t domain)
{
	struct sock_fprog program = { (unsigned short)sent.count, sent.instructions };
	char answer = 0;

	(void)handle;
	(void)domain;
	if (gate < 0)
		return 0;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -1;
	// From here on only what reads and writes is needed. A thread that cannot follow is told by its number.
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program)) {
		errno = EBUSY;
		return -1;
	}
	if (write(gate, "r", 1) != 1 || receive(&answer, 1) != 1 || answer != 'g') {
		errno = EPERM;
		return -1;
	}
	close(gate);
	gate = -1;
	return 0;
}

static Xentoolcore__Active_Handle handle = { .restrict_callback = restrict_process };

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("XSM_GATE");
	char *end;
	ssize_t size;
	long number;

	if (!text)
		return;
	errno = EINVAL;
	number = strtol(text, &end, 10);
	if (end == text || *end || number < 3 || number > 1023)
		give_up("no descriptor");
	gate = (int)number;
	size = receive(&sent, sizeof(sent));
	if (size < 0)
		give_up("no filter");
	errno = EPROTO;
	if (size < 16 || sent.magic != GATE_MAGIC || sent.version != GATE_VERSION || sent.count == 0 || sent.count > BPF_MAXINSNS ||
		(size_t)size != 16 + sent.count * sizeof(sent.instructions[0]))
		give_up("what was sent is no filter");
	// Whoever is first in the list is asked last.
	xentoolcore__register_active_handle(&handle);
}
