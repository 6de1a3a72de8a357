#define _GNU_SOURCE
#include "CSandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void rest(void)
{
	struct timespec time = { .tv_nsec = 2000000 };

	nanosleep(&time, NULL);
}

// What has ended is in its group until the kernel has done with it.
static int remove_when_left(int parent, const char *name)
{
	for (int tries = 0; unlinkat(parent, name, AT_REMOVEDIR); tries++) {
		if (errno != EBUSY || tries == 500)
			return -errno;
		rest();
	}
	return 0;
}

// A folder with its lock, which nobody else has.
static int locked(int parent, const char *name)
{
	int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), error;

	if (folder < 0)
		return -errno;
	if (!flock(folder, LOCK_EX | LOCK_NB))
		return folder;
	error = errno;
	close(folder);
	return -error;
}

// Groups of launchers that were killed: nobody has them locked, nor is in them.
static void sweep(int parent, const char *kept)
{
	int copy = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!names) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((entry = readdir(names))) {
		int folder;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' || !strcmp(entry->d_name, kept))
			continue;
		folder = locked(parent, entry->d_name);
		if (folder < 0)
			continue;
		unlinkat(parent, entry->d_name, AT_REMOVEDIR);
		close(folder);
	}
	closedir(names);
}

// Once at a time on a host.
static int make_locked(int parent, const char *name)
{
	int folder, result;

	if (mkdirat(parent, name, 0755)) {
		if (errno != EEXIST)
			return -errno;
		folder = locked(parent, name);
		if (folder < 0)
			return folder;
		result = remove_when_left(parent, name);
		close(folder);
		if (result)
			return result;
		if (mkdirat(parent, name, 0755))
			return -errno;
	}
	return locked(parent, name);
}

int sandbox_make_group(const char *parent, const char *name)
{
	int folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;

	if (folder < 0)
		return -errno;
	while (flock(folder, LOCK_EX))
		if (errno != EINTR) {
			result = -errno;
			close(folder);
			return result;
		}
	sweep(folder, name);
	result = make_locked(folder, name);
	close(folder);
	return result;
}

int sandbox_remove_group(const char *path)
{
	return remove_when_left(AT_FDCWD, path);
}

static int bpf(int command, union bpf_attr *attributes)
{
	long result = syscall(SYS_bpf, command, attributes, sizeof(*attributes));

	return result < 0 ? -errno : (int)result;
}

int sandbox_load_device_program(const uint64_t *instructions, uint32_t count)
{
	union bpf_attr attributes;

	memset(&attributes, 0, sizeof(attributes));
	attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attributes.insns = (uint64_t)(uintptr_t)instructions;
	attributes.insn_cnt = count;
	// It calls nothing for which that would matter.
	attributes.license = (uint64_t)(uintptr_t) "";
	return bpf(BPF_PROG_LOAD, &attributes);
}

int sandbox_attach_device_program(const char *path, int program)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;
	union bpf_attr attributes;

	if (folder < 0)
		return -errno;
	memset(&attributes, 0, sizeof(attributes));
	attributes.target_fd = (uint32_t)folder;
	attributes.attach_bpf_fd = (uint32_t)program;
	attributes.attach_type = BPF_CGROUP_DEVICE;
	result = bpf(BPF_PROG_ATTACH, &attributes);
	close(folder);
	return result;
}

int sandbox_program_tag(int program, uint64_t *tag)
{
	struct bpf_prog_info information;
	union bpf_attr attributes;
	int result;

	memset(&information, 0, sizeof(information));
	memset(&attributes, 0, sizeof(attributes));
	attributes.info.bpf_fd = (uint32_t)program;
	attributes.info.info_len = sizeof(information);
	attributes.info.info = (uint64_t)(uintptr_t)&information;
	result = bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes);
	if (result == 0)
		memcpy(tag, information.tag, sizeof(*tag));
	return result;
}

static int tag_of_number(uint32_t number, uint64_t *tag)
{
	union bpf_attr attributes;
	int program, result;

	memset(&attributes, 0, sizeof(attributes));
	attributes.prog_id = number;
	program = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);
	if (program < 0)
		return program;
	result = sandbox_program_tag(program, tag);
	close(program);
	return result;
}

int sandbox_device_programs(const char *path, uint64_t *tags, uint32_t room)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;
	union bpf_attr attributes;
	uint32_t numbers[64];

	if (folder < 0)
		return -errno;
	memset(&attributes, 0, sizeof(attributes));
	attributes.query.target_fd = (uint32_t)folder;
	attributes.query.attach_type = BPF_CGROUP_DEVICE;
	attributes.query.prog_ids = (uint64_t)(uintptr_t)numbers;
	attributes.query.prog_cnt = room < 64 ? room : 64;
	result = bpf(BPF_PROG_QUERY, &attributes);
	close(folder);
	if (result < 0)
		return result;
	for (uint32_t index = 0; index < attributes.query.prog_cnt; index++) {
		result = tag_of_number(numbers[index], &tags[index]);
		if (result < 0)
			return result;
	}
	return (int)attributes.query.prog_cnt;
}

uint64_t sandbox_device_kind(const char *path)
{
	struct stat status;

	if (stat(path, &status) || !(S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)))
		return 0;
	return status.st_rdev | (S_ISBLK(status.st_mode) ? SANDBOX_BLOCK_DEVICE : 0);
}
