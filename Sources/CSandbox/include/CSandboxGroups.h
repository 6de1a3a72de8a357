// Control groups that a launcher makes. As in CSandbox.h, each function returns what the call does, and -errno where that fails.

#ifndef CSANDBOX_GROUPS_H
#define CSANDBOX_GROUPS_H

#include <stdint.h>

// Makes a group in a folder of groups that are launchers' only, empty and anew: what a killed launcher left of this name or another is
// taken away. A descriptor that has it locked, by which others know that it is somebody's; -EWOULDBLOCK where it is.
int sandbox_make_group(const char *parent, const char *name);
// Takes it away, once its processes have ended: waits a second for that.
int sandbox_remove_group(const char *path);

// A program for the kernel that decides of devices: its descriptor.
int sandbox_load_device_program(const uint64_t *instructions, uint32_t count);
// Has it decide for a group, and no group in it have another.
int sandbox_attach_device_program(const char *path, int program);
// By what the kernel knows programs of the same instructions.
int sandbox_program_tag(int program, uint64_t *tag);
// The tags of those that decide for a group: how many there are, at most `room`.
int sandbox_device_programs(const char *path, uint64_t *tags, uint32_t room);

// The device that a path is, 0 when it is none; of a block device this is set besides.
#define SANDBOX_BLOCK_DEVICE (1ull << 63)
uint64_t sandbox_device_kind(const char *path);

#endif
