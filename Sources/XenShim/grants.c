// Areas that were made of grants: found again by their address, with the numbers under which the daemon knows them. Linux'
// gntdev finds them by address as well (its GET_OFFSET_FOR_VADDR), and refuses another count of pages than was mapped.
#define _GNU_SOURCE
#include "grants.h"
#include "memory.h"
#include <errno.h>
#include <stdlib.h>

struct grant_area *grant_area_create(uint32_t pages, uint32_t pages_per_number)
{
	size_t numbers = (pages + pages_per_number - 1) / pages_per_number;
	struct grant_area *area;

	if (pages == 0 || pages > GRANT_AREA_LIMIT) {
		errno = EINVAL;
		return NULL;
	}
	area = calloc(1, sizeof *area + numbers * sizeof area->numbers[0]);
	if (!area)
		return NULL;
	area->pages = pages;
	area->address = reserve_area(NULL, pages, 0);
	if (!area->address) {
		free(area);
		return NULL;
	}
	return area;
}

int grant_area_destroy(struct grant_area *area, struct connection *connection, enum request_type type)
{
	int failure = 0;

	// First nothing is mapped any more, then the other side is told: it may rely on it.
	release_area(area->address, area->pages);
	for (uint32_t i = 0; i < area->count; i++)
		if (connection_tell(connection, type, area->numbers[i], 0, 0) < 0 && !failure)
			failure = errno;
	free(area);
	if (!failure)
		return 0;
	errno = failure;
	return -1;
}

void grant_area_abandon(struct grant_area *area, struct connection *connection, enum request_type type)
{
	int saved = errno;

	grant_area_destroy(area, connection, type);
	errno = saved;
}

int grant_area_notify(const struct grant_area *area, struct connection *connection, enum request_type type, uint32_t byte,
	uint32_t port)
{
	// As the real library has it: a byte beyond the area is none.
	uint64_t cleared = byte < (uint64_t)area->pages * PAGE_BYTES ? byte : UINT64_MAX;
	uint64_t notified = port == UINT32_MAX ? UINT64_MAX : port;

	if (cleared == UINT64_MAX && notified == UINT64_MAX)
		return 0;
	return connection_tell(connection, type, area->numbers[0], cleared, notified) < 0 ? -1 : 0;
}

void grant_areas_add(struct grant_areas *areas, struct grant_area *area)
{
	pthread_mutex_lock(&areas->lock);
	area->next = areas->first;
	areas->first = area;
	pthread_mutex_unlock(&areas->lock);
}

struct grant_area *grant_areas_take(struct grant_areas *areas, const void *address, uint32_t pages)
{
	struct grant_area *found;

	pthread_mutex_lock(&areas->lock);
	for (struct grant_area **link = &areas->first; (found = *link); link = &found->next) {
		if (found->address != address)
			continue;
		if (found->pages == pages)
			*link = found->next;
		else
			found = NULL;
		break;
	}
	pthread_mutex_unlock(&areas->lock);
	if (!found)
		errno = EINVAL;
	return found;
}
