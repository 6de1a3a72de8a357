// Watching which system calls a filter passes on (seccomp_unotify(2)), or writes into the kernel's log. As in CSandbox.h, each function
// returns what the call does, and -errno where that fails.

#ifndef CSANDBOX_TRACING_H
#define CSANDBOX_TRACING_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// A call that waits for its answer.
struct sandbox_call {
	uint64_t id, arguments[6];
	uint32_t thread, number, architecture;
};

// Whether the kernel passes calls of this process's children on: 1 or 0.
int sandbox_can_listen(void);
// Closes all descriptors but the first three and these; -1 is none.
void sandbox_close_others(int first, int second);

// By this in the upper half of an argument of which the kernel drops it, a filter knows the two calls of `sandbox_hand_over`, which
// come before anybody listens.
#define SANDBOX_HANDS_OVER 0x584d5354u

// Installs a filter for this process, which has one thread, and gives the descriptor by which its calls are heard.
int sandbox_filter_heard(const struct sock_filter *instructions, unsigned short count);
// Sends such a descriptor by a socket of messages, with the letter `l`, and closes it here.
int sandbox_hand_over(int socket, int listener);
// Receives a message, and the one descriptor that may come with it (-1 without). Waits; 0 when the other end is gone.
ssize_t sandbox_receive_passed(int socket, void *bytes, size_t capacity, int *passed);

// Waits until something can be read of `control`, or a call waits at `listener` (-1: of neither there is one); at most so many
// milliseconds, -1 for any time. Which it is, added up; NOBODY when nobody is left whose calls it would be.
enum { SANDBOX_HEARD_CONTROL = 1, SANDBOX_HEARD_CALL = 2, SANDBOX_HEARD_NOBODY = 4 };
int sandbox_hear(int control, int listener, int milliseconds);

// Has who answers run where the thread does that waits for it, where the kernel can do that.
void sandbox_hear_at_once(int listener);
// The next call: 1, or 0 when its thread is gone meanwhile.
int sandbox_next_call(int listener, struct sandbox_call *call);
// Whether it still waits: what was found out about its thread is true then.
int sandbox_call_waits(int listener, uint64_t id);
// Has a call be done (0), or fail with an error number.
int sandbox_answer_call(int listener, uint64_t id, int error);

// The name of a thread, any bytes: how many there are of the 16.
int sandbox_thread_name(uint32_t thread, char name[16]);

// The kernel's log, from now on; and its next record, 0 when there is none yet.
int sandbox_open_log(void);
int sandbox_next_record(int log, char *record, size_t room);

// No signal that asks a program to end does so to this one.
void sandbox_outlive_signals(void);
// Waits until a child has ended. Who asks this process to end ends the child.
int sandbox_attend(int process);

// A new file, which must not be there: its descriptor.
int sandbox_create_file(const char *path, mode_t mode);

#endif
