// What the fake daemon has of memory, grants and shared pages.
#define _GNU_SOURCE
#include "fake-state.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LOW_MEMORY = 7, HIGH_MEMORY = 9, FIRST_SHARED_MEMORY = 100 };

struct mapping {
	struct client *owner;
	char *byte; // what a notification clears
	uint64_t notify_port;
	bool notifies;
	char *page;
};

struct share {
	struct client *owner;
	int fd;
	char *pages;
	uint32_t first, count;
	bool writable;
	struct mapping notification;
};

static struct mapping mappings[MAPPINGS];
static struct share shares[SHARES];
static uint32_t next_reference = FAKE_SHARED_FIRST;
static int low_memory, high_memory, resource_memory;
static char *low, *high;

bool attaches_again;

void prepare_memory(void)
{
	char *resource;

	low_memory = memory_of(FAKE_LOW_FRAMES, &low);
	high_memory = memory_of(FAKE_HIGH_FRAMES, &high);
	resource_memory = memory_of(FAKE_RESOURCE_FRAMES, &resource);
	for (uint64_t i = 0; i < FAKE_LOW_FRAMES; i++)
		memcpy(low + i * PAGE_BYTES, &i, sizeof i);
	for (uint64_t i = 0, frame = FAKE_HIGH_FIRST; i < FAKE_HIGH_FRAMES; i++, frame++)
		memcpy(high + i * PAGE_BYTES, &frame, sizeof frame);
}

// MARK: memory

struct page {
	uint32_t memory;
	uint64_t offset;
	int error;
	int fd;
	bool *sent;
	char *here;
};

static struct page low_page(struct client *client, uint64_t index)
{
	uint64_t offset = index * PAGE_BYTES;

	return (struct page){ LOW_MEMORY, offset, 0, low_memory, &client->sent_low, low + offset };
}

static struct page high_page(struct client *client, uint64_t index)
{
	uint64_t offset = index * PAGE_BYTES;

	return (struct page){ HIGH_MEMORY, offset, 0, high_memory, &client->sent_high, high + offset };
}

static struct page page_of_frame(struct client *client, uint64_t frame)
{
	if (frame == FAKE_OTHER_HOLE)
		return (struct page){ .error = ENOENT };
	if (frame < FAKE_LOW_FRAMES && frame != FAKE_HOLE)
		return low_page(client, frame);
	if (frame >= FAKE_HIGH_FIRST && frame < FAKE_HIGH_FIRST + FAKE_HIGH_FRAMES)
		return high_page(client, frame - FAKE_HIGH_FIRST);
	if (frame >> 32 == 0xe)
		return (struct page){ .error = (int)frame };
	if (frame >> 32 == 0xf)
		return (struct page){ LOW_MEMORY, (uint32_t)frame, 0, low_memory, &client->sent_low, low };
	if (frame == FAKE_LAST_OFFSET_FRAME)
		return (struct page){ LOW_MEMORY, UINT64_MAX - PAGE_BYTES + 1, 0, low_memory, &client->sent_low, low };
	return (struct page){ .error = EINVAL };
}

static struct page share_page(struct client *client, unsigned number, uint32_t index, bool write)
{
	struct share *share = &shares[number];
	uint64_t offset = (uint64_t)index * PAGE_BYTES;

	if (write && !share->writable)
		return (struct page){ .error = EACCES };
	return (struct page){
		FIRST_SHARED_MEMORY + number, offset, 0, share->fd, &client->sent_share[number], share->pages + offset,
	};
}

static struct page page_of_grant(struct client *client, struct grant grant, bool write)
{
	if (grant.domain == FAKE_DOMAIN && grant.reference > 0 && grant.reference != FAKE_HOLE) {
		if (grant.reference == FAKE_READ_ONLY_GRANT && write)
			return (struct page){ .error = EACCES };
		if (grant.reference < FAKE_LOW_FRAMES)
			return low_page(client, grant.reference);
		if (grant.reference < FAKE_HIGH_FRAMES)
			return high_page(client, grant.reference);
	}
	for (unsigned i = 0; grant.domain == 0 && i < SHARES; i++) {
		uint32_t index = grant.reference - shares[i].first;

		if (shares[i].owner && index < shares[i].count)
			return share_page(client, i, index, write);
	}
	return (struct page){ .error = EINVAL };
}

