#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// What nobody can see from outside is read again here: who says that it is done may have done nothing.

int sandbox_die_with_parent(int signal)
{
	int set = 0;

	if (prctl(PR_SET_PDEATHSIG, signal) || prctl(PR_GET_PDEATHSIG, &set))
		return -errno;
	return set == signal ? 0 : -EIO;
}

int sandbox_umask(mode_t mask)
{
	umask(mask);
	return umask(mask) == mask ? 0 : -EIO;
}

int sandbox_secure_bits(unsigned long bits)
{
	int set;

	if (prctl(PR_SET_SECUREBITS, bits) || (set = prctl(PR_GET_SECUREBITS)) < 0)
		return -errno;
	return (unsigned long)set == bits ? 0 : -EIO;
}

int sandbox_write_setting(const char *path, const char *text)
{
	char set[32];
	size_t length = strlen(text);
	int result = sandbox_write(path, text), file;
	ssize_t count;

	if (result)
		return result;
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	count = read(file, set, sizeof(set));
	result = count < 0 ? -errno : 0;
	close(file);
	if (result)
		return result;
	return (size_t)count == length + 1 && !memcmp(set, text, length) && set[length] == '\n' ? 0 : -EIO;
}

int sandbox_is_refused(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);

	if (descriptor < 0)
		return errno == EACCES ? 1 : -errno;
	close(descriptor);
	return 0;
}

int sandbox_leave_keyring(void)
{
	// The new one's number is never 0.
	long keyring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	int error = errno;

	if (keyring >= 0)
		return keyring > 0 ? 0 : -EIO;
	// A kernel without keys has none to leave. Where something else only says so, there is a list of them.
	return error == ENOSYS && sandbox_exists("/proc/keys") == 0 ? 0 : -error;
}

int sandbox_exists(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0)
		return 1;
	return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
}
