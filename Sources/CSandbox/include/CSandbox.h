// A thin door to the calls of Linux by which a process gives things up. Each function returns what the call does, and -errno where
// that fails. None starts a thread.

#ifndef CSANDBOX_H
#define CSANDBOX_H

#include "CSandboxGroups.h"
#include "CSandboxTracing.h"

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/types.h>

// A new process in new namespaces (`CLONE_NEW*`), as fork makes one: 0 in the child, the child's number in the parent, which also
// gets a descriptor of it. It begins in a control group of version 2 by its folder's descriptor, unless that is -1.
pid_t sandbox_clone(uint64_t namespaces, int group, int *process);
// Likewise, as vfork makes one: the child runs `body` in this process's memory, which is not copied, and this one stands still until
// the child is another program or has ended. What it leaves in memory stays there.
pid_t sandbox_begin(uint64_t namespaces, int group, int *process, void (*body)(void *), void *context);

// More namespaces for this process.
int sandbox_unshare(int namespaces);

// A descriptor of a process that runs.
int sandbox_process(pid_t process);

// Sends a signal to a process by its descriptor; ends this one at once.
int sandbox_signal(int process, int signal);
void sandbox_exit(int status) __attribute__((noreturn));

// Waits for a child of one's own to end: its status as waitpid gives it. -errno where it cannot be waited for.
int sandbox_wait(pid_t child, int *status);

// Two ends of a pipe that programs do not inherit.
int sandbox_pipe(int ends[2]);

int sandbox_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
// Whether there is something at a path: 1 or 0, or that it cannot be told.
int sandbox_exists(const char *path);
// Whether a path is a folder: 1 or 0.
int sandbox_is_directory(const char *path);
int sandbox_make_directory(const char *path, mode_t mode);
int sandbox_make_file(const char *path, mode_t mode);

// Makes a folder that a file system is mounted on the root, and lets go of the old one; then makes `tree`, a folder in it that a
// file system is mounted on as well, the root of this process.
int sandbox_enter_root(const char *root, const char *tree);

// A limit of a resource, soft and hard (`RLIMIT_*`).
int sandbox_limit(int resource, uint64_t limit);

int sandbox_prctl(int option, unsigned long second, unsigned long third, unsigned long fourth, unsigned long fifth);

// These read again what they have set: -EIO where it is something else.
int sandbox_die_with_parent(int signal);
int sandbox_umask(mode_t mask);
int sandbox_secure_bits(unsigned long bits);
// A text of one line in a file that exists.
int sandbox_write_setting(const char *path, const char *text);

// No supplementary groups.
int sandbox_leave_groups(void);
// All three ids each.
int sandbox_become(uid_t user, gid_t group);

// Empties the bounding set; the others go with `sandbox_drop_capabilities`, ambient ones included.
int sandbox_drop_bounding_set(void);
int sandbox_drop_capabilities(void);

// Installs a filter for this thread, or with flags of seccomp(2).
int sandbox_filter(const struct sock_filter *instructions, unsigned short count, unsigned int flags);

// The version of Landlock's interface, or -errno where there is none.
int sandbox_landlock_version(void);
// A set of rules in which what is handled is forbidden unless a rule allows it.
int sandbox_landlock_rules(uint64_t files, uint64_t network, uint64_t scopes);
int sandbox_landlock_allow(int rules, uint64_t access, const char *path);
int sandbox_landlock_enforce(int rules);
// Whether a folder that is there is refused to be read: 1 or 0.
int sandbox_is_refused(const char *path);

// Writes a short text to a file that exists.
int sandbox_write(const char *path, const char *text);

// This process's labels, to be written by the name of one (`current`) even where no `/proc` is seen any more.
int sandbox_labels(void);
int sandbox_write_label(int labels, const char *name, const char *label);

int sandbox_new_session(void);
// A session keyring of one's own, with no keys in it; -EIO where that has not come to be.
int sandbox_leave_keyring(void);

// Has descriptors stand at numbers, the others closed: `numbers[i]` becomes a duplicate of `descriptors[i]`, in rising order. A
// descriptor that is the last of the list may be kept besides, to be closed by exec; its new number is returned.
int sandbox_arrange(const int *descriptors, const int *numbers, size_t count, int kept);

int sandbox_execute(const char *path, char *const arguments[], char *const environment[]);

// Has this process stop at the beginning of the program that it becomes, for its parent to look at it.
int sandbox_ask_to_stop(void);
// Waits until a child stands there: 1, or 0 when it has ended instead. It is killed when this process ends.
int sandbox_await_stop(pid_t child);
int sandbox_let_go(pid_t child);

// Has a process's thread stand still, so that the kernel tells of it, until it is resumed; one that stood already is not to be resumed.
// -ESRCH when it has ended.
enum { SANDBOX_THREAD_STOPPED, SANDBOX_THREAD_STOOD };
int sandbox_stop_thread(pid_t process, pid_t thread);
void sandbox_resume_thread(pid_t thread);
// Reads a filter of a thread that stands still back from the kernel, the oldest first: `index` counts from 0. Gives the count of
// instructions, for which there is room for BPF_MAXINSNS; -ENOENT when there is no such filter.
int sandbox_filter_of_thread(pid_t thread, unsigned int index, struct sock_filter *instructions);

