// A launch in which one system call is disturbed, and what came of it.

#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MOST_CALLS 16384
#define TEXT_SIZE 32768

enum who { LAUNCHER, CHILD };
extern const char *const who_names[2];

// A call of somebody's, by its number among them, that fails with an error; or that is not done and says that it was (0). No call has
// the number -1.
struct fault {
	enum who who;
	int number;
	int error;
};

struct outcome {
	// How many calls each has made: the launcher to its end, its child up to its exec.
	int calls[2];
	// The call that was disturbed; -1 when it never came.
	int disturbed;
	uint64_t arguments[6];
	int status; // as waitpid gives it
	bool has_run; // the child's program has made a call
	bool is_complete; // it has come to its end
	bool is_late; // the launcher did not come to an end
	char probe[TEXT_SIZE]; // what the child's program says
	char facts[TEXT_SIZE]; // what was seen of it at its end, from outside
	char errors[TEXT_SIZE]; // what the launcher says
};

// Launches with this. Of an undisturbed launch, `sequence` is to have the calls of each.
void launch(char *const *launcher, const struct fault *fault, struct outcome *outcome, int (*sequence)[MOST_CALLS]);

// Whether a call gives something up or leads there: what it would be worst to be deceived about.
bool gives_up(int call);
const char *call_name(int call);

// What `/proc` has of a process, in lines that are alike for processes that are alike.
void tell_facts(pid_t process, char *text, size_t room);

#endif
