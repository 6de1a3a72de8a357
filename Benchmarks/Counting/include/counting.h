#pragma once
#include <stdint.h>

// What this thread has asked for so far: blocks of memory, and changes of reference counts.
uint64_t counted_allocations(void);
uint64_t counted_references(void);

// How many bytes are allocated now.
uint64_t allocated_bytes(void);
