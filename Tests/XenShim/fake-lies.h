// Answers of the fake daemon, as they are and as a liar makes them.
#pragma once
#include "../../Sources/XenShim/protocol.h"
#include <stdbool.h>
#include <stddef.h>

enum { LIE_ARRAY = 24000, LIE_DESCRIPTORS = 24 };

struct answer {
	struct reply reply;
	_Alignas(8) char array[LIE_ARRAY];
	size_t array_size;
	int descriptors[LIE_DESCRIPTORS];
	unsigned descriptor_count;
};

// Who lies about every tenth answer; with a state of 0, never.
struct liar {
	uint64_t state;
};

// Sends an answer and closes its descriptors; false when the connection is to be closed.
bool send_answer(int fd, struct answer *answer, struct liar *liar);
