// libxengnttab.so.1, first half: grants of other domains, mapped and copied
// (Xen 4.17, tools/libs/gnttab/include/xengnttab.h).
#define _GNU_SOURCE
#include "connection.h"
#include "grants.h"
#include "log.h"
#include "memory.h"
#include "toolcore.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xengnttab.h>

static const char library[] = "xengnttab";

struct xengntdev_handle {
	Xentoolcore__Active_Handle active;
	xentoollog_logger *logger;
	struct connection connection;
	struct memories memories;
	struct grant_areas areas;
};

// MARK: open and close

static int restrict_handle(Xentoolcore__Active_Handle *active, domid_t domain)
{
	xengnttab_handle *handle = HOLDER_OF(active, xengnttab_handle, active);
	int result = 0;

	(void)domain; // grants are not restricted to a domain: the handle is closed, as Xen's library does
	connection_lock(&handle->connection);
	if (handle->connection.fd >= 0)
		result = connection_nullify_locked(&handle->connection);
	connection_unlock(&handle->connection);
	return result;
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned open_flags)
{
	xengnttab_handle *handle = calloc(1, sizeof *handle);

	(void)open_flags; // none is defined
	if (!handle)
		return NULL;
	handle->logger = logger;
	connection_initialise(&handle->connection);
	pthread_mutex_init(&handle->areas.lock, NULL);
	handle->active.restrict_callback = restrict_handle;
	xentoolcore__register_active_handle(&handle->active);
	if (connection_open(&handle->connection, KIND_GRANT_MAPPING) == 0)
		return handle;
	log_unreachable(logger, library);
	xengnttab_close(handle);
	return NULL;
}

int xengnttab_close(xengnttab_handle *handle)
{
	int saved = errno, result;

	if (!handle)
		return 0;
	xentoolcore__deregister_active_handle(&handle->active);
	// The daemon gives up what is mapped when the connection ends.
	for (struct grant_area *area = handle->areas.first, *next; area; area = next) {
		next = area->next;
		release_area(area->address, area->pages);
		free(area);
	}
	result = connection_close(&handle->connection);
	memories_close(&handle->memories);
	free(handle);
	errno = saved;
	return result;
}

int xengnttab_fd(xengnttab_handle *handle)
{
	return handle->connection.fd;
}

// Linux sets no such limit for a handle any more, and its library passes over that.
int xengnttab_set_max_grants(xengnttab_handle *handle, uint32_t grants)
{
	(void)handle;
	(void)grants;
	return 0;
}

// MARK: mapping

// Maps grants from `placement->address` on and notes the mapping's number; returns how many are mapped, or -1 and errno.
static ssize_t map_some_locked(xengnttab_handle *handle, struct grant_area *area, const struct grant *grants,
	const struct placement *placement)
{
	char runs[MESSAGE_ARRAY_LIMIT];
	struct exchange exchange = {
		.request = {
			.type = GRANT_MAP,
			.words = { placement->asked, (uint64_t)placement->protection & (PROT_READ | PROT_WRITE) },
		},
		.array = grants,
		.array_size = placement->asked * sizeof *grants,
		.answer = runs,
		.answer_capacity = sizeof runs,
		.descriptor_limit = DESCRIPTOR_LIMIT,
	};
	int64_t number = connection_ask_locked(&handle->connection, &exchange);
	ssize_t answered;

	if (number < 0)
		return -1;
	area->numbers[area->count++] = (uint64_t)number;
	answered = memories_place(&handle->memories, &exchange, placement);
	for (ssize_t i = 0; i < answered; i++)
		if (placement->errors[i]) {
			errno = -placement->errors[i];
			return -1;
		}
	return answered;
}

static int map_area(xengnttab_handle *handle, struct grant_area *area, const struct grant *grants, int protection)
{
	int errors[GRANTS_PER_REQUEST];
	uint32_t done = 0;

	while (done < area->pages) {
		struct placement placement = {
			.address = area->address + (size_t)done * PAGE_BYTES,
			.asked = area->pages - done < GRANTS_PER_REQUEST ? area->pages - done : GRANTS_PER_REQUEST,
			.protection = protection,
			.errors = errors,
		};
		ssize_t answered;

		connection_lock(&handle->connection);
		answered = map_some_locked(handle, area, grants + done, &placement);
		connection_unlock(&handle->connection);
		if (answered < 0)
			return -1;
		done += (uint32_t)answered;
	}
	return 0;
}