// Whether a thread has a user for any of its ids, by its file `status`: 1, or 2 when it has ended; 0 when not, or there is none.
int sandbox_runs_as(const char *path, uid_t user);

// Opens a file for a device model: 0 to read, 1 to read and write, 2 to write from its beginning, where it is made if it is not there.
int sandbox_open(const char *path, int how);

// Opens a tap of this name, which is made if there is none, joins a bridge if one is named, and is up.
int sandbox_open_tap(const char *name, const char *bridge);

// Listens at an address by its numbers, at the first of these ports that is not in use. The port that a listener has; 0 where it has none.
int sandbox_listen_at(const char *address, uint16_t first, uint16_t last);
int sandbox_port(int listener);
// The next connection, which does not wait.
int sandbox_accept(int listener);

// Relays XenStore for a child: who connects to `listener` is connected to the socket at `path`, at most `limit` at once. SIGHUP, SIGINT
// and SIGTERM are the child's. Returns when the child has ended; when there is something to read at `gate`; and when nothing came there
// for so many milliseconds. Until it is called without a gate (-1), the child's word that it serves its guest is kept back, at which a
// tool stack would let the guest go, and the child is told that it was said. Without a listener (-1) nobody comes anew, and connections
// end, once what was kept back is answered. Returns too when one of at most four other descriptors has something to read, by its index.
enum { SANDBOX_RELAY_ENDED, SANDBOX_RELAY_GATE, SANDBOX_RELAY_IS_LATE, SANDBOX_RELAY_WATCHED };
int sandbox_relay(
	int process, int listener, const char *path, int limit, int gate, int milliseconds, const int *watched, int watched_count);

// Two ends of a connection of messages that programs do not inherit.
int sandbox_socket_pair(int ends[2]);

// Makes a device file for a group, of the same device as another; and has nobody but root open it any more.
int sandbox_make_device(const char *path, const char *like, gid_t group);
int sandbox_revoke_device(const char *path);
// The device that a path or a descriptor is, 0 when it is none.
uint64_t sandbox_device_at(const char *path);
uint64_t sandbox_device_of(int descriptor);

// A descriptor of one's own for what is another process's descriptor `number`.
int sandbox_take_descriptor(int process, int number);

// Restricts a descriptor of Xen's privileged commands, or of event channels, to one domain, for good and wherever it is open (Linux,
// drivers/xen/privcmd.c and evtchn.c).
int sandbox_restrict_commands(int descriptor, uint16_t domain);
int sandbox_restrict_events(int descriptor, uint16_t domain);

// The last line of the kernel's log about a system call that a filter refused to a process: its length, 0 when there is none.
int sandbox_refusal(pid_t process, char *line, size_t room);

// Takes an exclusive lock of a file, which is made if need be: its descriptor, or -EWOULDBLOCK while another has it.
int sandbox_lock(const char *path);

// Kills every process that has `user` for its real or saved id, of which none can kill back: by a child that is `user` in effect
// and `reaper` otherwise. 1 when there was one, be it a zombie, 0 when there was none, -errno when it could not be done.
int sandbox_reap(uid_t user, uid_t reaper);

// A clock that nobody sets, and the one of the kernel's log, which is since 1970; in milliseconds.
int64_t sandbox_now(void);
int64_t sandbox_time(void);

// Waits until a descriptor can be read, or written: 1, or 0 when the time is over first.
int sandbox_await(int descriptor, int writing, int milliseconds);

// What can be received of a socket's bytes, 0 when the other end is gone, and what can be sent, with a descriptor unless that is -1.
// Neither waits: -EAGAIN.
ssize_t sandbox_receive(int descriptor, void *bytes, size_t capacity);
ssize_t sandbox_send(int descriptor, const void *bytes, size_t count, int passed);

// How a descriptor was opened: to read (0), to write (1), or both (2).
int sandbox_access_mode(int descriptor);

// Goes on twice: in the caller, which gets the number of the child, and in the child, 0, which is in a session of its own and reads nothing.
// Each has an end of a socket of messages by which the child says how it is.
pid_t sandbox_background(int *report);
// What this process says goes there.
int sandbox_output(int descriptor);
// Runs a program in a session of its own, by its path, with what it says at a descriptor.
pid_t sandbox_spawn(char *const words[], int output);
// 1 when a child has ended, and how; 0 while it has not. Does not wait.
int sandbox_ended(pid_t child, int *status);

// Lets standard input and output be those of a console, until it ends, its user leaves it by Control-], or this process is told to end.
enum { SANDBOX_CONSOLE_ENDED, SANDBOX_CONSOLE_LEFT, SANDBOX_CONSOLE_TOLD };
int sandbox_console(int console);

#endif
