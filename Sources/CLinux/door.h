// What the parts of the door share.

#ifndef CLINUX_DOOR_H
#define CLINUX_DOOR_H

#include <stddef.h>

// Closes a descriptor of something that has failed: -errno of that.
int linux_close_failed(int descriptor);

// A file in memory that has these bytes, from its beginning.
int linux_memory_of(const void *bytes, size_t count);

#endif
