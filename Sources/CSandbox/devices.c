#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Linux, include/uapi/xen/privcmd.h and evtchn.h, which are installed nowhere.
#define PRIVCMD_RESTRICT _IOC(_IOC_NONE, 'P', 6, sizeof(uint16_t))
#define EVTCHN_RESTRICT_DOMID _IOC(_IOC_NONE, 'E', 6, sizeof(uint16_t))

int sandbox_make_device(const char *path, const char *like, gid_t group)
{
	struct stat status;

	if (stat(like, &status))
		return -errno;
	if (!S_ISCHR(status.st_mode))
		return -ENODEV;
	// Made for nobody, and then opened to the group, whatever the mask says.
	if (mknod(path, S_IFCHR, status.st_rdev) || chown(path, 0, group) || chmod(path, 0660))
		return -errno;
	return 0;
}

int sandbox_revoke_device(const char *path)
{
	return chmod(path, 0) ? -errno : 0;
}

static uint64_t device(const struct stat *status)
{
	return S_ISCHR(status->st_mode) ? status->st_rdev : 0;
}

uint64_t sandbox_device_at(const char *path)
{
	struct stat status;

	return stat(path, &status) ? 0 : device(&status);
}

uint64_t sandbox_device_of(int descriptor)
{
	struct stat status;

	return fstat(descriptor, &status) ? 0 : device(&status);
}

int sandbox_take_descriptor(int process, int number)
{
	long result = syscall(SYS_pidfd_getfd, process, number, 0);

	return result < 0 ? -errno : (int)result;
}

int sandbox_restrict_commands(int descriptor, uint16_t domain)
{
	return ioctl(descriptor, PRIVCMD_RESTRICT, &domain) < 0 ? -errno : 0;
}

// The structure has the domain and nothing else.
int sandbox_restrict_events(int descriptor, uint16_t domain)
{
	return ioctl(descriptor, EVTCHN_RESTRICT_DOMID, &domain) < 0 ? -errno : 0;
}
