// What the fake daemon and the checks that ask it have agreed on.
#pragma once

enum {
	FAKE_DOMAIN = 5, // the one that has memory and grants
	FAKE_PROCESSOR_PORT = 4001, // a processor waits there, and answers at once
	FAKE_LOW_FRAMES = 64, // frames 0...63 are one memory
	FAKE_HIGH_FIRST = 1000, // these 2,048 are another
	FAKE_HIGH_FRAMES = 2048,
	FAKE_HOLE = 13, // EINVAL
	FAKE_OTHER_HOLE = 14, // ENOENT
	FAKE_RESOURCE_FRAMES = 3,
	FAKE_READ_ONLY_GRANT = 20,
	FAKE_SHARED_FIRST = 5000, // references of shared pages begin here
	FAKE_ARENA = 32 << 20,
};

// Frames that are answered by a lie: the lower half is the error, or the offset in the low memory.
#define FAKE_ERROR_FRAME(error) (UINT64_C(0xe) << 32 | (uint32_t)(error))
#define FAKE_OFFSET_FRAME(offset) (UINT64_C(0xf) << 32 | (uint32_t)(offset))
// At the very end of all offsets.
#define FAKE_LAST_OFFSET_FRAME (UINT64_C(0x10) << 32)

// Hypercalls that Xen does not have.
enum {
	FAKE_SUM = 1000, // of the five arguments
	FAKE_FILL = 1001, // address, size, byte
	FAKE_DIE = 1002, // the daemon ends without a reply
	FAKE_SLEEP = 1003, // microseconds, result
	FAKE_COUNTER = 1004, // which
	FAKE_FAIL = 1005, // result
};

// What the daemon counts, over all connections.
enum {
	COUNT_RESTRICTED_CALLS,
	COUNT_RESTRICTED_EVENTS,
	COUNT_RESTRICTED_MEMORY,
	COUNT_MAPPINGS, // grants' that are held now
	COUNT_SHARES, // that are held now
	COUNT_NOTIFIED, // how often a mapping's or share's notification was sent
	COUNT_NOTIFIED_PORT, // the last one's port
	COUNT_MEMORY_DESCRIPTORS, // sent with MAP
	COUNT_DM_OPS,
	COUNTERS,
};
