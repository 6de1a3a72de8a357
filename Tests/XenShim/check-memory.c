// Foreign memory and resources.
#define _GNU_SOURCE
#include "check.h"
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xenforeignmemory.h>

enum { PAGE = 4096, READ_WRITE = PROT_READ | PROT_WRITE };

static xenforeignmemory_handle *open_memory(void)
{
	xenforeignmemory_handle *handle;

	start_daemon("honest");
	handle = xenforeignmemory_open(NULL, 0);
	CHECK(handle);
	return handle;
}

static uint64_t number_at(const char *page)
{
	uint64_t number;

	memcpy(&number, page, sizeof number);
	return number;
}

// Whether the page can be read: the kernel says so.
static bool is_mapped(const char *page)
{
	int ends[2];
	bool readable;

	CHECK(pipe(ends) == 0);
	readable = write(ends[1], page, 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return readable;
}

static void holes(void)
{
	xenforeignmemory_handle *handle = open_memory();
	xen_pfn_t frames[] = { 12, FAKE_HOLE, FAKE_OTHER_HOLE, 15, FAKE_HIGH_FIRST, 99999, 3 };
	int errors[7] = { 1, 1, 1, 1, 1, 1, 1 };
	char *area = xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 7, frames, errors);

	CHECK(area);
	for (int i = 0; i < 7; i++) {
		bool hole = i == 1 || i == 2 || i == 5;

		CHECK(errors[i] == (hole ? i == 2 ? -ENOENT : -EINVAL : 0));
		CHECK(is_mapped(area + i * PAGE) == !hole);
		CHECK(hole || number_at(area + i * PAGE) == frames[i]);
	}
	CHECK(xenforeignmemory_unmap(handle, area, 7) == 0);
	CHECK(!is_mapped(area));
	// Nobody to tell an error of a frame: the first one is everything's.
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 7, frames, NULL), EINVAL);
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 2, frames + 2, NULL), ENOENT);
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN + 1, READ_WRITE, 7, frames, errors), ESRCH);
	area = xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 2, frames + 1, errors);
	CHECK(area && errors[0] == -EINVAL && errors[1] == -ENOENT); // nothing mapped is a mapping too
	CHECK(xenforeignmemory_close(handle) == 0);
}

static void one_memory(void)
{
	xenforeignmemory_handle *handle = open_memory();
	xen_pfn_t frames[] = { 5, 6, 5 };
	char *one = xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 3, frames, NULL);
	char *other = xenforeignmemory_map(handle, FAKE_DOMAIN, PROT_READ, 3, frames, NULL);

	CHECK(one && other);
	one[100] = 'x';
	one[PAGE + 100] = 'y';
	CHECK(one[2 * PAGE + 100] == 'x' && other[100] == 'x' && other[PAGE + 100] == 'y');
	CHECK(daemon_counter(COUNT_MEMORY_DESCRIPTORS) == 1); // it was kept
	CHECK(xenforeignmemory_close(handle) == 0);
	CHECK(one[100] == 'x'); // what is mapped outlives the handle
}

static void places(void)
{
	xenforeignmemory_handle *handle = open_memory();
	xen_pfn_t frames[] = { 5, 6 };
	char *room = mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(room != MAP_FAILED);
	CHECK(xenforeignmemory_map2(handle, FAKE_DOMAIN, room + PAGE, READ_WRITE, MAP_FIXED, 2, frames, NULL) == room + PAGE);
	CHECK(number_at(room + PAGE) == 5 && number_at(room + 2 * PAGE) == 6);
	CHECK_NULL(xenforeignmemory_map2(handle, FAKE_DOMAIN, room, READ_WRITE, MAP_FIXED_NOREPLACE, 2, frames, NULL), EEXIST);
	CHECK(munmap(room, 8 * PAGE) == 0);
	CHECK(xenforeignmemory_map2(handle, FAKE_DOMAIN, room + PAGE, READ_WRITE, 0, 2, frames, NULL) == room + PAGE); // a hint
	CHECK(xenforeignmemory_map2(handle, FAKE_DOMAIN, NULL, READ_WRITE, MAP_POPULATE, 2, frames, NULL));
	CHECK_NULL(xenforeignmemory_map2(handle, FAKE_DOMAIN, NULL, READ_WRITE, MAP_ANONYMOUS, 2, frames, NULL), EINVAL);
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, 0, frames, NULL), EINVAL);
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN, READ_WRITE, SIZE_MAX, frames, NULL), ENOMEM);
	CHECK(xenforeignmemory_close(handle) == 0);
}

