// Files of the host, and ways out of a tree.

#define _GNU_SOURCE
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int read_shadow(void) { return try_open("/etc/shadow", O_RDONLY); }

static int read_through_init(void)
{
	int error = try_open("/proc/1/root/etc/shadow", O_RDONLY);
	char path[64];

	// Where init is kept from root, the launcher is not.
	snprintf(path, sizeof(path), "/proc/%d/root/etc/shadow", (int)getppid());
	return error ? try_open(path, O_RDONLY) : 0;
}

static int climb_out(void)
{
	int root = open("/", O_PATH | O_DIRECTORY), error;

	if (root < 0)
		return errno;
	if (fchdir(root) || chdir("../../../.."))
		return errno;
	error = try_open("etc/shadow", O_RDONLY);
	close(root);
	return error;
}

static int chroot_break(void)
{
	// Below a new root with a folder kept from outside of it, `..` goes on past the root.
	char folder[] = "/tmp/escape-XXXXXX";
	const char *inner = mkdtemp(folder) ? folder : "/";
	int kept = open("/", O_RDONLY | O_DIRECTORY), error = 0;

	if (kept < 0)
		return errno;
	if (chroot(inner) || fchdir(kept) || chdir("..") || chroot("."))
		error = errno;
	if (inner == folder)
		rmdir(folder);
	return error ? error : try_open("/etc/shadow", O_RDONLY);
}

static int open_by_handle(void)
{
	struct {
		struct file_handle handle;
		unsigned char bytes[MAX_HANDLE_SZ];
	} room = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, root, file;

	// A handle of a file of the tree; those of others on the same disk are guessed as easily.
	if (name_to_handle_at(AT_FDCWD, access(scratch, F_OK) ? "/" : scratch, &room.handle, &mount_id, 0))
		return errno;
	root = open(access(scratch, F_OK) ? "/" : scratch, O_RDONLY | O_DIRECTORY);
	if (root < 0)
		return errno;
	file = open_by_handle_at(root, &room.handle, O_RDONLY);
	return TRY(file);
}

static int write_in(const char *folder)
{
	char path[4096];
	int file, error;

	snprintf(path, sizeof(path), "%s/escape-%d", folder, (int)getpid());
	file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	error = TRY(file);
	if (!error)
		unlink(path);
	return error;
}

static int write_root(void) { return write_in(""); }
static int write_scratch(void) { return write_in(scratch); }

static int write_beside_program(void)
{
	char folder[4096], *slash;

	snprintf(folder, sizeof(folder), "%s", own_path);
	slash = strrchr(folder, '/');
	if (slash)
		*slash = 0;
	return write_in(folder);
}

static int make_node(mode_t kind, dev_t device)
{
	char path[64];
	int error;

	snprintf(path, sizeof(path), "%s/escape-%d", access(scratch, F_OK) ? "" : scratch, (int)getpid());
	error = TRY(mknod(path, kind | 0600, device));
	if (!error)
		unlink(path);
	return error;
}

static int make_disk(void) { return make_node(S_IFBLK, makedev(8, 0)); }
static int make_memory(void) { return make_node(S_IFCHR, makedev(1, 1)); }

static int open_disk(void)
{
	static const char *const disks[] = { "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/xvda" };
	int error = ENOENT;

	for (size_t index = 0; index < 4 && error; index++)
		error = try_open(disks[index], O_RDONLY);
	return error;
}

static int open_kvm(void) { return try_open("/dev/kvm", O_RDWR); }
static int open_memory(void) { return try_open("/dev/mem", O_RDONLY); }
static int open_ports(void) { return try_open("/dev/port", O_RDONLY); }
static int open_log(void) { return try_open("/dev/kmsg", O_WRONLY); }
static int open_tun(void) { return try_open("/dev/net/tun", O_RDWR); }
static int open_fuse(void) { return try_open("/dev/fuse", O_RDWR); }
static int open_privcmd(void) { return try_open("/dev/xen/privcmd", O_RDWR); }
static int open_loop(void) { return try_open("/dev/loop-control", O_RDWR); }
static int open_terminal(void) { return try_open("/dev/tty", O_RDWR); }
// Opened only: what would be written is never written.
static int write_sysfs(void) { return try_open("/sys/kernel/mm/transparent_hugepage/enabled", O_WRONLY); }
static int write_uevent(void) { return try_open("/sys/devices/system/cpu/uevent", O_WRONLY); }
static int write_sysctl(void) { return try_open("/proc/sys/kernel/core_pattern", O_WRONLY); }
static int write_sysrq(void) { return try_open("/proc/sysrq-trigger", O_WRONLY); }
static int read_kernel_memory(void) { return try_open("/proc/kcore", O_RDONLY); }

const struct attempt file_attempts[] = {
	{ "read-shadow", read_shadow, "open /etc/shadow" },
	{ "read-through-init", read_through_init, "open a file of the host's through /proc/1/root, or the launcher's" },
	{ "climb-out", climb_out, "change to ../../../.. of the root and open etc/shadow from there" },
	{ "chroot-break", chroot_break, "chroot into a folder and leave it by a descriptor kept from outside" },
	{ "open-by-handle", open_by_handle, "open a file by its handle, whatever folders lie above it" },
	{ "write-root", write_root, "make a file in the root folder" },
	{ "write-scratch", write_scratch, "make a file in /tmp" },
	{ "write-beside-program", write_beside_program, "make a file in the program's own folder" },
	{ "make-disk", make_disk, "make the device file of a disk" },
	{ "make-memory", make_memory, "make the device file of the machine's memory" },
	{ "open-disk", open_disk, "open the host's disk" },
	{ "open-kvm", open_kvm, "open /dev/kvm" },
	{ "open-memory", open_memory, "open /dev/mem" },
	{ "open-ports", open_ports, "open /dev/port" },
	{ "open-log", open_log, "open /dev/kmsg for writing" },
	{ "open-tun", open_tun, "open /dev/net/tun" },
	{ "open-fuse", open_fuse, "open /dev/fuse" },
	{ "open-privcmd", open_privcmd, "open /dev/xen/privcmd" },
	{ "open-loop", open_loop, "open /dev/loop-control" },
	{ "open-terminal", open_terminal, "open the launcher's terminal by /dev/tty" },
	{ "write-sysfs", write_sysfs, "open a setting in sysfs for writing" },
	{ "write-uevent", write_uevent, "open a device's uevent in sysfs for writing" },
	{ "write-sysctl", write_sysctl, "open the core pattern for writing" },
	{ "write-sysrq", write_sysrq, "open /proc/sysrq-trigger for writing" },
	{ "read-kernel-memory", read_kernel_memory, "open /proc/kcore" },
	{ 0 },
};
