// probe PID DOMAIN OTHER: tries a restricted device model's descriptors of Xen's on what is not its own: another domain's, and the
// host's. Prints a line for each kind, `WHAT: NUMBER of COUNT came through`, and `ERROR` names of what refused.
//
// probe --control OTHER: the same with descriptors of root's own, which are not restricted.
// probe --open PID PATH, probe --connect PID PATH: opens a file, or connects to a socket, in a device model's tree as its user.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

// Linux, include/uapi/xen/privcmd.h and evtchn.h.
struct hypercall { uint64_t operation, arguments[5]; };
struct batch { uint32_t count; uint16_t domain; uint64_t address; const uint64_t *frames; int *errors; };
struct operation { uint16_t domain, count; const void *buffers; };
struct buffer { void *bytes; size_t size; };
struct resource { uint16_t domain; uint32_t type, id, index; uint64_t count, address; };

#define HYPERCALL _IOC(_IOC_NONE, 'P', 0, sizeof(struct hypercall))
#define MMAPBATCH _IOC(_IOC_NONE, 'P', 4, sizeof(struct batch))
#define OPERATION _IOC(_IOC_NONE, 'P', 5, sizeof(struct operation))
#define RESTRICT _IOC(_IOC_NONE, 'P', 6, 2)
#define RESOURCE _IOC(_IOC_NONE, 'P', 7, sizeof(struct resource))
#define BIND_VIRQ _IOC(_IOC_NONE, 'E', 0, 4)
#define BIND_INTERDOMAIN _IOC(_IOC_NONE, 'E', 1, 8)
#define BIND_UNBOUND _IOC(_IOC_NONE, 'E', 2, 4)

static uint16_t own, other;

// xen_version, whose result is Xen's version.
static int hypercall(int descriptor)
{
	struct hypercall call = { 17, { 0 } };

	return ioctl(descriptor, HYPERCALL, &call);
}

// An interrupt line that is low is set to be low.
static int operate(int descriptor, uint16_t domain)
{
	struct { uint32_t number, padding; uint8_t bytes[64]; } request = { 9, 0, { 5, 0 } }; // XEN_DMOP_set_isa_irq_level
	struct buffer buffer = { &request, sizeof(request) };
	struct operation call = { domain, 1, &buffer };

	return ioctl(descriptor, OPERATION, &call);
}

static int map(int descriptor, uint16_t domain)
{
	uint64_t frame = 1;
	int error = 0;
	void *place = mmap(NULL, 4096, PROT_READ, MAP_SHARED, descriptor, 0);
	struct batch call = { 1, domain, (uint64_t)(uintptr_t)place, &frame, &error };
	int result;

	if (place == MAP_FAILED)
		return -1;
	result = ioctl(descriptor, MMAPBATCH, &call);
	if (result == 0 && error) {
		errno = -error;
		result = -1;
	}
	munmap(place, 4096);
	return result;
}

static int take_resource(int descriptor, uint16_t domain)
{
	void *place = mmap(NULL, 4096, PROT_READ, MAP_SHARED, descriptor, 0);
	// The grant table's first page.
	struct resource call = { domain, 1, 0, 0, 1, (uint64_t)(uintptr_t)place };

	return place == MAP_FAILED ? -1 : ioctl(descriptor, RESOURCE, &call);
}

static int commands_own_operation(int descriptor) { return operate(descriptor, own); }
static int commands_own_memory(int descriptor) { return map(descriptor, own); }
static int commands_operation(int descriptor) { return operate(descriptor, other); }
static int commands_memory(int descriptor) { return map(descriptor, other); }
static int commands_host_memory(int descriptor) { return map(descriptor, 0); }
static int commands_resource(int descriptor) { return take_resource(descriptor, other); }
static int commands_wider(int descriptor) { return ioctl(descriptor, RESTRICT, &other); }

static int events_bind(int descriptor)
{
	uint32_t channel[2] = { other, 1 };

	return ioctl(descriptor, BIND_INTERDOMAIN, channel);
}

static int events_unbound(int descriptor)
{
	uint32_t domain = other;

	return ioctl(descriptor, BIND_UNBOUND, &domain);
}

static int events_virq(int descriptor)
{
	uint32_t interrupt = 0;

	return ioctl(descriptor, BIND_VIRQ, &interrupt);
}