// What to do when the mapping is given up; all ones are nothing.
struct notification {
	uint32_t byte;
	uint32_t port;
};

static const struct notification no_notification = { UINT32_MAX, UINT32_MAX };

static void *map_grants(xengnttab_handle *handle, const struct grant *grants, uint32_t count, int protection,
	struct notification wish)
{
	// A reply may answer as little as one grant, with a number of its own.
	struct grant_area *area = grant_area_create(count, 1);

	if (!area)
		return NULL;
	if (map_area(handle, area, grants, protection) < 0
		|| grant_area_notify(area, &handle->connection, GRANT_NOTIFY_ON_UNMAP, wish.byte, wish.port) < 0) {
		grant_area_abandon(area, &handle->connection, GRANT_UNMAP);
		return NULL;
	}
	grant_areas_add(&handle->areas, area);
	return area->address;
}

// `stride` is 0 when all references are of one domain.
static void *map_references(xengnttab_handle *handle, uint32_t count, const uint32_t *domains, size_t stride,
	const uint32_t *references, int protection)
{
	struct grant *grants;
	void *address = NULL;

	if (count == 0 || count > GRANT_AREA_LIMIT) {
		errno = EINVAL;
	} else if ((grants = calloc(count, sizeof *grants))) {
		for (uint32_t i = 0; i < count; i++)
			grants[i] = (struct grant){ domains[i * stride], references[i] };
		address = map_grants(handle, grants, count, protection, no_notification);
		free(grants);
	}
	if (!address)
		log_failure(handle->logger, library, "cannot map grants");
	return address;
}

void *xengnttab_map_grant_ref(xengnttab_handle *handle, uint32_t domain, uint32_t reference, int protection)
{
	return map_references(handle, 1, &domain, 0, &reference, protection);
}

void *xengnttab_map_grant_refs(xengnttab_handle *handle, uint32_t count, uint32_t *domains, uint32_t *references, int protection)
{
	return map_references(handle, count, domains, 1, references, protection);
}

void *xengnttab_map_domain_grant_refs(
	xengnttab_handle *handle, uint32_t count, uint32_t domain, uint32_t *references, int protection)
{
	return map_references(handle, count, &domain, 0, references, protection);
}

void *xengnttab_map_grant_ref_notify(xengnttab_handle *handle, uint32_t domain, uint32_t reference, int protection,
	uint32_t notify_offset, evtchn_port_t notify_port)
{
	struct grant grant = { domain, reference };
	void *address = map_grants(handle, &grant, 1, protection, (struct notification){ notify_offset, notify_port });

	if (!address)
		log_failure(handle->logger, library, "cannot map a grant");
	return address;
}

int xengnttab_unmap(xengnttab_handle *handle, void *address, uint32_t count)
{
	struct grant_area *area = grant_areas_take(&handle->areas, address, count);

	return area ? grant_area_destroy(area, &handle->connection, GRANT_UNMAP) : -1;
}

// MARK: copying

// What a grant operation says where the daemon says an errno (xen/include/public/grant_table.h).
static int16_t grant_status(int error)
{
	switch (error) {
	case ESRCH:
		return GNTST_bad_domain;
	case EPERM:
	case EACCES:
		return GNTST_permission_denied;
	case EINVAL:
	case ENOENT:
		return GNTST_bad_gntref;
	case EAGAIN:
		return GNTST_eagain;
	default:
		return GNTST_general_error;
	}
}

// One copy from or to a grant. 1: done, 0: refused with errno, -1: no sound reply, and errno.
static int copy_once(xengnttab_handle *handle, struct exchange *exchange, size_t expected)
{
	int result;

	connection_lock(&handle->connection);
	result = connection_exchange_locked(&handle->connection, exchange);
	if (result == 0 && exchange->reply.result >= 0 && exchange->answer_size != expected)
		result = connection_fail_locked(&handle->connection);
	connection_unlock(&handle->connection);
	if (result < 0)
		return -1;
	errno = exchange->reply.result < 0 ? (int)-exchange->reply.result : 0;
	return exchange->reply.result >= 0;
}

