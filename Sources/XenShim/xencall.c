// libxencall.so.1: hypercalls and their buffers (Xen 4.17, tools/libs/call/include/xencall.h).
#define _GNU_SOURCE
#include "arena.h"
#include "connection.h"
#include "log.h"
#include "toolcore.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xencall.h>

static const char library[] = "xencall";

struct xencall_handle {
	Xentoolcore__Active_Handle active;
	xentoollog_logger *logger;
	struct connection connection;
	struct arena arena;
	bool of_device_model; // opened by libxendevicemodel
};

// Restricting closes the handle, as Xen's library does. But a handle of libxendevicemodel's stands for a device of its own
// that Xen's restricts instead of closing (PRIVCMD's restrict, after which dm_op goes on for one domain): that one stays
// open, and it is the daemon that lets nothing else through. When it does not say so, the handle is closed like any other.
static int restrict_handle(Xentoolcore__Active_Handle *active, domid_t domain)
{
	xencall_handle *handle = HOLDER_OF(active, xencall_handle, active);
	struct exchange exchange = { .request = { .type = CALL_RESTRICT, .words = { domain } } };
	int result = 0;

	connection_lock(&handle->connection);
	if (handle->connection.fd >= 0) {
		int64_t told = connection_ask_locked(&handle->connection, &exchange);

		if (told < 0 || !handle->of_device_model)
			result = connection_nullify_locked(&handle->connection);
	}
	connection_unlock(&handle->connection);
	return result;
}

static bool is_device_model(const void *caller)
{
	Dl_info information;

	return dladdr(caller, &information) && information.dli_fname && strstr(information.dli_fname, "libxendevicemodel");
}

static int open_arena_locked(xencall_handle *handle, const struct exchange *hello)
{
	struct exchange exchange = { .request = { .type = CALL_ARENA } };

	if (hello->descriptor_count != 1) {
		errno = hello->descriptors_lost ? EMFILE : EPROTO;
		return -1;
	}
	if (arena_map(&handle->arena, hello->descriptors[0], hello->reply.words[1]) < 0)
		return -1;
	exchange.request.words[0] = (uintptr_t)handle->arena.base;
	return connection_ask_locked(&handle->connection, &exchange) < 0 ? -1 : 0;
}

static int open_handle(xencall_handle *handle)
{
	struct exchange hello = { .descriptor_limit = 1 };
	int result;

	connection_lock(&handle->connection);
	result = connection_open_locked(&handle->connection, KIND_CALL, &hello);
	if (result == 0)
		result = open_arena_locked(handle, &hello);
	exchange_close_descriptors(&hello);
	connection_unlock(&handle->connection);
	return result;
}

xencall_handle *xencall_open(xentoollog_logger *logger, unsigned open_flags)
{
	xencall_handle *handle = calloc(1, sizeof *handle);

	(void)open_flags; // non-reentrant callers lose nothing by a lock
	if (!handle)
		return NULL;
	handle->logger = logger;
	handle->of_device_model = is_device_model(__builtin_return_address(0));
	connection_initialise(&handle->connection);
	arena_initialise(&handle->arena);
	handle->active.restrict_callback = restrict_handle;
	xentoolcore__register_active_handle(&handle->active);
	if (open_handle(handle) == 0)
		return handle;
	log_unreachable(logger, library);
	xencall_close(handle);
	return NULL;
}

int xencall_close(xencall_handle *handle)
{
	int saved = errno, result;

	if (!handle)
		return 0;
	xentoolcore__deregister_active_handle(&handle->active);
	result = connection_close(&handle->connection);
	arena_unmap(&handle->arena);
	free(handle);
	errno = saved;
	return result;
}

int xencall_fd(xencall_handle *handle)
{
	return handle->connection.fd;
}

// MARK: hypercalls

static long hypercall(xencall_handle *handle, const uint64_t call[6])
{
	struct exchange exchange = { .request = { .type = CALL_HYPERCALL } };

	memcpy(exchange.request.words, call, 6 * sizeof *call);
	return connection_ask(&handle->connection, &exchange);
}

int xencall0(xencall_handle *handle, unsigned op)
{
	return (int)hypercall(handle, (uint64_t[6]){ op });
}

int xencall1(xencall_handle *handle, unsigned op, uint64_t arg1)
{
	return (int)hypercall(handle, (uint64_t[6]){ op, arg1 });
}

int xencall2(xencall_handle *handle, unsigned op, uint64_t arg1, uint64_t arg2)
{
	return (int)hypercall(handle, (uint64_t[6]){ op, arg1, arg2 });
}

long xencall2L(xencall_handle *handle, unsigned op, uint64_t arg1, uint64_t arg2)
{
	return hypercall(handle, (uint64_t[6]){ op, arg1, arg2 });
}

int xencall3(xencall_handle *handle, unsigned op, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	return (int)hypercall(handle, (uint64_t[6]){ op, arg1, arg2, arg3 });
}

int xencall4(xencall_handle *handle, unsigned op, uint64_t arg1, uint64_t arg2, uint64_t arg3, uint64_t arg4)
{
	return (int)hypercall(handle, (uint64_t[6]){ op, arg1, arg2, arg3, arg4 });
}

int xencall5(xencall_handle *handle, unsigned op, uint64_t arg1, uint64_t arg2, uint64_t arg3, uint64_t arg4, uint64_t arg5)
{
	return (int)hypercall(handle, (uint64_t[6]){ op, arg1, arg2, arg3, arg4, arg5 });
}

// MARK: buffers

void *xencall_alloc_buffer_pages(xencall_handle *handle, size_t pages)
{
	void *buffer = arena_take(&handle->arena, pages);

	if (!buffer)
		log_failure(handle->logger, library, "no room for a hypercall buffer");
	return buffer;
}

void xencall_free_buffer_pages(xencall_handle *handle, void *buffer, size_t pages)
{
	if (pages > 0)
		arena_give_back(&handle->arena, buffer, pages);
}

void *xencall_alloc_buffer(xencall_handle *handle, size_t size)
{
	// Nothing is a page too, as with malloc: the caller frees it.
	size_t pages = size / PAGE_BYTES + (size % PAGE_BYTES || size == 0);

	return xencall_alloc_buffer_pages(handle, pages);
}

void xencall_free_buffer(xencall_handle *handle, void *buffer)
{
	arena_give_back(&handle->arena, buffer, 0);
}

// The hypervisor holds the arena itself and never faults on it.
int xencall_buffers_never_fault(xencall_handle *handle)
{
	(void)handle;
	return 1;
}