// Adds a page to the runs; false when the reply is full.
static bool add_page(struct answer *answer, uint32_t index, struct page page)
{
	struct run *runs = (struct run *)(void *)answer->array;
	uint64_t count = answer->reply.words[0];
	struct run *last = count ? &runs[count - 1] : NULL;

	if (last && last->error == page.error && last->memory == page.memory
		&& (page.error || last->offset + (uint64_t)last->count * PAGE_BYTES == page.offset)) {
		last->count++;
		return true;
	}
	if (count == MESSAGE_ARRAY_LIMIT / sizeof *runs)
		return false;
	if (!page.error && !*page.sent) {
		if (answer->descriptor_count == DESCRIPTOR_LIMIT)
			return false;
		*page.sent = true;
		answer->reply.words[2 + answer->descriptor_count] = page.memory;
		attach(answer, page.fd);
		counters[COUNT_MEMORY_DESCRIPTORS]++;
	}
	runs[count] = (struct run){ index, 1, page.error, page.memory, page.offset };
	answer->reply.words[0]++;
	return true;
}

static void finish_runs(struct answer *answer, uint32_t answered)
{
	answer->reply.words[1] = answer->descriptor_count;
	answer->reply.words[6] = answered;
	answer->array_size = answer->reply.words[0] * sizeof(struct run);
}

static int64_t map_frames(struct client *client, const struct request *request, const char *array, size_t size,
	struct answer *answer)
{
	uint32_t i;

	if (attaches_again)
		client->sent_low = false;
	if (request->words[2] == 0 || request->words[2] > FRAMES_PER_REQUEST || size != request->words[2] * sizeof(uint64_t))
		return -EPROTO;
	if (request->words[0] != FAKE_DOMAIN)
		return -ESRCH;
	if (client->restricted >= 0 && client->restricted != FAKE_DOMAIN)
		return -EPERM;
	for (i = 0; i < request->words[2]; i++) {
		uint64_t frame;

		memcpy(&frame, array + i * sizeof frame, sizeof frame);
		if (!add_page(answer, i, page_of_frame(client, frame)))
			break;
	}
	finish_runs(answer, i);
	return 0;
}

int64_t memory_request(
	struct client *client, const struct request *request, const char *array, size_t size, struct answer *answer)
{
	const uint64_t *words = request->words;

	switch (request->type) {
	case MEMORY_MAP:
		return map_frames(client, request, array, size, answer);
	case MEMORY_RESOURCE:
		if (words[0] != FAKE_DOMAIN || words[1] != 0)
			return words[1] ? -EOPNOTSUPP : -ESRCH;
		if (words[3] + words[4] > FAKE_RESOURCE_FRAMES)
			return -EINVAL;
		answer->reply.words[0] = words[4] ? words[3] * PAGE_BYTES : FAKE_RESOURCE_FRAMES;
		if (words[4])
			attach(answer, resource_memory);
		return 0;
	case MEMORY_RESTRICT:
		counters[COUNT_RESTRICTED_MEMORY]++;
		client->restricted = (int)words[0];
		return 0;
	default:
		return -EPROTO;
	}
}

// MARK: grants

static void notify(struct mapping *mapping)
{
	if (!mapping->notifies)
		return;
	if (mapping->byte)
		*mapping->byte = 0;
	counters[COUNT_NOTIFIED]++;
	counters[COUNT_NOTIFIED_PORT] = mapping->notify_port;
	if (mapping->notify_port != UINT64_MAX)
		raise_port((int)mapping->notify_port);
}

static int64_t set_notification(struct mapping *mapping, const uint64_t *words)
{
	mapping->notifies = true;
	mapping->byte = words[1] == UINT64_MAX ? NULL : mapping->page + words[1];
	mapping->notify_port = words[2];
	return words[2] != UINT64_MAX && words[2] >= PORTS ? -EINVAL : 0;
}

static void end_mapping(struct mapping *mapping)
{
	notify(mapping);
	*mapping = (struct mapping){ .owner = NULL };
	counters[COUNT_MAPPINGS]--;
}

static int64_t map_grants(struct client *client, const struct request *request, const char *array, size_t size,
	struct answer *answer)
{
	uint32_t i, number = 0;

