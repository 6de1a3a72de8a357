// Files in memory, and what lies in memory.

#define _GNU_SOURCE
#include "CLinux.h"
#include "door.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int linux_close_failed(int descriptor)
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
		return linux_close_failed(descriptor);
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

int linux_memory_of(const void *bytes, size_t count)
{
	int descriptor = memfd_create("input", MFD_CLOEXEC);
	size_t written = 0;

	if (descriptor < 0)
		return -errno;
	while (written < count) {
		ssize_t result = write(descriptor, (const char *)bytes + written, count - written);

		if (result < 0 && errno != EINTR)
			return linux_close_failed(descriptor);
		if (result > 0)
			written += (size_t)result;
	}
	if (lseek(descriptor, 0, SEEK_SET) < 0)
		return linux_close_failed(descriptor);
	return descriptor;
}
