// What the parts of the hostile device model share: the messages of Documentation/connection-protocol.md, how they are sent, and how
// what is answered is told.

#ifndef MODEL_H
#define MODEL_H

#define __XEN_TOOLS__ 1
#include <stddef.h>
#include <stdint.h>
#include <xen/xen.h>

enum { DOOR = 1, HELLO, ARENA, HYPERCALL, RESTRICT, OPEN_DOOR, RESTRICT_DOOR };
enum { BIND_UNBOUND = 16, BIND_INTERDOMAIN, BIND_VIRQ, UNBIND, NOTIFY, RESTRICT_PORTS };
enum { MAP = 32, RESOURCE, RESTRICT_MAP };
enum { CALLS = 1, CHANNELS, MEMORY, GRANTS, SHARES, DOORS, PROCESSORS, KEEPER };

struct request {
	uint32_t type, zero;
	uint64_t words[7];
	uint64_t more[64];
};

struct reply {
	int64_t result;
	uint64_t words[7];
	unsigned char more[16384];
};

// Ends with what was wrong, and the last error.
_Noreturn void give_up(const char *what);

// The daemon's socket; none: a door.
extern const char *daemon_path;
// Memory that the hypervisor reads and writes.
extern char *arena;
extern size_t arena_size;

// What is answered to a message; -EPIPE when nothing is, and the other end has gone. The first descriptor of an answer is kept, if
// somebody wants it.
int64_t ask_with(int socket, struct request *request, size_t size, struct reply *reply, int *kept);
int64_t ask(int socket, uint32_t type, uint64_t first, uint64_t second, uint64_t third);
// A new socket to the daemon.
int reach(void);
// Says what a new socket is to be a handle of. The first one of calls has the arena.
int64_t greet(int socket, uint64_t magic, uint64_t version, uint64_t kind);
int open_handle(uint64_t kind);
// A hypercall.
int64_t call(int socket, uint64_t number, uint64_t first, uint64_t second, uint64_t third);

static const uint64_t magic = 0x31305059484d5358;

// A line: its name, and results by keys, of which neighbours with one result are told together.
void begin_line(const char *what);
void note(long key, int64_t result);
void end_line(void);

enum { GUEST = 1, OTHER = 2 };
// Others than its guest, be they domains or not.
enum { DOMAINS = 12 };
extern const uint64_t domains[DOMAINS];

// An operation of a device model's, with nothing but its number.
int64_t operate(int socket, uint64_t domain, uint32_t operation);
// Maps frames; the first error.
int64_t map(int socket, uint64_t domain, uint64_t protection, uint64_t count, uint64_t frame);

// Attempts, each by a handle that knows what they are of.
void operations(int socket);
void wrong_buffers(int socket);
void other_calls(int socket);
void memory(int socket);
void channels(int socket);
void handles(void);
void restrictions(int calls, int memory, int channels);

// Makes domains 1 and 2; the exit status.
int guests(void);

#endif
