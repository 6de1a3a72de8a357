// A thin door to calls of Linux that Swift's view of the C library does not have, or only with macros. Each returns what the
// call does, and -errno where that fails.

#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// A file in memory of a size that nobody can change any more.
int linux_sealed_memory(size_t size);

// Another descriptor of the same file that cannot be written through.
int linux_open_read_only(int descriptor);

// A counter to wait for, which never blocks who writes or reads it.
int linux_event_counter(void);

// Two sockets of messages that are each other's ends.
int linux_message_sockets(int descriptors[2]);

// A socket of messages or of bytes that listens at a path with a mode; what is there is replaced.
int linux_listen(const char *path, int is_of_messages, mode_t mode);

// The next connection, and who is at its other end.
int linux_accept(int descriptor, uid_t *user, pid_t *process);

// A connection to a path.
int linux_connect(const char *path, int is_of_messages);

// Sends a message with descriptors; it is sent whole or not at all.
ssize_t linux_send(int descriptor, const void *bytes, size_t count, const int *descriptors, int descriptor_count);

// Receives a message, of which `capacity` bytes and at most `*descriptor_count` descriptors are kept; others are closed.
// -EMSGSIZE when it was longer.
ssize_t linux_receive(int descriptor, void *bytes, size_t capacity, int *descriptors, int *descriptor_count);

#endif
