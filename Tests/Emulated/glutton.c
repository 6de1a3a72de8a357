// glutton: takes more than its share, or what is not its own. Says what came of it, in a line; the exit status is 0 where it got it.
//
// memory MEGABYTES    touches so much
// processes COUNT     has so many children at once
// processor SECONDS   works for so long, and says how much of it it had, in percent
// read FILE           opens and reads it
// input               reads its standard input
// wait                does nothing

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int tell(const char *what, int error)
{
	printf("%s: %s\n", what, error ? strerrorname_np(error) : "came through");
	fflush(stdout);
	return error ? 1 : 0;
}

static int take_memory(long megabytes)
{
	for (long index = 0; index < megabytes; index++) {
		char *piece = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (piece == MAP_FAILED)
			return tell("memory", errno);
		memset(piece, 1, 1 << 20);
	}
	return tell("memory", 0);
}

static int take_processes(long count)
{
	for (long index = 0; index < count; index++) {
		pid_t child = fork();

		if (child < 0) {
			int error = errno;

			printf("%ld ", index);
			return tell("processes", error);
		}
		if (child == 0)
			for (;;)
				pause();
	}
	return tell("processes", 0);
}

static double seconds(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int take_processor(long wanted)
{
	double begun = seconds(CLOCK_MONOTONIC), had = seconds(CLOCK_PROCESS_CPUTIME_ID);

	while (seconds(CLOCK_MONOTONIC) < begun + (double)wanted)
		;
	had = seconds(CLOCK_PROCESS_CPUTIME_ID) - had;
	printf("%d\n", (int)(100 * had / (seconds(CLOCK_MONOTONIC) - begun)));
	return 0;
}

static int take(const char *what, int descriptor)
{
	char byte;
	ssize_t count;

	if (descriptor < 0)
		return tell(what, errno);
	count = read(descriptor, &byte, 1);
	return tell(what, count < 0 ? errno : 0);
}

int main(int count, char **words)
{
	const char *word = count > 1 ? words[1] : "";
	long number = count > 2 ? atol(words[2]) : 0;

	if (!strcmp(word, "memory"))
		return take_memory(number);
	if (!strcmp(word, "processes"))
		return take_processes(number);
	if (!strcmp(word, "processor"))
		return take_processor(number);
	if (!strcmp(word, "read") && count > 2)
		return take(words[2], open(words[2], O_RDONLY | O_CLOEXEC));
	if (!strcmp(word, "input"))
		return take("input", 0);
	if (!strcmp(word, "wait"))
		for (;;)
			pause();
	fprintf(stderr, "usage: glutton memory|processes|processor NUMBER | read FILE | input | wait\n");
	return 2;
}
