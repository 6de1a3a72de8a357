// What root may do.

#define _GNU_SOURCE
#include "escape.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static int become_root(void) { return TRY(setuid(0)); }
static int become_root_all(void) { return TRY(setresuid(0, 0, 0)); }
static int become_root_files(void)
{
	// It does not say whether it did: it tells who one was.
	setfsuid(0);
	return setfsuid((uid_t)-1) == 0 ? 0 : EPERM;
}
static int become_root_group(void) { return TRY(setgid(0)); }
static int join_group(void) { const gid_t group = 0; return TRY(setgroups(1, &group)); }

static int own_by_root(void)
{
	int file = memfd_create("escape", 0);

	if (file < 0)
		return errno;
	return TRY(fchown(file, geteuid() == 0 ? 1234 : 0, (gid_t)-1));
}

static int change_root(void) { return TRY(chroot("/")); }

// To what they are, or to nothing that there is: what comes through changes nothing.
static int set_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return TRY(clock_settime(CLOCK_REALTIME, &now));
}

static int tune_clock(void)
{
	struct timex clock = { 0 };

	if (adjtimex(&clock) < 0)
		return errno;
	clock.modes = ADJ_FREQUENCY;
	return TRY(adjtimex(&clock));
}

static int set_host_name(void)
{
	char name[65];

	if (gethostname(name, sizeof(name)))
		return errno;
	for (size_t length = 0;; length++)
		if (!name[length])
			return TRY(sethostname(name, length));
}

// Calls that look at their arguments only after asking who calls.
static int reached(int error, int wrong) { return error == wrong ? 0 : error; }

static int load_kernel(void) { return TRY(syscall(SYS_kexec_load, 0, 0, NULL, 0)); }
static int load_module(void) { return reached(TRY(syscall(SYS_init_module, "escape", 6, "")), ENOEXEC); }
static int unload_module(void) { return reached(TRY(syscall(SYS_delete_module, "xsm-escape", 0)), ENOENT); }

static int load_module_file(void)
{
	int file = memfd_create("escape", 0), error;

	if (file < 0 || write(file, "escape", 6) != 6)
		return errno;
	error = TRY(syscall(SYS_finit_module, file, "", 0));
	return error == ETXTBSY || error == EBADF ? 0 : reached(error, ENOEXEC);
}

static int restart(void)
{
	int error = TRY(syscall(SYS_reboot, 0xfee1dead, 0x28121969, 0x5853, NULL));

	return reached(error, EINVAL);
}
static int swap_on(void) { return reached(TRY(swapon("/nonexistent", 0)), ENOENT); }
static int account(void) { return reached(TRY(acct("/nonexistent")), ENOENT); }
static int use_port(void) { return TRY(ioperm(0x80, 1, 1)); }
static int use_ports(void) { return TRY(iopl(3)); }

static int change_secure_bits(void) { return TRY(prctl(PR_SET_SECUREBITS, 0, 0, 0, 0)); }

static int raise_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return errno;
	for (int half = 0; half < 2; half++)
		data[half].permitted = data[half].effective = data[half].permitted | (half ? 0 : 1 << CAP_DAC_OVERRIDE);
	return TRY(syscall(SYS_capset, &header, data));
}

static int raise_inherited(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return errno;
	data[0].inheritable |= 1 << CAP_DAC_OVERRIDE;
	return TRY(syscall(SYS_capset, &header, data));
}

static int in_bounding_set(void) { return prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1 ? 0 : EPERM; }
static int may_gain(void) { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 ? 0 : EPERM; }

static int before_others(void) { return TRY(setpriority(PRIO_PROCESS, 0, -20)); }

static int realtime(void)
{
	const struct sched_param parameters = { .sched_priority = 1 };

	return TRY(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters));
}

static int disk_before_others(void) { return TRY(syscall(SYS_ioprio_set, 1, 0, 1 << 13)); }

static int executable_reads(void) { return TRY(personality(READ_IMPLIES_EXEC)); }

const struct attempt privilege_attempts[] = {
	{ "setuid", become_root, "become root" },
	{ "setresuid", become_root_all, "become root by all three ids" },
	{ "setfsuid", become_root_files, "be root to files" },
	{ "setgid", become_root_group, "join root's group" },
	{ "setgroups", join_group, "have root's group besides one's own" },
	{ "chown", own_by_root, "give a file of one's own to another" },
	{ "chroot", change_root, "change the root folder" },
	{ "set-clock", set_clock, "set the clock, to what it is" },
	{ "tune-clock", tune_clock, "set the clock's speed, to what it is" },
	{ "sethostname", set_host_name, "set the host's name, to what it is" },
	{ "kexec", load_kernel, "load another kernel, of no parts" },
	{ "init-module", load_module, "load a module that is none" },
	{ "finit-module", load_module_file, "load a module from a file that is none" },
	{ "delete-module", unload_module, "unload a module that there is not" },
	{ "reboot", restart, "restart the machine, in a way that there is not" },
	{ "swapon", swap_on, "swap to a file that there is not" },
	{ "acct", account, "account to a file that there is not" },
	{ "ioperm", use_port, "use a port of the machine" },
	{ "iopl", use_ports, "use all ports of the machine" },
	{ "securebits", change_secure_bits, "have root be root again" },
	{ "capset", raise_capabilities, "permit oneself a capability" },
	{ "capset-inheritable", raise_inherited, "leave a capability to programs that one runs" },
	{ "bounding-set", in_bounding_set, "find a capability left that a program could give" },
	{ "new-privileges", may_gain, "find that programs may give privileges" },
	{ "nice", before_others, "take priority -20" },
	{ "realtime", realtime, "run before everything else" },
	{ "ioprio", disk_before_others, "have the disk before everything else" },
	{ "personality", executable_reads, "have all that is readable be executable" },
	{ 0 },
};