	if (request->words[0] == 0 || request->words[0] > GRANTS_PER_REQUEST || size != request->words[0] * sizeof(struct grant))
		return -EPROTO;
	while (number < MAPPINGS && mappings[number].owner)
		number++;
	if (number == MAPPINGS)
		return -ENOMEM;
	for (i = 0; i < request->words[0]; i++) {
		struct grant grant;
		struct page page;

		memcpy(&grant, array + i * sizeof grant, sizeof grant);
		page = page_of_grant(client, grant, request->words[1] & 2);
		if (page.error)
			return -page.error;
		if (!i)
			mappings[number].page = page.here;
	}
	for (i = 0; i < request->words[0]; i++) {
		struct grant grant;

		memcpy(&grant, array + i * sizeof grant, sizeof grant);
		if (!add_page(answer, i, page_of_grant(client, grant, false)))
			break;
	}
	finish_runs(answer, i);
	mappings[number].owner = client;
	counters[COUNT_MAPPINGS]++;
	return number;
}

static int64_t copy_grant(struct client *client, const struct request *request, const char *array, size_t size,
	struct answer *answer)
{
	const uint64_t *words = request->words;
	bool to = request->type == GRANT_COPY_TO;
	struct page page = page_of_grant(client, (struct grant){ (uint32_t)words[0], (uint32_t)words[1] }, to);

	if (words[2] > PAGE_BYTES || words[3] > PAGE_BYTES - words[2] || size != (to ? words[3] : 0))
		return -EPROTO;
	if (page.error)
		return -page.error;
	if (to) {
		memcpy(page.here + words[2], array, words[3]);
	} else {
		memcpy(answer->array, page.here + words[2], words[3]);
		answer->array_size = words[3];
	}
	return 0;
}

int64_t grant_request(
	struct client *client, const struct request *request, const char *array, size_t size, struct answer *answer)
{
	uint64_t number = request->words[0];
	bool own = number < MAPPINGS && mappings[number].owner == client;

	switch (request->type) {
	case GRANT_MAP:
		return map_grants(client, request, array, size, answer);
	case GRANT_UNMAP:
		return own ? end_mapping(&mappings[number]), 0 : -EINVAL;
	case GRANT_COPY_FROM:
	case GRANT_COPY_TO:
		return copy_grant(client, request, array, size, answer);
	case GRANT_NOTIFY_ON_UNMAP:
		return own ? set_notification(&mappings[number], request->words) : -EINVAL;
	default:
		return -EPROTO;
	}
}

static int64_t share(struct client *client, const uint64_t *words, struct answer *answer)
{
	uint32_t number = 0, count = (uint32_t)words[1];

	if (words[1] == 0 || words[1] > GRANTS_PER_REQUEST)
		return -EPROTO;
	while (number < SHARES && shares[number].owner)
		number++;
	if (number == SHARES)
		return -ENOSPC;
	shares[number] = (struct share){ .owner = client, .first = next_reference, .count = count, .writable = words[2] };
	shares[number].fd = memory_of(count, &shares[number].pages);
	shares[number].notification.page = shares[number].pages;
	for (uint32_t i = 0; i < count; i++, next_reference++)
		memcpy(answer->array + i * sizeof next_reference, &next_reference, sizeof next_reference);
	answer->array_size = count * sizeof next_reference;
	answer->reply.words[1] = 1;
	attach(answer, shares[number].fd);
	counters[COUNT_SHARES]++;
	return number;
}

static void end_share(struct share *share)
{
	notify(&share->notification);
	munmap(share->pages, (size_t)share->count * PAGE_BYTES);
	close(share->fd);
	share->owner = NULL;
	counters[COUNT_SHARES]--;
}

int64_t share_request(struct client *client, const struct request *request, struct answer *answer)
{
	uint64_t number = request->words[0];
	bool own = number < SHARES && shares[number].owner == client;

	switch (request->type) {
	case SHARE_SHARE:
		return share(client, request->words, answer);
	case SHARE_UNSHARE:
		return own ? end_share(&shares[number]), 0 : -EINVAL;
	case SHARE_NOTIFY_ON_UNMAP:
		return own ? set_notification(&shares[number].notification, request->words) : -EINVAL;
	default:
		return -EPROTO;
	}
}

void end_memory_of(const struct client *client)
{
	for (int i = 0; i < MAPPINGS; i++)
		if (mappings[i].owner == client)
			end_mapping(&mappings[i]);
	for (int i = 0; i < SHARES; i++)
		if (shares[i].owner == client)
			end_share(&shares[i]);
}
