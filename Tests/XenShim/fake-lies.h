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

// One lie that is told again and again.
enum lie {
	LIE_NONE,
	LIE_SHORT, // a byte is missing
	LIE_LONG, // a byte too much
	LIE_EMPTY, // no byte, and a descriptor
	LIE_DESCRIPTORS_TOO_MANY,
	LIE_CUT, // the end of the array is missing
	LIE_NOTHING, // none of the frames is answered
	LIE_LARGE, // a result beyond 32 bits
	LIE_UNANNOUNCED, // descriptors that a reply of MAP does not speak of
};

// Who tells one lie, or lies at random about every tenth answer; with a state of 0, never.
struct liar {
	enum lie only;
	uint64_t state;
};

// Sends an answer and closes its descriptors; false when the connection is to be closed.
bool send_answer(int fd, struct answer *answer, struct liar *liar);
