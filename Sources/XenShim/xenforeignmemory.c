// libxenforeignmemory.so.1: memory of other domains, and resources of the hypervisor
// (Xen 4.17, tools/libs/foreignmemory/include/xenforeignmemory.h).
#define _GNU_SOURCE
#include "connection.h"
#include "log.h"
#include "memory.h"
#include "toolcore.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xenforeignmemory.h>

_Static_assert(sizeof(xen_pfn_t) == sizeof(uint64_t), "frame numbers are sent as they are");

struct xenforeignmemory_handle {
	Xentoolcore__Active_Handle active;
	struct connection connection;
	struct memories memories;
};

struct xenforeignmemory_resource_handle {
	void *address;
	size_t size;
};

// MARK: open and close

static int restrict_handle(Xentoolcore__Active_Handle *active, domid_t domain)
{
	xenforeignmemory_handle *handle = HOLDER_OF(active, xenforeignmemory_handle, active);

	return connection_is_open(&handle->connection) ? xenforeignmemory_restrict(handle, domain) : 0;
}

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger, unsigned open_flags)
{
	xenforeignmemory_handle *handle = calloc(1, sizeof *handle);

	(void)open_flags; // none is defined
	if (!handle)
		return NULL;
	connection_initialise(&handle->connection);
	handle->active.restrict_callback = restrict_handle;
	xentoolcore__register_active_handle(&handle->active);
	if (connection_open(&handle->connection, KIND_FOREIGN_MEMORY) == 0)
		return handle;
	log_unreachable(logger, "xenforeignmemory");
	xenforeignmemory_close(handle);
	return NULL;
}

// What is mapped stays mapped, as with Xen's driver.
int xenforeignmemory_close(xenforeignmemory_handle *handle)
{
	int saved = errno, result;

	if (!handle)
		return 0;
	xentoolcore__deregister_active_handle(&handle->active);
	result = connection_close(&handle->connection);
	memories_close(&handle->memories);
	free(handle);
	errno = saved;
	return result;
}

int xenforeignmemory_restrict(xenforeignmemory_handle *handle, domid_t domain)
{
	return connection_tell(&handle->connection, MEMORY_RESTRICT, domain, 0, 0) < 0 ? -1 : 0;
}

// MARK: mapping

// What the daemon is asked for: executing is reading.
static uint64_t asked_protection(int protection)
{
	uint64_t asked = (uint64_t)protection & (PROT_READ | PROT_WRITE);

	return protection & PROT_EXEC ? asked | PROT_READ : asked;
}

// Maps as many of the frames as one request takes and one reply gives; returns how many that are, or -1 and errno.
static ssize_t map_some(
	xenforeignmemory_handle *handle, uint32_t domain, const xen_pfn_t *frames, const struct placement *placement)
{
	char runs[MESSAGE_ARRAY_LIMIT];
	struct exchange exchange = {
		.request = {
			.type = MEMORY_MAP,
			.words = { domain, asked_protection(placement->protection), placement->asked },
		},
		.array = frames,
		.array_size = placement->asked * sizeof *frames,
		.answer = runs,
		.answer_capacity = sizeof runs,
		.descriptor_limit = DESCRIPTOR_LIMIT,
	};
	ssize_t answered = -1;

	// Until the descriptors are kept, another thread's reply may speak of them.
	connection_lock(&handle->connection);
	if (connection_ask_locked(&handle->connection, &exchange) >= 0)
		answered = memories_place(&handle->memories, &exchange, placement);
	connection_unlock(&handle->connection);
	return answered;
}

// The first error of `count` frames, or 0.
static int first_error(const int *errors, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (errors[i])
			return errors[i];
	return 0;
}

// Maps all frames into an area. With `errors`, a frame's error is told there and the others are mapped.
static int map_all(xenforeignmemory_handle *handle, uint32_t domain, struct placement placement, size_t pages,
	const xen_pfn_t *frames, int *errors)
{
	int batch[FRAMES_PER_REQUEST];
	size_t done = 0;

	placement.errors = batch;
	while (done < pages) {
		ssize_t answered;

		placement.asked = pages - done < FRAMES_PER_REQUEST ? pages - done : FRAMES_PER_REQUEST;
		answered = map_some(handle, domain, frames + done, &placement);
		if (answered < 0)
			return -1;
		if (errors) {
			memcpy(errors + done, batch, (size_t)answered * sizeof *errors);
		} else if (first_error(batch, (size_t)answered)) {
			errno = -first_error(batch, (size_t)answered);
			return -1;
		}
		done += (size_t)answered;
		placement.address += (size_t)answered * PAGE_BYTES;
	}
	return 0;
}

