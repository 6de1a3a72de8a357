// A connection to the hypervisor daemon: finding it, HELLO, one request and its reply at a time.
#pragma once
#include "protocol.h"
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct connection {
	int fd; // -1: not open
	int failure; // errno of what broke the connection: it answers nothing any more
	bool keep_on_exec; // descriptors are inherited by programs that are executed
	pthread_mutex_t lock; // one request is outstanding at a time
};

// A request and what came back. Who asks fills in the upper half.
struct exchange {
	struct request request;
	const void *array; // behind the request
	size_t array_size;
	void *answer; // where an array behind the reply goes
	size_t answer_capacity;
	unsigned descriptor_limit; // more than so many are a broken reply

	struct reply reply;
	size_t answer_size;
	int descriptors[DESCRIPTOR_LIMIT]; // of who asked, who closes them
	unsigned descriptor_count;
	bool descriptors_lost; // some could not be received: this process has too many
};

void connection_initialise(struct connection *connection);

// Reaches the daemon and says HELLO, whose reply and descriptors stay in `hello`. 0, or -1 and errno. Under the lock: the
// handle is registered with xentoolcore already, and nobody may restrict it before HELLO.
int connection_open_locked(struct connection *connection, enum handle_kind kind, struct exchange *hello);

// The same for kinds whose HELLO brings nothing.
int connection_open(struct connection *connection, enum handle_kind kind);

// Closes what was opened. Takes no lock: it may be called in a child that was forked while another thread held it.
int connection_close(struct connection *connection);

// Whether HELLO has been said, for who does not hold the lock; while it is being said, this waits.
bool connection_is_open(struct connection *connection);

void connection_lock(struct connection *connection);
void connection_unlock(struct connection *connection);

// One request and its reply, whatever its result is: 0. -1 and errno: there was no sound reply.
int connection_exchange_locked(struct connection *connection, struct exchange *exchange);

// Marks the connection as broken, for a reply that makes no sense. Returns -1 with EPROTO.
int connection_fail_locked(struct connection *connection);

// One request: its result, or -1 and errno. When it is negative there are no descriptors.
int64_t connection_ask_locked(struct connection *connection, struct exchange *exchange);
int64_t connection_ask(struct connection *connection, struct exchange *exchange);

// A request of three words, of which nothing but a result comes back.
int64_t connection_tell(struct connection *connection, enum request_type type, uint64_t first, uint64_t second, uint64_t third);

// Tells the daemon nothing more: /dev/null takes the socket's place, as xentoolcore's own function does. 0, or -1 and errno.
int connection_nullify_locked(struct connection *connection);

void exchange_close_descriptors(struct exchange *exchange);
