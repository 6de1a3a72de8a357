// Memories of the hypervisor that a connection was given descriptors of, and their runs mapped into a process: what Xen's
// libraries leave to the drivers behind PRIVCMD's mmapbatch and gntdev's mmap.
#define _GNU_SOURCE
#include "memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ERRNO_LIMIT = 4095 };

// Flags that say where an area lies; they are for its reservation alone.
#define PLACEMENT_FLAGS (MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT)

// MARK: descriptors

static struct memory *find_memory(const struct memories *memories, uint32_t id)
{
	for (size_t i = 0; i < memories->count; i++)
		if (memories->entries[i].id == id)
			return &memories->entries[i];
	return NULL;
}

static int add_memory(struct memories *memories, uint32_t id, int fd)
{
	if (memories->count == memories->capacity) {
		size_t capacity = memories->capacity ? memories->capacity * 2 : 4;
		struct memory *entries = realloc(memories->entries, capacity * sizeof *entries);

		if (!entries)
			return -1;
		memories->entries = entries;
		memories->capacity = capacity;
	}
	memories->entries[memories->count++] = (struct memory){ .id = id, .fd = fd };
	return 0;
}

// Keeps the reply's descriptors, which are no more the exchange's. A descriptor that this process had no room for is
// missing from then on: frames of its memory cannot be mapped.
static int keep_descriptors(struct memories *memories, struct exchange *exchange)
{
	uint64_t announced = exchange->reply.words[1];

	if (announced > DESCRIPTOR_LIMIT || exchange->descriptor_count > announced
		|| (exchange->descriptor_count < announced && !exchange->descriptors_lost)) {
		errno = EPROTO;
		return -1;
	}
	while (exchange->descriptor_count > 0) {
		unsigned last = exchange->descriptor_count - 1;
		uint64_t id = exchange->reply.words[2 + last];

		if (id > UINT32_MAX || find_memory(memories, (uint32_t)id)) {
			errno = EPROTO;
			return -1;
		}
		if (add_memory(memories, (uint32_t)id, exchange->descriptors[last]) < 0)
			return -1;
		exchange->descriptor_count--;
	}
	return 0;
}

void memories_close(struct memories *memories)
{
	int saved = errno;

	for (size_t i = 0; i < memories->count; i++)
		close(memories->entries[i].fd);
	free(memories->entries);
	*memories = (struct memories){ .entries = NULL };
	errno = saved;
}

// MARK: areas

static bool reaches(int fd, uint64_t end, uint64_t *size)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return false;
	*size = status.st_size > 0 ? (uint64_t)status.st_size : 0;
	return end <= *size;
}

void *map_whole(void *hint, int flags, int fd, uint64_t offset, uint64_t size, int protection)
{
	uint64_t end, now;
	void *address;

	if (offset % PAGE_BYTES || __builtin_add_overflow(offset, size, &end) || !reaches(fd, end, &now)) {
		errno = EPROTO;
		return NULL;
	}
	address = mmap(hint, size, protection, MAP_SHARED | flags, fd, (off_t)offset);
	return address == MAP_FAILED ? NULL : address;
}

void *reserve_area(void *hint, size_t pages, int flags)
{
	size_t size;
	void *address;

	if (__builtin_mul_overflow(pages, (size_t)PAGE_BYTES, &size)) {
		errno = ENOMEM;
		return NULL;
	}
	flags = (flags & PLACEMENT_FLAGS) | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	address = mmap(hint, size, PROT_NONE, flags, -1, 0);
	return address == MAP_FAILED ? NULL : address;
}

void release_area(void *address, size_t pages)
{
	int saved = errno;

	munmap(address, pages * PAGE_BYTES);
	errno = saved;
}

// MARK: runs

// Maps one run. 0, or the -errno of each of its frames.
static int place_run(const struct memories *memories, const struct run *run, const struct placement *placement)
{
	struct memory *memory = find_memory(memories, run->memory);
	size_t size = (size_t)run->count * PAGE_BYTES;
	int flags = (placement->flags & ~(PLACEMENT_FLAGS | MAP_PRIVATE)) | MAP_SHARED | MAP_FIXED;
	char *address = placement->address + (size_t)run->start * PAGE_BYTES;
	uint64_t end;

	if (run->error)
		return run->error > 0 && run->error <= ERRNO_LIMIT ? -run->error : -EFAULT;
	if (!memory)
		return -EMFILE;
	if (run->offset % PAGE_BYTES || __builtin_add_overflow(run->offset, size, &end))
		return -EFAULT;
	if (end > memory->size && !reaches(memory->fd, end, &memory->size))
		return -EFAULT;
	if (mmap(address, size, placement->protection, flags, memory->fd, (off_t)run->offset) == MAP_FAILED)
		return -errno;
	return 0;
}

static int place_runs(const struct memories *memories, const struct exchange *exchange, const struct placement *placement)
{
	const char *runs = exchange->answer;
	uint64_t answered = exchange->reply.words[6];

	for (uint64_t i = 0; i < exchange->reply.words[0]; i++) {
		struct run run;
		int error;

		memcpy(&run, runs + i * sizeof run, sizeof run);
		if (run.count == 0 || run.start > answered || run.count > answered - run.start) {
			errno = EPROTO;
			return -1;
		}
		error = place_run(memories, &run, placement);
		for (uint32_t frame = 0; frame < run.count; frame++)
			placement->errors[run.start + frame] = error;
	}
	return 0;
}

ssize_t memories_place(struct memories *memories, struct exchange *exchange, const struct placement *placement)
{
	uint64_t answered = exchange->reply.words[6];
	int result = keep_descriptors(memories, exchange);

	exchange_close_descriptors(exchange); // what could not be kept
	if (result < 0)
		return -1;
	if (answered == 0 || answered > placement->asked
		|| exchange->reply.words[0] > MESSAGE_ARRAY_LIMIT / sizeof(struct run)
		|| exchange->answer_size != exchange->reply.words[0] * sizeof(struct run)) {
		errno = EPROTO;
		return -1;
	}
	// A frame of which no run speaks is not mapped.
	for (uint64_t i = 0; i < answered; i++)
		placement->errors[i] = -EFAULT;
	return place_runs(memories, exchange, placement) < 0 ? -1 : (ssize_t)answered;
}
