// Mounts, and namespaces of one's own or of others.

#define _GNU_SOURCE
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *folder(void) { return access(scratch, F_OK) ? "/" : scratch; }

static int mount_files(void)
{
	step_aside();
	return TRY(mount("escape", folder(), "tmpfs", 0, NULL));
}

static int mount_processes(void)
{
	step_aside();
	return TRY(mount("escape", folder(), "proc", 0, NULL));
}

static int mount_bound(void)
{
	step_aside();
	return TRY(mount("/", folder(), NULL, MS_BIND, NULL));
}

static int remount_writable(void)
{
	step_aside();
	return TRY(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
}

static int unmount(void)
{
	step_aside();
	return TRY(umount2(access("/proc/self", F_OK) ? "/" : "/proc", MNT_DETACH));
}

static int pivot(void)
{
	step_aside();
	mount("escape", folder(), "tmpfs", 0, NULL);
	if (chdir(folder()))
		return errno;
	return TRY(syscall(SYS_pivot_root, ".", "."));
}

static int tree_clone(void) { return TRY(syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)); }
static int new_file_system(void) { return TRY(syscall(SYS_fsopen, "tmpfs", 0)); }
static int pick_file_system(void) { return TRY(syscall(SYS_fspick, AT_FDCWD, "/", 0)); }

static int move_a_mount(void)
{
	int tree;

	step_aside();
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE);
	return TRY(syscall(SYS_move_mount, tree < 0 ? AT_FDCWD : tree, tree < 0 ? "/" : "", AT_FDCWD, folder(),
		tree < 0 ? 0 : MOVE_MOUNT_F_EMPTY_PATH));
}

static int change_a_mount(void)
{
	struct mount_attr attributes = { .attr_clr = MOUNT_ATTR_RDONLY };

	step_aside();
	return TRY(syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attributes, sizeof(attributes)));
}

static int unshare_user(void) { return TRY(unshare(CLONE_NEWUSER)); }
static int unshare_mnt(void) { return TRY(unshare(CLONE_NEWNS)); }
static int unshare_pid(void) { return TRY(unshare(CLONE_NEWPID)); }
static int unshare_net(void) { return TRY(unshare(CLONE_NEWNET)); }
static int unshare_ipc(void) { return TRY(unshare(CLONE_NEWIPC)); }
static int unshare_uts(void) { return TRY(unshare(CLONE_NEWUTS)); }
static int unshare_cgroup(void) { return TRY(unshare(CLONE_NEWCGROUP)); }
static int unshare_time(void) { return TRY(unshare(CLONE_NEWTIME)); }

static int clone_into(uint64_t namespaces)
{
	struct clone_args arguments = { .flags = namespaces, .exit_signal = SIGCHLD };
	long child = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (child == 0)
		_exit(0);
	if (child > 0)
		waitpid((pid_t)child, NULL, 0);
	return TRY(child);
}

static int clone_user(void) { return clone_into(CLONE_NEWUSER); }
static int clone_mnt(void) { return clone_into(CLONE_NEWNS); }
static int clone_net(void) { return clone_into(CLONE_NEWNET); }
static int clone_user_and_all(void)
{
	return clone_into(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP);
}

static int enter(int namespace)
{
	int process = (int)syscall(SYS_pidfd_open, victim, 0);

	if (process < 0)
		return errno;
	return TRY(setns(process, namespace));
}

static int enter_user(void) { return enter(CLONE_NEWUSER); }
static int enter_mnt(void) { return enter(CLONE_NEWNS); }
static int enter_pid(void) { return enter(CLONE_NEWPID); }
static int enter_net(void) { return enter(CLONE_NEWNET); }
static int enter_ipc(void) { return enter(CLONE_NEWIPC); }
static int enter_uts(void) { return enter(CLONE_NEWUTS); }
static int enter_cgroup(void) { return enter(CLONE_NEWCGROUP); }

static int enter_by_file(void)
{
	int file = open("/proc/1/ns/net", O_RDONLY);
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)getppid());
	if (file < 0)
		file = open(path, O_RDONLY);
	if (file < 0)
		return errno;
	return TRY(setns(file, 0));
}

const struct attempt namespace_attempts[] = {
	{ "mount", mount_files, "mount a file system" },
	{ "mount-proc", mount_processes, "mount a view of the processes" },
	{ "mount-bind", mount_bound, "bind a folder to another place" },
	{ "remount", remount_writable, "make the root writable" },
	{ "umount", unmount, "take a mount away, to see what lies below it" },
	{ "pivot-root", pivot, "change the root" },
	{ "open-tree", tree_clone, "copy the tree of mounts" },
	{ "fsopen", new_file_system, "begin to make a file system by the new calls" },
	{ "fspick", pick_file_system, "begin to change a mounted file system" },
	{ "move-mount", move_a_mount, "move a mount" },
	{ "mount-setattr", change_a_mount, "take read-only from the root" },
	{ "unshare-user", unshare_user, "become root in a user namespace of one's own" },
	{ "unshare-mnt", unshare_mnt, "have a mount namespace of one's own" },
	{ "unshare-pid", unshare_pid, "have a process namespace of one's own" },
	{ "unshare-net", unshare_net, "have a network namespace of one's own" },
	{ "unshare-ipc", unshare_ipc, "have an IPC namespace of one's own" },
	{ "unshare-uts", unshare_uts, "have a host name namespace of one's own" },
	{ "unshare-cgroup", unshare_cgroup, "have a control group namespace of one's own" },
	{ "unshare-time", unshare_time, "have a clock namespace of one's own" },
	{ "clone3-user", clone_user, "start a child in a user namespace of its own" },
	{ "clone3-mnt", clone_mnt, "start a child in a mount namespace of its own" },
	{ "clone3-net", clone_net, "start a child in a network namespace of its own" },
	{ "clone3-user-all", clone_user_and_all, "start a child that is root in namespaces of its own" },
	{ "setns-user", enter_user, "enter another process's user namespace" },
	{ "setns-mnt", enter_mnt, "enter another process's mount namespace" },
	{ "setns-pid", enter_pid, "enter another process's process namespace" },
	{ "setns-net", enter_net, "enter another process's network namespace" },
	{ "setns-ipc", enter_ipc, "enter another process's IPC namespace" },
	{ "setns-uts", enter_uts, "enter another process's host name namespace" },
	{ "setns-cgroup", enter_cgroup, "enter another process's control group namespace" },
	{ "setns-file", enter_by_file, "enter init's network namespace by its file, or the launcher's" },
	{ 0 },
};
