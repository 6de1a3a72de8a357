#define _GNU_SOURCE
#include "Cseccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

_Static_assert(sizeof(struct filter_instruction) == sizeof(struct sock_filter), "an instruction is the kernel's");

static const enum scmp_compare comparisons[] = {
	[FILTER_EQUAL] = SCMP_CMP_EQ,   [FILTER_UNEQUAL] = SCMP_CMP_NE,  [FILTER_LESS] = SCMP_CMP_LT,
	[FILTER_AT_MOST] = SCMP_CMP_LE, [FILTER_GREATER] = SCMP_CMP_GT,  [FILTER_AT_LEAST] = SCMP_CMP_GE,
	[FILTER_MASKED] = SCMP_CMP_MASKED_EQ,
};

static int add(scmp_filter_ctx filter, const struct filter_rule *rule)
{
	struct scmp_arg_cmp arguments[6];

	if (rule->count > 6)
		return -EINVAL;
	for (uint32_t index = 0; index < rule->count; index++) {
		const struct filter_comparison *one = &rule->comparisons[index];

		if (one->argument > 5 || one->kind >= sizeof(comparisons) / sizeof(comparisons[0]))
			return -EINVAL;
		arguments[index].arg = one->argument;
		arguments[index].op = comparisons[one->kind];
		arguments[index].datum_a = one->kind == FILTER_MASKED ? one->mask : one->value;
		arguments[index].datum_b = one->kind == FILTER_MASKED ? one->value : 0;
	}
	return seccomp_rule_add_exact_array(filter, rule->action, rule->number, rule->count, arguments);
}

// The library writes to files only.
static int copy(scmp_filter_ctx filter, struct filter_instruction *program, size_t room)
{
	int file = memfd_create("filter", MFD_CLOEXEC);
	int result;
	off_t size;

	if (file < 0)
		return -errno;
	result = seccomp_export_bpf(filter, file);
	size = lseek(file, 0, SEEK_END);
	if (result == 0) {
		size_t count = (size_t)size / sizeof(*program);

		if (size < 0 || pread(file, program, (count < room ? count : room) * sizeof(*program), 0) < 0)
			result = -errno;
		else
			result = (int)count;
	}
	close(file);
	return result;
}

int filter_program(uint32_t action, const struct filter_rule *rules, size_t count, struct filter_instruction *program,
		   size_t room, size_t *failed)
{
	scmp_filter_ctx filter = seccomp_init(action);
	int result = 0;

	*failed = count;
	if (!filter)
		return -ENOMEM;
	if (seccomp_arch_native() != SCMP_ARCH_X86_64) {
		result = seccomp_arch_add(filter, SCMP_ARCH_X86_64);
		if (result == 0)
			result = seccomp_arch_remove(filter, seccomp_arch_native());
	}
	if (result == 0)
		result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	// Calls are found by halving what is left of the numbers, not one after the other.
	if (result == 0)
		result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t index = 0; index < count && result == 0; index++) {
		result = add(filter, &rules[index]);
		if (result)
			*failed = index;
	}
	if (result == 0)
		result = copy(filter, program, room);
	seccomp_release(filter);
	return result;
}