static const struct { const char *device, *what; int (*try)(int); } attempts[] = {
	{ "/dev/xen/privcmd", "own operation", commands_own_operation },
	{ "/dev/xen/privcmd", "own memory", commands_own_memory },
	{ "/dev/xen/privcmd", "hypercall", hypercall },
	{ "/dev/xen/privcmd", "other's operation", commands_operation },
	{ "/dev/xen/privcmd", "other's memory", commands_memory },
	{ "/dev/xen/privcmd", "host's memory", commands_host_memory },
	{ "/dev/xen/privcmd", "other's grants", commands_resource },
	{ "/dev/xen/privcmd", "another restriction", commands_wider },
	{ "/dev/xen/evtchn", "other's channel", events_bind },
	{ "/dev/xen/evtchn", "channel for other", events_unbound },
	{ "/dev/xen/evtchn", "virtual interrupt", events_virq },
};

static int try_all(const char *process, int handle)
{
	for (size_t index = 0; index < sizeof(attempts) / sizeof(attempts[0]); index++) {
		char folder[64];
		struct stat wanted, status;
		int count = 0, through = 0, error = 0;
		struct dirent *entry;
		DIR *list;

		snprintf(folder, sizeof(folder), "/proc/%s/fd", process);
		list = opendir(folder);
		if (!list || stat(attempts[index].device, &wanted)) {
			perror(folder);
			return 2;
		}
		while ((entry = readdir(list))) {
			int taken = (int)syscall(SYS_pidfd_getfd, handle, atoi(entry->d_name), 0);

			if (entry->d_name[0] == '.' || taken < 0)
				continue;
			if (fstat(taken, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == wanted.st_rdev) {
				count++;
				if (attempts[index].try(taken) >= 0)
					through++;
				else
					error = errno;
			}
			close(taken);
		}
		closedir(list);
		printf("%s: %d of %d came through%s%s\n", attempts[index].what, through, count, error ? ": " : "",
			error ? strerrorname_np(error) : "");
	}
	return 0;
}

static int try_control(void)
{
	for (size_t index = 0; index < sizeof(attempts) / sizeof(attempts[0]); index++) {
		int descriptor = open(attempts[index].device, O_RDWR | O_CLOEXEC);
		int result = descriptor < 0 ? -1 : attempts[index].try(descriptor);

		printf("%s: %s\n", attempts[index].what, result < 0 ? strerrorname_np(errno) : "came through");
		close(descriptor);
	}
	return 0;
}

static int connect_to(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(name.sun_path, path, sizeof(name.sun_path) - 1);
	return connect(descriptor, (struct sockaddr *)&name, sizeof(name));
}

static int try_in_tree(const char *process, const char *path, int connects)
{
	char name[256];
	struct stat status;
	int descriptor;

	snprintf(name, sizeof(name), "/proc/%s", process);
	if (stat(name, &status))
		return 2;
	snprintf(name, sizeof(name), "/proc/%s/root", process);
	if (chroot(name) || chdir("/") || setgroups(0, NULL) || setresgid(status.st_gid, status.st_gid, status.st_gid) ||
		setresuid(status.st_uid, status.st_uid, status.st_uid))
		return 2;
	descriptor = connects ? connect_to(path) : open(path, O_RDWR);
	printf("%s: %s\n", path, descriptor < 0 ? strerrorname_np(errno) : "came through");
	return descriptor < 0;
}

int main(int count, char **words)
{
	int handle;

	if (count == 4 && !strcmp(words[1], "--open"))
		return try_in_tree(words[2], words[3], 0);
	if (count == 4 && !strcmp(words[1], "--connect"))
		return try_in_tree(words[2], words[3], 1);
	if (count == 3 && !strcmp(words[1], "--control")) {
		own = other = (uint16_t)atoi(words[2]);
		return try_control();
	}
	if (count != 4) {
		fprintf(stderr, "usage: probe PID DOMAIN OTHER | --control OTHER | --open PID PATH | --connect PID PATH\n");
		return 2;
	}
	own = (uint16_t)atoi(words[2]);
	other = (uint16_t)atoi(words[3]);
	handle = (int)syscall(SYS_pidfd_open, atoi(words[1]), 0);
	if (handle < 0) {
		perror("pidfd_open");
		return 2;
	}
	return try_all(words[1], handle);
}
