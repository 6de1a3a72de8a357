// Areas that were made of grants: found again by their address, with the numbers under which the daemon knows them.
#pragma once
#include "connection.h"

// One area, and a number of the daemon's for each request that it took.
struct grant_area {
	struct grant_area *next;
	char *address;
	uint32_t pages;
	uint32_t count; // of numbers
	uint64_t numbers[];
};

struct grant_areas {
	pthread_mutex_t lock;
	struct grant_area *first;
};

// The most pages of one area, as Linux' gntdev has it by default.
enum { GRANT_AREA_LIMIT = 65536 };

// Reserves an area for `pages`, of which no request takes fewer than `pages_per_number` except the last. NULL and errno.
struct grant_area *grant_area_create(uint32_t pages, uint32_t pages_per_number);

// Unmaps the area, tells the daemon with `type` that each number is given up, and frees it. 0, or -1 and the first errno.
int grant_area_destroy(struct grant_area *area, struct connection *connection, enum request_type type);

// The same for what was not handed to a caller yet: errno is kept.
void grant_area_abandon(struct grant_area *area, struct connection *connection, enum request_type type);

// Asks that a byte is cleared and a port is notified when the area is given up; all ones are none. The byte lies in the first
// number's pages. 0, or -1 and errno.
int grant_area_notify(const struct grant_area *area, struct connection *connection, enum request_type type, uint32_t byte,
	uint32_t port);

void grant_areas_add(struct grant_areas *areas, struct grant_area *area);

// Takes the area out that begins at `address` and has `pages`. NULL and EINVAL: there is none.
struct grant_area *grant_areas_take(struct grant_areas *areas, const void *address, uint32_t pages);
