// Answers of the fake daemon, as they are and as a liar makes them: too short, too long, with numbers that mean nothing, and
// with descriptors of other things.
#define _GNU_SOURCE
#include "fake-lies.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t next(struct liar *liar)
{
	uint64_t z = liar->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t below(struct liar *liar, size_t limit)
{
	return next(liar) % limit;
}

static uint64_t odd_number(struct liar *liar)
{
	static const uint64_t numbers[] = { 0, 1, 2, 3, 4, 5, 7, 9, 511, 512, 513, 682, 683, 1023, 1024, 1025, 4095, 4096, 4097,
		0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0xfffff000, 0x7fffffffffffffff, 0x8000000000000000,
		0xfffffffffffff000, 0xffffffffffffffff, 0xffffffffffffffea, 0xfffffffffffff001, 0xffffffffffffefff };
	size_t count = sizeof numbers / sizeof *numbers;
	size_t index = below(liar, count + 1);

	return index < count ? numbers[index] : next(liar);
}

static int odd_descriptor(struct liar *liar)
{
	int pair[2], fd;

	switch (below(liar, 8)) {
	case 0:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 1:
		return open("/", O_RDONLY | O_CLOEXEC);
	case 2:
		return eventfd(1, EFD_CLOEXEC);
	case 3:
		return epoll_create1(EPOLL_CLOEXEC);
	case 4: // an empty memory
		return memfd_create("lie", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	case 5: // one of a page and a bit
		fd = memfd_create("lie", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		return ftruncate(fd, 5000), fd;
	case 6: // the end of a pipe that nobody writes
		if (pipe2(pair, O_CLOEXEC) < 0)
			return -1;
		close(pair[1]);
		return pair[0];
	default: // the end of a pipe that holds something, and blocks
		if (pipe2(pair, O_CLOEXEC) < 0)
			return -1;
		(void)!write(pair[1], "x", 1);
		fcntl(pair[0], F_SETFL, 0);
		close(pair[1]);
		return pair[0];
	}
}

static void spoil_array(struct answer *answer, struct liar *liar)
{
	if (answer->array_size < 8)
		return;
	for (size_t i = 0; i <= below(liar, 4); i++) {
		uint64_t number = odd_number(liar);
		size_t width = below(liar, 2) ? 4 : 8;

		memcpy(answer->array + below(liar, answer->array_size / width) * width, &number, width);
	}
}

static void spoil_descriptors(struct answer *answer, struct liar *liar)
{
	size_t more = below(liar, 4) ? below(liar, 2) : below(liar, 20);

	for (size_t i = 0; i < more; i++)
		answer->descriptors[answer->descriptor_count++] = odd_descriptor(liar);
	if (answer->descriptor_count && below(liar, 2)) {
		unsigned index = (unsigned)below(liar, answer->descriptor_count);

		close(answer->descriptors[index]);
		answer->descriptors[index] = odd_descriptor(liar);
	}
}

static void forget_descriptors(struct answer *answer)
{
	while (answer->descriptor_count)
		close(answer->descriptors[--answer->descriptor_count]);
}

// Makes the answer a lie. Returns the size that it is sent with.
static size_t spoil(struct answer *answer, struct liar *liar)
{
	size_t size = MESSAGE_HEADER + answer->array_size;

	switch (below(liar, 8)) {
	case 0:
		return below(liar, size);
	case 1:
		return size + 1 + below(liar, below(liar, 2) ? 100 : LIE_ARRAY - answer->array_size - 1);
	case 2:
		forget_descriptors(answer);
		break;
	case 3:
		answer->reply.result = (int64_t)odd_number(liar);
		break;
	case 4:
		spoil_array(answer, liar);
		break;
	case 5:
		spoil_descriptors(answer, liar);
		break;
	default:
		for (size_t i = 0; i <= below(liar, 3); i++)
			answer->reply.words[below(liar, 7)] = odd_number(liar);
	}
	return size;
}

// The one lie that the liar tells. Returns the size that the answer is sent with.
static size_t spoil_as_told(struct answer *answer, enum lie lie)
{
	size_t size = MESSAGE_HEADER + answer->array_size;

	switch (lie) {
	case LIE_SHORT:
		return MESSAGE_HEADER - 1;
	case LIE_LONG:
		return size + 1;
	case LIE_EMPTY:
		answer->descriptors[answer->descriptor_count++] = eventfd(0, EFD_CLOEXEC);
		return 0;
	case LIE_DESCRIPTORS_TOO_MANY:
		while (answer->descriptor_count <= DESCRIPTOR_LIMIT)
			answer->descriptors[answer->descriptor_count++] = eventfd(0, EFD_CLOEXEC);
		return size;
	case LIE_CUT:
		return answer->array_size ? size - 1 : size;
	case LIE_NOTHING:
		answer->reply.words[0] = answer->reply.words[6] = 0;
		return MESSAGE_HEADER;
	case LIE_LARGE:
		answer->reply.result = INT64_C(1) << 32;
		return size;
	case LIE_UNANNOUNCED:
		answer->reply.words[1] = 0;
		return size;
	default:
		return size;
	}
}

static bool send_message(int fd, struct answer *answer, size_t size)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * LIE_DESCRIPTORS)];
	} control = { .bytes = { 0 } };
	size_t bytes = answer->descriptor_count * sizeof(int), header = size < MESSAGE_HEADER ? size : MESSAGE_HEADER;
	struct iovec vectors[2] = { { &answer->reply, header }, { answer->array, size - header } };
	struct msghdr message = { .msg_iov = vectors, .msg_iovlen = 2 };

	if (bytes) {
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(bytes);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(bytes);
		memcpy(CMSG_DATA(&control.header), answer->descriptors, bytes);
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL) >= 0;
}

bool send_answer(int fd, struct answer *answer, struct liar *liar)
{
	size_t size = MESSAGE_HEADER + answer->array_size;
	bool open;

	if (liar->only)
		size = spoil_as_told(answer, liar->only);
	else if (liar->state && below(liar, 10) == 0) {
		if (below(liar, 16) == 0) {
			forget_descriptors(answer);
			return false; // no answer at all
		}
		size = spoil(answer, liar);
	}
	open = send_message(fd, answer, size);
	if (liar->state && below(liar, 100) == 0)
		send_message(fd, answer, size); // once more
	forget_descriptors(answer);
	return open;
}
