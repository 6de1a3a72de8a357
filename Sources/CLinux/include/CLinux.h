// A thin door to calls of Linux that Swift's view of the C library does not have, or only with macros. Each function of ours returns what the
// call does, and -errno where that fails.

#ifndef CLINUX_H
#define CLINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifndef _GNU_SOURCE
// Accepts a client so that no program that is started meanwhile inherits it.
int accept4(int descriptor, struct sockaddr *address, socklen_t *size, int flags);
#endif

// A file in memory of a size that nobody can change any more.
int linux_sealed_memory(size_t size);

// Another descriptor of the same file that cannot be written through.
int linux_open_read_only(int descriptor);

// Where some bytes first stand among others; NULL where they do not.
const void *linux_find(const void *bytes, size_t count, const void *wanted, size_t length);

// Starts a program with as many descriptors of ours as are counted, by the numbers from 0 on, and no other. No signal is kept back from it; what is
// to happen by one is as it is by default, for all of them or only when nobody reads a pipe any more. It has this program's environment and
// directory where none is given. Its number.
int linux_spawn(const char *path, char *const arguments[], char *const environment[], const char *directory, const int descriptors[], int count,
		bool resets_signals);

// The two ends of a pipe that no program inherits which is started meanwhile: it would keep them open.
int linux_pipe(int ends[2]);

// Starts a program with bytes on its standard input, which it may read or not, and nothing else of ours but the standard output and error. Its number.
int linux_start(const char *path, char *const arguments[], const void *input, size_t count);

// Starts a program with bytes on its standard input, others on its descriptor 3, pipes from its standard output and error (of which the ends to
// read are told), no signal kept back, and nothing else of ours. It blocks nobody: what it may read is there as a whole. Its number.
int linux_start_between(const char *path, char *const arguments[], const void *input, size_t count, const void *more, size_t more_count, int outputs[2]);

// A child that has ended, and how (as wait says it); 0 when none has.
int linux_ended_child(int *status);

// Says a line to the system's log, as a warning of this program's.
void linux_log(const char *program, const char *line);

// How many characters a terminal has in a line; 0 for what is none.
int linux_terminal_columns(int descriptor);

// Time, in nanoseconds, by the clock that nobody sets.
uint64_t linux_nanoseconds(void);

// A counter to wait for, which never blocks who writes or reads it.
int linux_event_counter(void);

// Adds to such a counter.
void linux_ring(int counter);

// A set of what is waited for. Each thing in it is called by a number of its own, a bit.
int linux_wait_set(void);

// Has the set wait for each time that something is added to a counter, whose number nobody needs to take away; or until the
// other end of a socket is gone. A counter is waited for once that has a number already.
int linux_watch_counter(int set, int counter, uint32_t what);
int linux_watch_peer(int set, int socket, uint32_t what);

// Takes something out of the set again.
void linux_unwatch(int set, int descriptor);

// Waits until something of the set has come: which, added up, perhaps nothing. No counter can have it wait for longer than until
// the others come, whatever somebody does with it who shares it.
uint32_t linux_wait(int set);

// Two sockets of messages that are each other's ends, and two of bytes.
int linux_message_sockets(int descriptors[2]);
int linux_byte_sockets(int descriptors[2]);

// A socket of messages or of bytes that listens at a path with a mode; what is there is replaced.
int linux_listen(const char *path, int is_of_messages, mode_t mode);

// The next connection, and who is at its other end.
int linux_accept(int descriptor, uid_t *user, pid_t *process);

// The process at a connection's other end, as it was when it was made.
pid_t linux_peer(int descriptor);

// When a process was started, in ticks since the machine was; -errno when it is not to be seen.
int64_t linux_process_start(pid_t process);

// A connection to a path.
int linux_connect(const char *path, int is_of_messages);

// A connection to a number of the internet's, of version 4 or 6, that never blocks who uses it; -EINVAL for a name, -ETIMEDOUT when it does not come about in time.
// One of messages (UDP) has nobody answer.
int linux_connect_internet(const char *address, uint16_t port, int is_of_messages, int milliseconds);

// Sends a message with descriptors; it is sent whole or not at all.
ssize_t linux_send(int descriptor, const void *bytes, size_t count, const int *descriptors, int descriptor_count);

// Receives a message, of which `capacity` bytes and at most `*descriptor_count` descriptors are kept; others are closed.
// -EMSGSIZE when it was longer.
ssize_t linux_receive(int descriptor, void *bytes, size_t capacity, int *descriptors, int *descriptor_count);

// Sends eight bytes, the number 1, if there is room. Never waits.
void linux_signal(int descriptor);

// How many bytes of what was sent the other end has not read, roughly; 0 when it has read all.
int linux_unread(int descriptor);

// How many descriptors this process may have open. Raised as far as it may raise that itself.
int linux_descriptor_limit(void);
int linux_raise_descriptor_limit(void);

// Gives up what a daemon does not need: it becomes another user if `user` is not 0, can never gain privileges, and is not
// looked into by others of its user.
int linux_drop_privileges(uid_t user, gid_t group);

// Keeps SIGINT, SIGTERM and SIGHUP for `linux_wait_for_end`, in this thread and those that it begins, and has writes to nobody
// fail instead of ending the process.
void linux_keep_signals(void);

// Waits until one of them comes.
int linux_wait_for_end(void);

// Runs another program in this process's place, with the environment as it is, no signal kept back, and no descriptors but the
// first three and `kept`; returns only when it cannot.
int linux_execute(char *const words[], int kept);

// Lets no descriptor from this number on be inherited by the next program.
int linux_close_at_exec(int first);

// Lets a descriptor be inherited by the next program.
int linux_inherit(int descriptor);

#endif
