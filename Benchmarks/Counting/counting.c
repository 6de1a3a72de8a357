// Counts what code asks of the allocator and of Swift's reference counting, by standing before both: the executable's
// symbols come first, and these call what they hide.
#define _GNU_SOURCE
#include "counting.h"
#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>

static _Thread_local uint64_t allocations, references;

uint64_t counted_allocations(void) { return allocations; }
uint64_t counted_references(void) { return references; }

uint64_t allocated_bytes(void)
{
    struct mallinfo2 information = mallinfo2();
    return information.uordblks + information.hblkhd;
}

extern void *__libc_malloc(size_t size);

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

typedef void *(*object_function)(void *);

#define STAND_BEFORE(name)                                                     \
    void *name(void *object)                                                   \
    {                                                                          \
        static object_function hidden;                                         \
        references++;                                                          \
        if (!hidden) hidden = (object_function)dlsym(RTLD_NEXT, #name);        \
        return hidden(object);                                                 \
    }

STAND_BEFORE(swift_retain)
STAND_BEFORE(swift_release)
STAND_BEFORE(swift_bridgeObjectRetain)
STAND_BEFORE(swift_bridgeObjectRelease)
