// The protocol between a client of Xen and the hypervisor daemon, version 2: numbers and shapes of messages.
//
// All numbers are little endian, which this machine's must be. A request is 64 bytes, sometimes with an array behind; so is
// a reply, which may bring descriptors as well. Who calls is a property of the socket and is written in no message.
#pragma once
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the protocol is little endian");

#define DEFAULT_SOCKET "/run/xsm-hypervisor/dom0"
#define HELLO_MAGIC UINT64_C(0x31305059484d5358) // "XSMHYP01"
#define PROTOCOL_VERSION 2

enum {
	PAGE_BYTES = 4096,
	PAGE_SHIFT = 12,
	MESSAGE_HEADER = 64,
	MESSAGE_ARRAY_LIMIT = 16384,
	DESCRIPTOR_LIMIT = 4,
	FRAMES_PER_REQUEST = 1024,
	GRANTS_PER_REQUEST = 512,
};

// What a handle is for, as HELLO says.
enum handle_kind {
	KIND_CALL = 1,
	KIND_EVENT_CHANNELS = 2,
	KIND_FOREIGN_MEMORY = 3,
	KIND_GRANT_MAPPING = 4,
	KIND_GRANT_SHARING = 5,
};

enum request_type {
	REQUEST_DOOR = 1,
	REQUEST_HELLO = 2,

	CALL_ARENA = 3,
	CALL_HYPERCALL = 4,
	CALL_RESTRICT = 5,

	EVENT_BIND_UNBOUND = 16,
	EVENT_BIND_INTERDOMAIN = 17,
	EVENT_BIND_VIRQ = 18,
	EVENT_UNBIND = 19,
	EVENT_NOTIFY = 20,
	EVENT_RESTRICT = 21,

	MEMORY_MAP = 32,
	MEMORY_RESOURCE = 33,
	MEMORY_RESTRICT = 34,

	GRANT_MAP = 48,
	GRANT_UNMAP = 49,
	GRANT_COPY_FROM = 50,
	GRANT_COPY_TO = 51,
	GRANT_NOTIFY_ON_UNMAP = 52,

	SHARE_SHARE = 56,
	SHARE_UNSHARE = 57,
	SHARE_NOTIFY_ON_UNMAP = 58,
};

struct request {
	uint32_t type;
	uint32_t zero;
	uint64_t words[7];
};

struct reply {
	int64_t result; // negative: -errno
	uint64_t words[7];
};

// Frames of a MAP request that were answered alike.
struct run {
	uint32_t start; // index of the first in the request
	uint32_t count;
	int32_t error; // 0, or the errno of each frame
	uint32_t memory; // id of a memory whose descriptor came with this reply or an earlier one
	uint64_t offset; // in bytes in that memory
};

struct grant {
	uint32_t domain;
	uint32_t reference;
};

_Static_assert(sizeof(struct request) == MESSAGE_HEADER, "request");
_Static_assert(sizeof(struct reply) == MESSAGE_HEADER, "reply");
_Static_assert(sizeof(struct run) == 24, "run");
_Static_assert(sizeof(struct grant) == 8, "grant");
