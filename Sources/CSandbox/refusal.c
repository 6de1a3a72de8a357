#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int sandbox_refusal(pid_t process, char *line, size_t room)
{
	// One record at each read, none longer than this (Linux, include/linux/printk.h: `PRINTKRB_RECORD_MAX`).
	char record[2048 + 1], wanted[32];
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	size_t length = 0;
	ssize_t count;

	if (log < 0)
		return -errno;
	snprintf(wanted, sizeof(wanted), " pid=%d ", (int)process);
	for (;;) {
		count = read(log, record, sizeof(record) - 1);
		// What was overwritten meanwhile is told once; then it goes on with the oldest.
		if (count < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (count <= 0)
			break;
		record[count] = 0;
		// Linux, include/uapi/linux/audit.h: `AUDIT_SECCOMP`.
		if (!strstr(record, "type=1326 ") || !strstr(record, wanted))
			continue;
		length = (size_t)count < room ? (size_t)count : room;
		memcpy(line, record, length);
	}
	close(log);
	return (int)length;
}
