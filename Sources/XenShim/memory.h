// Memories of the hypervisor that a connection was given descriptors of, and their runs mapped into a process.
#pragma once
#include "connection.h"
#include <sys/types.h>

struct memory {
	uint32_t id;
	int fd;
	uint64_t size; // when it was last looked at
};

// All under the lock of the connection on which the memories were named.
struct memories {
	struct memory *entries;
	size_t count, capacity;
};

// Where the frames of one reply go.
struct placement {
	char *address; // of the first frame asked for, in an area that is the caller's
	size_t asked; // frames
	int protection;
	int flags; // further ones for mmap
	int *errors; // of each frame asked for: gets 0 or -errno of those answered
};

// Keeps a reply's descriptors and maps its runs. Returns how many frames are answered, from the first; -1 and errno when the
// reply makes no sense.
ssize_t memories_place(struct memories *memories, struct exchange *exchange, const struct placement *placement);

void memories_close(struct memories *memories);

// Takes `pages` of address space where nothing is accessible yet. NULL and errno when there are none.
void *reserve_area(void *hint, size_t pages, int flags);

// Gives an area back; errno is kept.
void release_area(void *address, size_t pages);

// Maps `size` bytes of a memory, unless it ends before: touching what is beyond its end would kill. NULL and errno.
void *map_whole(void *hint, int flags, int fd, uint64_t offset, uint64_t size, int protection);