// More than one request takes, and more runs than one reply has room for.
static void many_frames(void)
{
	enum { MANY = 5000 };
	static xen_pfn_t frames[MANY];
	static int errors[MANY];
	xenforeignmemory_handle *handle = open_memory();
	char *area;

	for (size_t i = 0; i < MANY; i++)
		frames[i] = i % 2 ? FAKE_HIGH_FIRST + i % FAKE_HIGH_FRAMES : i % FAKE_LOW_FRAMES;
	area = xenforeignmemory_map(handle, FAKE_DOMAIN, PROT_READ, MANY, frames, errors);
	CHECK(area);
	for (size_t i = 0; i < MANY; i++)
		if (frames[i] == FAKE_OTHER_HOLE)
			CHECK(errors[i] == -ENOENT);
		else
			CHECK(errors[i] == 0 && number_at(area + i * PAGE) == frames[i]);
	CHECK(xenforeignmemory_unmap(handle, area, MANY) == 0);
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN, PROT_READ, MANY, frames, NULL), ENOENT);
	CHECK(xenforeignmemory_close(handle) == 0);
}

static void resources(void)
{
	xenforeignmemory_handle *handle = open_memory();
	xenforeignmemory_resource_handle *one, *other;
	void *first = NULL, *second = NULL, *third = NULL;
	unsigned before = open_descriptors();
	size_t size = 0;

	CHECK(xenforeignmemory_resource_size(handle, FAKE_DOMAIN, 0, 0, &size) == 0 && size == FAKE_RESOURCE_FRAMES * PAGE);
	CHECK_FAILS(xenforeignmemory_resource_size(handle, FAKE_DOMAIN + 1, 0, 0, &size), ESRCH);
	CHECK((one = xenforeignmemory_map_resource(handle, FAKE_DOMAIN, 0, 0, 0, 3, &first, READ_WRITE, 0)));
	CHECK((other = xenforeignmemory_map_resource(handle, FAKE_DOMAIN, 0, 0, 2, 1, &second, PROT_READ, MAP_SHARED)));
	((char *)first)[2 * PAGE + 7] = 'r';
	CHECK(((char *)second)[7] == 'r');
	CHECK_NULL(xenforeignmemory_map_resource(handle, FAKE_DOMAIN, 0, 0, 2, 2, &third, PROT_READ, 0), EINVAL);
	CHECK_NULL(xenforeignmemory_map_resource(handle, FAKE_DOMAIN, 9, 0, 0, 1, &third, PROT_READ, 0), EOPNOTSUPP);
	CHECK_NULL(xenforeignmemory_map_resource(handle, FAKE_DOMAIN, 0, 0, 0, 1, &third, PROT_READ, MAP_FIXED), EINVAL);
	CHECK(open_descriptors() == before);
	CHECK(xenforeignmemory_unmap_resource(handle, one) == 0 && xenforeignmemory_unmap_resource(handle, other) == 0);
	CHECK(xenforeignmemory_unmap_resource(handle, NULL) == 0);
	CHECK(!is_mapped(first) && !is_mapped(second));
	CHECK(xenforeignmemory_close(handle) == 0);
}

static void restriction(void)
{
	xenforeignmemory_handle *handle = open_memory();
	xen_pfn_t frame = 1;

	CHECK(xenforeignmemory_restrict(handle, FAKE_DOMAIN + 1) == 0);
	CHECK_NULL(xenforeignmemory_map(handle, FAKE_DOMAIN, PROT_READ, 1, &frame, NULL), EPERM);
	CHECK(xenforeignmemory_close(handle) == 0);
}

static void *map_often(void *handle)
{
	for (unsigned i = 0; i < 1000; i++) {
		xen_pfn_t frames[2] = { 1 + i % 10, FAKE_HIGH_FIRST + i };
		char *area = xenforeignmemory_map(handle, FAKE_DOMAIN, PROT_READ, 2, frames, NULL);

		CHECK(area && number_at(area) == frames[0] && number_at(area + PAGE) == frames[1]);
		CHECK(xenforeignmemory_unmap(handle, area, 2) == 0);
	}
	return NULL;
}

static void threads(void)
{
	xenforeignmemory_handle *handle = open_memory();
	pthread_t all[4];

	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&all[i], NULL, map_often, handle) == 0);
	for (int i = 0; i < 4; i++)
		pthread_join(all[i], NULL);
	CHECK(daemon_counter(COUNT_MEMORY_DESCRIPTORS) == 2);
	CHECK(xenforeignmemory_close(handle) == 0);
}

const struct check checks_of_memory[] = {
	{ "frames with errors are holes, and each error is told", holes },
	{ "a memory is one however often it is mapped, and its descriptor is sent once", one_memory },
	{ "addresses and flags are honoured", places },
	{ "more frames than a request takes, and more runs than a reply holds", many_frames },
	{ "resources are mapped, measured and unmapped", resources },
	{ "a restricted handle is told the daemon's refusal", restriction },
	{ "four threads map with one handle", threads },
	{ NULL, NULL },
};
