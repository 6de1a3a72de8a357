// What it was answered, told in lines.

#define _GNU_SOURCE
#include "model.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static long run_start, run_end;
static int64_t run_result;
static bool has_run;

static void end_run(void)
{
	if (!has_run)
		return;
	if (run_start == run_end)
		printf(" %ld=", run_start);
	else
		printf(" %ld-%ld=", run_start, run_end);
	if (run_result < 0)
		printf("%s", strerrorname_np((int)-run_result) ? strerrorname_np((int)-run_result) : "unknown");
	else
		printf("%lld", (long long)run_result);
	has_run = false;
}

void begin_line(const char *what)
{
	printf("%s:", what);
}

void note(long key, int64_t result)
{
	// What is given is not what is told of: an address, a port.
	if (result > 0)
		result = 1;
	if (has_run && run_result == result && run_end + 1 == key) {
		run_end = key;
		return;
	}
	end_run();
	has_run = true;
	run_start = run_end = key;
	run_result = result;
}

void end_line(void)
{
	end_run();
	printf("\n");
}
