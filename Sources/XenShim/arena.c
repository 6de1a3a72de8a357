// Pages of hypercall buffers, handed out of a memory that the hypervisor sees too: it stands where Xen's library maps
// /dev/xen/hypercall (xencall.h: xencall_alloc_buffer_pages).
//
// First fit over a bitmap. What is known about buffers stands beside the arena, not in it: the hypervisor writes there.
#define _GNU_SOURCE
#include "arena.h"
#include "protocol.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum {
	WORD_BITS = 64,
	// A buffer so large gives its memory back to the system when it is freed.
	LARGE_BUFFER_PAGES = 256,
};

// No hypervisor offers so much: a number beyond is a lie.
#define ARENA_LIMIT (UINT64_C(1) << 36)

// MARK: bits

static bool bit(const uint64_t *bits, size_t index)
{
	return bits[index / WORD_BITS] >> (index % WORD_BITS) & 1;
}

static void set_bits(uint64_t *bits, size_t first, size_t end, bool value)
{
	while (first < end) {
		size_t shift = first % WORD_BITS;
		size_t count = end - first < WORD_BITS - shift ? end - first : WORD_BITS - shift;
		uint64_t mask = (count == WORD_BITS ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1) << shift;

		if (value)
			bits[first / WORD_BITS] |= mask;
		else
			bits[first / WORD_BITS] &= ~mask;
		first += count;
	}
}

// The first index in [index, end) whose bit is `value`, or `end`.
static size_t next_bit(const uint64_t *bits, size_t index, size_t end, bool value)
{
	while (index < end) {
		uint64_t word = (value ? bits[index / WORD_BITS] : ~bits[index / WORD_BITS]) >> (index % WORD_BITS);

		if (word) {
			index += (size_t)__builtin_ctzll(word);
			return index < end ? index : end;
		}
		index = (index / WORD_BITS + 1) * WORD_BITS;
	}
	return end;
}

// MARK: mapping

void arena_initialise(struct arena *arena)
{
	*arena = (struct arena){ .base = NULL };
	pthread_mutex_init(&arena->lock, NULL);
}

// Whether the memory is as large as it is said to be and stays so: a page beyond its end would kill who touches it.
static bool is_sound(int fd, uint64_t size)
{
	struct stat status;
	int seals = fcntl(fd, F_GET_SEALS);

	return size > 0 && size % PAGE_BYTES == 0 && size <= ARENA_LIMIT
		&& fstat(fd, &status) == 0 && status.st_size >= 0 && (uint64_t)status.st_size >= size
		&& seals >= 0 && (seals & F_SEAL_SHRINK);
}

int arena_map(struct arena *arena, int fd, uint64_t size)
{
	size_t words = (size / PAGE_BYTES + WORD_BITS - 1) / WORD_BITS;
	void *base;

	if (!is_sound(fd, size)) {
		errno = EPROTO;
		return -1;
	}
	arena->used = calloc(words, sizeof *arena->used);
	arena->last = calloc(words, sizeof *arena->last);
	base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED || !arena->used || !arena->last) {
		if (base != MAP_FAILED)
			munmap(base, size);
		arena_unmap(arena);
		errno = ENOMEM;
		return -1;
	}
	arena->base = base;
	arena->pages = size / PAGE_BYTES;
	return 0;
}

void arena_unmap(struct arena *arena)
{
	int saved = errno;

	if (arena->base)
		munmap(arena->base, arena->pages * PAGE_BYTES);
	free(arena->used);
	free(arena->last);
	arena->base = NULL;
	arena->used = arena->last = NULL;
	arena->pages = arena->hint = 0;
	errno = saved;
}

// MARK: buffers

// The first of `pages` free pages in a row, or the count of all pages.
static size_t find_room(struct arena *arena, size_t pages)
{
	size_t first = arena->hint = next_bit(arena->used, arena->hint, arena->pages, false);

	while (first < arena->pages && pages <= arena->pages - first) {
		size_t end = next_bit(arena->used, first, first + pages, true);

		if (end == first + pages)
			return first;
		first = next_bit(arena->used, end, arena->pages, false);
	}
	return arena->pages;
}

void *arena_take(struct arena *arena, size_t pages)
{
	size_t first;
	char *buffer;

	if (pages == 0) {
		errno = EINVAL;
		return NULL;
	}
	pthread_mutex_lock(&arena->lock);
	first = find_room(arena, pages);
	if (first < arena->pages) {
		set_bits(arena->used, first, first + pages, true);
		set_bits(arena->last, first + pages - 1, first + pages, true);
	}
	pthread_mutex_unlock(&arena->lock);
	if (first >= arena->pages) {
		errno = ENOMEM;
		return NULL;
	}
	buffer = arena->base + first * PAGE_BYTES;
	memset(buffer, 0, pages * PAGE_BYTES);
	return buffer;
}

// How many pages the buffer from `first` on has: up to its last page.
static size_t buffer_pages(const struct arena *arena, size_t first)
{
	size_t last = next_bit(arena->last, first, arena->pages, true);

	return last < arena->pages && bit(arena->used, first) ? last + 1 - first : 0;
}

static void give_back_locked(struct arena *arena, size_t first, size_t pages)
{
	if (pages == 0)
		pages = buffer_pages(arena, first);
	// Given back twice, or too much: what is not all in use is not the caller's.
	if (pages == 0 || pages > arena->pages - first
		|| next_bit(arena->used, first, first + pages, false) < first + pages)
		return;
	if (pages >= LARGE_BUFFER_PAGES)
		madvise(arena->base + first * PAGE_BYTES, pages * PAGE_BYTES, MADV_REMOVE);
	set_bits(arena->used, first, first + pages, false);
	set_bits(arena->last, first, first + pages, false);
	if (first < arena->hint)
		arena->hint = first;
}

void arena_give_back(struct arena *arena, void *address, size_t pages)
{
	int saved = errno; // buffers are freed before an error of a hypercall is looked at
	uintptr_t distance = (uintptr_t)address - (uintptr_t)arena->base;

	if (address && arena->base && distance % PAGE_BYTES == 0 && distance / PAGE_BYTES < arena->pages) {
		pthread_mutex_lock(&arena->lock);
		give_back_locked(arena, distance / PAGE_BYTES, pages);
		pthread_mutex_unlock(&arena->lock);
	}
	errno = saved;
}
