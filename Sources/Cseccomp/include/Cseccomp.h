// A thin door to libseccomp: rules in, the program that the kernel runs out. Nothing is installed here.

#ifndef CSECCOMP_H
#define CSECCOMP_H

#include <stddef.h>
#include <stdint.h>

// How an argument is compared: equal to `value`, less, not greater, greater, not less, unequal; or, through `mask`, equal to it.
enum filter_comparison_kind {
	FILTER_EQUAL,
	FILTER_UNEQUAL,
	FILTER_LESS,
	FILTER_AT_MOST,
	FILTER_GREATER,
	FILTER_AT_LEAST,
	FILTER_MASKED,
};

struct filter_comparison {
	uint32_t argument;
	uint32_t kind;
	uint64_t value;
	uint64_t mask;
};

// What is done at a system call of which all comparisons hold: `action` is a value that filters return (`SECCOMP_RET_*`).
struct filter_rule {
	int32_t number;
	uint32_t action;
	uint32_t count;
	struct filter_comparison comparisons[6];
};

// An instruction, as `struct sock_filter` of <linux/filter.h>.
struct filter_instruction {
	uint16_t code;
	uint8_t if_true;
	uint8_t if_false;
	uint32_t operand;
};

// The program for x86-64 alone: the calls of i386 and of x32 end the process. Gives the count of instructions, of which at most
// `room` are written, and -errno where that fails: then `failed` is the index of the rule, or `count`.
int filter_program(uint32_t action, const struct filter_rule *rules, size_t count, struct filter_instruction *program,
		   size_t room, size_t *failed);

#endif