// Errors of frames are negative, as PRIVCMD's mmapbatch writes them and as Xen's library, which negates them, expects.
void *xenforeignmemory_map2(xenforeignmemory_handle *handle, uint32_t domain, void *address, int protection, int flags,
	size_t pages, const xen_pfn_t frames[], int errors[])
{
	struct placement placement = { .protection = protection, .flags = flags };

	if (pages == 0 || (flags & (MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_HUGETLB))) {
		errno = EINVAL;
		return NULL;
	}
	placement.address = reserve_area(address, pages, flags);
	if (!placement.address)
		return NULL;
	if (map_all(handle, domain, placement, pages, frames, errors) == 0)
		return placement.address;
	release_area(placement.address, pages);
	return NULL;
}

void *xenforeignmemory_map(xenforeignmemory_handle *handle, uint32_t domain, int protection, size_t pages,
	const xen_pfn_t frames[], int errors[])
{
	return xenforeignmemory_map2(handle, domain, NULL, protection, 0, pages, frames, errors);
}

int xenforeignmemory_unmap(xenforeignmemory_handle *handle, void *address, size_t pages)
{
	size_t size;

	(void)handle;
	if (__builtin_mul_overflow(pages, (size_t)PAGE_BYTES, &size)) {
		errno = EINVAL;
		return -1;
	}
	return munmap(address, size);
}

// MARK: resources

static void *map_resource(xenforeignmemory_handle *handle, struct exchange *exchange, void *hint, size_t size, int protection)
{
	void *address = NULL;

	if (connection_ask(&handle->connection, exchange) < 0)
		return NULL;
	if (exchange->descriptor_count == 1)
		address = map_whole(hint, 0, exchange->descriptors[0], exchange->reply.words[0], size, protection);
	else
		errno = exchange->descriptors_lost ? EMFILE : EPROTO;
	exchange_close_descriptors(exchange);
	return address;
}

static int resource_frames(xenforeignmemory_handle *handle, domid_t domain, unsigned type, unsigned id, uint64_t *frames)
{
	struct exchange exchange = { .request = { .type = MEMORY_RESOURCE, .words = { domain, type, id } } };

	if (connection_ask(&handle->connection, &exchange) < 0)
		return -1;
	*frames = exchange.reply.words[0];
	return 0;
}

xenforeignmemory_resource_handle *xenforeignmemory_map_resource(xenforeignmemory_handle *handle, domid_t domain, unsigned type,
	unsigned id, unsigned long frame, unsigned long frames, void **address, int protection, int flags)
{
	struct exchange exchange = {
		.request = {
			.type = MEMORY_RESOURCE,
			.words = { domain, type, id, frame, frames, asked_protection(protection) },
		},
		.descriptor_limit = 1,
	};
	xenforeignmemory_resource_handle *resource;

	if (flags & ~(MAP_SHARED | MAP_PRIVATE) || frames == 0) {
		errno = EINVAL;
		return NULL;
	}
	resource = calloc(1, sizeof *resource);
	if (!resource)
		return NULL;
	if (__builtin_mul_overflow(frames, (size_t)PAGE_BYTES, &resource->size))
		errno = ENOMEM;
	else
		resource->address = map_resource(handle, &exchange, *address, resource->size, protection);
	if (!resource->address) {
		free(resource);
		return NULL;
	}
	*address = resource->address;
	return resource;
}

int xenforeignmemory_unmap_resource(xenforeignmemory_handle *handle, xenforeignmemory_resource_handle *resource)
{
	int result;

	(void)handle;
	if (!resource)
		return 0;
	result = munmap(resource->address, resource->size);
	free(resource);
	return result;
}

int xenforeignmemory_resource_size(xenforeignmemory_handle *handle, domid_t domain, unsigned type, unsigned id, size_t *size)
{
	uint64_t frames;

	if (resource_frames(handle, domain, type, id, &frames) < 0)
		return -1;
	if (__builtin_mul_overflow(frames, (uint64_t)PAGE_BYTES, size)) {
		errno = EPROTO;
		return -1;
	}
	return 0;
}
