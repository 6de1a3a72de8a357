// What libxentoolcore offers to the other libraries of Xen, and libxen-dev leaves out: a list of open handles, each of which
// can be restricted to one domain (Xen 4.17, tools/include/xentoolcore_internal.h).
#pragma once
#include <stddef.h>
#include <xentoolcore.h>

typedef struct Xentoolcore__Active_Handle Xentoolcore__Active_Handle;

// The library keeps the list; we only leave the room for its links.
struct Xentoolcore__Active_Handle {
	int (*restrict_callback)(Xentoolcore__Active_Handle *handle, domid_t domain);
	struct {
		Xentoolcore__Active_Handle *next;
		Xentoolcore__Active_Handle **previous;
	} entry;
};

void xentoolcore__register_active_handle(Xentoolcore__Active_Handle *handle);
void xentoolcore__deregister_active_handle(Xentoolcore__Active_Handle *handle);
int xentoolcore__restrict_by_dup2_null(int fd);

// The structure of which `pointer` is the `member`.
#define HOLDER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))
