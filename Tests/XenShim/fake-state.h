// The fake daemon's insides, which its files share. All under its one lock.
#pragma once
#include "fake-daemon.h"
#include "fake-lies.h"

enum { PORTS = 256, MAPPINGS = 64, SHARES = 64 };

struct client {
	int fd;
	unsigned kind;
	int arena;
	char *arena_here;
	uint64_t arena_there;
	int restricted; // to a domain, or -1
	bool sent_low, sent_high;
	bool sent_share[SHARES];
};

extern uint64_t counters[COUNTERS];

// A sealed memory, which is mapped too.
int memory_of(size_t pages, char **mapped);
void attach(struct answer *answer, int fd);
void raise_port(int number);

// fake-memory.c
extern bool attaches_again; // a descriptor that was sent is sent with each reply
void prepare_memory(void);
int64_t memory_request(
	struct client *client, const struct request *request, const char *array, size_t size, struct answer *answer);
int64_t grant_request(
	struct client *client, const struct request *request, const char *array, size_t size, struct answer *answer);
int64_t share_request(struct client *client, const struct request *request, struct answer *answer);
void end_memory_of(const struct client *client);
