// Pages of hypercall buffers, handed out of a memory that the hypervisor sees too.
#pragma once
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct arena {
	char *base; // NULL: not mapped
	size_t pages;
	uint64_t *used; // a bit for each page
	uint64_t *last; // a bit for the last page of each buffer
	size_t hint; // every page before is used
	pthread_mutex_t lock;
};

void arena_initialise(struct arena *arena);

// Maps `size` bytes of the memory `fd`. 0, or -1 and errno.
int arena_map(struct arena *arena, int fd, uint64_t size);

// Unmaps it; whoever still holds buffers has none. Takes no lock, as connection_close.
void arena_unmap(struct arena *arena);

// The first room that is large enough, zeroed, or NULL and ENOMEM.
void *arena_take(struct arena *arena, size_t pages);

// Gives `pages` back, or with 0 the whole buffer that begins at `address`. What is no buffer of the arena is left alone.
void arena_give_back(struct arena *arena, void *address, size_t pages);
