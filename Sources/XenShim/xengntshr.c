// libxengnttab.so.1, second half: pages that are granted to other domains
// (Xen 4.17, tools/libs/gnttab/include/xengnttab.h).
//
// These handles are not registered with xentoolcore, since Xen's are not: restricting leaves them as they are.
#define _GNU_SOURCE
#include "connection.h"
#include "grants.h"
#include "log.h"
#include "memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xengnttab.h>

static const char library[] = "xengntshr";

// The header has one structure's name for handles of both halves; no caller sees inside, and each half has its own.
struct xengntdev_handle {
	xentoollog_logger *logger;
	struct connection connection;
	struct grant_areas areas;
};

// MARK: open and close

xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger, unsigned open_flags)
{
	xengntshr_handle *handle = calloc(1, sizeof *handle);

	(void)open_flags; // none is defined
	if (!handle)
		return NULL;
	handle->logger = logger;
	connection_initialise(&handle->connection);
	pthread_mutex_init(&handle->areas.lock, NULL);
	if (connection_open(&handle->connection, KIND_GRANT_SHARING) == 0)
		return handle;
	log_unreachable(logger, library);
	xengntshr_close(handle);
	return NULL;
}

// What is shared is taken back by the daemon; the pages stay in this process, as with Linux' driver.
int xengntshr_close(xengntshr_handle *handle)
{
	int saved = errno, result;

	if (!handle)
		return 0;
	for (struct grant_area *area = handle->areas.first, *next; area; area = next) {
		next = area->next;
		free(area);
	}
	result = connection_close(&handle->connection);
	free(handle);
	errno = saved;
	return result;
}

int xengntshr_fd(xengntshr_handle *handle)
{
	return handle->connection.fd;
}

// MARK: sharing

// Shares some pages and maps them at `address`; their references are written. 0, or -1 and errno.
static int share_some_locked(xengntshr_handle *handle, struct grant_area *area, struct exchange *exchange, char *address)
{
	uint64_t pages = exchange->request.words[1];
	int64_t number = connection_ask_locked(&handle->connection, exchange);
	void *mapped = NULL;

	if (number < 0)
		return -1;
	area->numbers[area->count++] = (uint64_t)number;
	if (exchange->descriptor_count == 0 && exchange->descriptors_lost)
		errno = EMFILE;
	else if (exchange->descriptor_count != 1 || exchange->answer_size != pages * sizeof(uint32_t))
		errno = EPROTO;
	else
		mapped = map_whole(
			address, MAP_FIXED, exchange->descriptors[0], 0, pages * PAGE_BYTES, PROT_READ | PROT_WRITE);
	exchange_close_descriptors(exchange);
	return mapped ? 0 : -1;
}

static int share_area(
	xengntshr_handle *handle, struct grant_area *area, uint32_t domain, uint32_t *references, bool writable)
{
	for (uint32_t done = 0; done < area->pages; done += GRANTS_PER_REQUEST) {
		uint32_t pages = area->pages - done < GRANTS_PER_REQUEST ? area->pages - done : GRANTS_PER_REQUEST;
		struct exchange exchange = {
			.request = { .type = SHARE_SHARE, .words = { domain, pages, writable } },
			.answer = references + done,
			.answer_capacity = pages * sizeof *references,
			.descriptor_limit = 1,
		};
		int result;

		connection_lock(&handle->connection);
		result = share_some_locked(handle, area, &exchange, area->address + (size_t)done * PAGE_BYTES);
		connection_unlock(&handle->connection);
		if (result < 0)
			return -1;
	}
	return 0;
}

static void *share_pages(xengntshr_handle *handle, uint32_t domain, int count, uint32_t *references, bool writable,
	uint32_t notify_offset, evtchn_port_t notify_port)
{
	struct grant_area *area = grant_area_create(count > 0 ? (uint32_t)count : 0, GRANTS_PER_REQUEST);

	if (area
		&& (share_area(handle, area, domain, references, writable) < 0
			|| grant_area_notify(area, &handle->connection, SHARE_NOTIFY_ON_UNMAP, notify_offset, notify_port) < 0)) {
		grant_area_abandon(area, &handle->connection, SHARE_UNSHARE);
		area = NULL;
	}
	if (!area) {
		log_failure(handle->logger, library, "cannot share pages");
		return NULL;
	}
	grant_areas_add(&handle->areas, area);
	return area->address;
}

void *xengntshr_share_pages(xengntshr_handle *handle, uint32_t domain, int count, uint32_t *references, int writable)
{
	return share_pages(handle, domain, count, references, writable, UINT32_MAX, UINT32_MAX);
}

void *xengntshr_share_page_notify(xengntshr_handle *handle, uint32_t domain, uint32_t *reference, int writable,
	uint32_t notify_offset, evtchn_port_t notify_port)
{
	return share_pages(handle, domain, 1, reference, writable, notify_offset, notify_port);
}

int xengntshr_unshare(xengntshr_handle *handle, void *address, uint32_t count)
{
	struct grant_area *area = grant_areas_take(&handle->areas, address, count);

	return area ? grant_area_destroy(area, &handle->connection, SHARE_UNSHARE) : -1;
}
