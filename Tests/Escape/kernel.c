// Large parts of the kernel that a device model has no need of.

#define _GNU_SOURCE
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <sys/fanotify.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int make_map(void)
{
	union bpf_attr attributes = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };

	return TRY(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes)));
}

static int load_program(void)
{
	// It returns 0; of a type that only those load who may trace the kernel.
	struct bpf_insn program[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K }, { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_KPROBE, .insns = (uint64_t)(uintptr_t)program, .insn_cnt = 2,
		.license = (uint64_t)(uintptr_t)"GPL",
	};

	return TRY(syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes)));
}

static int count_events(pid_t process, int processor)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attributes), .config = PERF_COUNT_SW_CPU_CLOCK, .disabled = 1,
		.exclude_kernel = processor < 0,
	};

	return TRY(syscall(SYS_perf_event_open, &attributes, process, processor, -1, PERF_FLAG_FD_CLOEXEC));
}

static int count_own_events(void) { return count_events(0, -1); }
static int count_all_events(void) { return count_events(-1, 0); }
static int count_other_events(void) { return count_events(victim, -1); }

static int ring(void)
{
	struct io_uring_params parameters = { 0 };

	return TRY(syscall(SYS_io_uring_setup, 4, &parameters));
}

static int faults(void) { return TRY(syscall(SYS_userfaultfd, O_CLOEXEC)); }
static int own_faults(void) { return TRY(syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY)); }
static int ask_for_keyring(void) { return TRY(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1)); }
static int add_key(void) { return TRY(syscall(SYS_add_key, "user", "xsm-escape-own", "x", 1, KEY_SPEC_PROCESS_KEYRING)); }
static int watch_host(void) { return TRY(fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY)); }
static int watch_own(void) { return TRY(fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_CLOEXEC, O_RDONLY)); }
static int read_log(void) { char text[64]; return TRY(klogctl(3, text, sizeof(text))); }
static int clear_log(void) { return TRY(klogctl(10, NULL, 0)); }

static int map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}

static int make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return errno;
	return TRY(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int map_memory_code(void)
{
	int file = memfd_create("escape", 0);

	if (file < 0 || ftruncate(file, 4096))
		return errno;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0) == MAP_FAILED ? errno : 0;
}

static int descriptor_table(void) { char room[64]; return TRY(syscall(SYS_modify_ldt, 0, room, sizeof(room))); }

// The calls of 32-bit programs, by which filters for those of 64 bits are passed by.
static int call_as_i386(void)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
	return result > 0 ? 0 : result < 0 ? (int)-result : ESRCH;
}

static int enter_as_i386(void)
{
	int error = in_child(call_as_i386);

	// A kernel without them ends who calls.
	return error == EFAULT ? ENOSYS : error;
}

static int enter_as_x32(void) { return TRY(syscall(0x40000000 | SYS_getpid)); }

const struct attempt kernel_attempts[] = {
	{ "bpf-map", make_map, "make a table for BPF programs" },
	{ "bpf-program", load_program, "load a BPF program that traces the kernel" },
	{ "perf-own", count_own_events, "count events of one's own" },
	{ "perf-all", count_all_events, "count events of the whole machine" },
	{ "perf-other", count_other_events, "count events of a process of another user's" },
	{ "io-uring", ring, "have a ring of io_uring" },
	{ "userfaultfd", faults, "handle page faults, the kernel's as well" },
	{ "userfaultfd-user", own_faults, "handle page faults of one's own" },
	{ "keyctl", ask_for_keyring, "ask for the user's keyring" },
	{ "add-key", add_key, "have the kernel keep a key" },
	{ "fanotify", watch_host, "decide about others' opening of files" },
	{ "fanotify-own", watch_own, "watch files" },
	{ "read-kernel-log", read_log, "read the kernel's log" },
	{ "size-kernel-log", clear_log, "ask for the size of the kernel's log" },
	{ "mmap-exec", map_code, "have memory that is writable and executable" },
	{ "mprotect-exec", make_code, "make memory executable" },
	{ "mmap-memfd-exec", map_memory_code, "have a file in memory that is executable" },
	{ "modify-ldt", descriptor_table, "read the table of segments" },
	{ "call-i386", enter_as_i386, "call the kernel as a 32-bit program" },
	{ "call-x32", enter_as_x32, "call the kernel as an x32 program" },
	{ 0 },
};