static int copy_from_grant(xengnttab_handle *handle, const union xengnttab_copy_ptr *source, void *bytes, size_t length)
{
	struct exchange exchange = {
		.request = {
			.type = GRANT_COPY_FROM,
			.words = { source->foreign.domid, source->foreign.ref, source->foreign.offset, length },
		},
		.answer = bytes,
		.answer_capacity = length,
	};

	return copy_once(handle, &exchange, length);
}

static int copy_to_grant(xengnttab_handle *handle, const union xengnttab_copy_ptr *target, const void *bytes, size_t length)
{
	struct exchange exchange = {
		.request = {
			.type = GRANT_COPY_TO,
			.words = { target->foreign.domid, target->foreign.ref, target->foreign.offset, length },
		},
		.array = bytes,
		.array_size = length,
	};

	return copy_once(handle, &exchange, 0);
}

// Between two grants the bytes pass through here.
static int copy_segment(xengnttab_handle *handle, xengnttab_grant_copy_segment_t *segment)
{
	char bytes[PAGE_BYTES];
	bool from = segment->flags & GNTCOPY_source_gref, to = segment->flags & GNTCOPY_dest_gref;
	int done;

	if (!to)
		return copy_from_grant(handle, &segment->source, segment->dest.virt, segment->len);
	if (!from)
		return copy_to_grant(handle, &segment->dest, segment->source.virt, segment->len);
	done = copy_from_grant(handle, &segment->source, bytes, segment->len);
	return done == 1 ? copy_to_grant(handle, &segment->dest, bytes, segment->len) : done;
}

// Whether Linux' driver would take the segment: one side at least is a grant, and stays within a page.
static bool is_segment(const xengnttab_grant_copy_segment_t *segment)
{
	bool from = segment->flags & GNTCOPY_source_gref, to = segment->flags & GNTCOPY_dest_gref;

	return (from || to) && segment->len <= PAGE_BYTES
		&& (!from || segment->source.foreign.offset + segment->len <= PAGE_BYTES)
		&& (!to || segment->dest.foreign.offset + segment->len <= PAGE_BYTES);
}

int xengnttab_grant_copy(xengnttab_handle *handle, uint32_t count, xengnttab_grant_copy_segment_t *segments)
{
	for (uint32_t i = 0; i < count; i++) {
		int done;

		if (!is_segment(&segments[i])) {
			errno = EINVAL;
			done = -1;
		} else {
			done = segments[i].len ? copy_segment(handle, &segments[i]) : 1;
		}
		if (done < 0) {
			log_failure(handle->logger, library, "cannot copy grants");
			return -1;
		}
		segments[i].status = done ? GNTST_okay : grant_status(errno);
	}
	return 0;
}

// MARK: dma-buf

// Linux' gntdev without dma-buf does not know these requests.
static int no_dma_buffers(xengnttab_handle *handle)
{
	errno = ENOTTY;
	log_failure(handle->logger, library, "there are no dma-bufs");
	return -1;
}

int xengnttab_dmabuf_exp_from_refs(xengnttab_handle *handle, uint32_t domain, uint32_t flags, uint32_t count,
	const uint32_t *references, uint32_t *fd)
{
	(void)domain, (void)flags, (void)count, (void)references, (void)fd;
	return no_dma_buffers(handle);
}

int xengnttab_dmabuf_exp_wait_released(xengnttab_handle *handle, uint32_t fd, uint32_t milliseconds)
{
	(void)fd, (void)milliseconds;
	return no_dma_buffers(handle);
}

int xengnttab_dmabuf_imp_to_refs(xengnttab_handle *handle, uint32_t domain, uint32_t fd, uint32_t count, uint32_t *references)
{
	(void)domain, (void)fd, (void)count, (void)references;
	return no_dma_buffers(handle);
}

int xengnttab_dmabuf_imp_release(xengnttab_handle *handle, uint32_t fd)
{
	(void)fd;
	return no_dma_buffers(handle);
}
