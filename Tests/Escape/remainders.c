// What a launcher left by mistake: see prepare.c.

#define _GNU_SOURCE
#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "leavings.h"

extern char **environ;

static int find_descriptor(void)
{
	for (int number = 3; number < 65536; number++)
		if (fcntl(number, F_GETFD) >= 0)
			return 0;
	return EBADF;
}

static int find_variable(void) { return environ && environ[0] ? 0 : EPERM; }
static int find_group(void) { return getgroups(0, NULL) > 0 ? 0 : EPERM; }
static int find_key(void) { return TRY(syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", LEFT_KEY, 0)); }
static int find_segment(void) { return TRY(shmget(LEFT_SEGMENT, 0, 0)); }
static int type_in(void) { return TRY(ioctl(0, TIOCSTI, "x")); }
static int take_terminal(void) { return getsid(0) == getpid() ? TRY(ioctl(0, TIOCSCTTY, 1)) : TRY(ioctl(0, TIOCNOTTY)); }

static int hang_up(void)
{
	signal(SIGHUP, SIG_IGN);
	return TRY(vhangup());
}

const struct attempt remainder_attempts[] = {
	{ "inherited-descriptor", find_descriptor, "find a descriptor besides 0, 1 and 2" },
	{ "inherited-variable", find_variable, "find a variable of the environment" },
	{ "inherited-group", find_group, "find a group besides one's own" },
	{ "inherited-key", find_key, "find a key of the launcher's session" },
	{ "inherited-segment", find_segment, "find shared memory of the host's" },
	{ "type-into-terminal", type_in, "type into the launcher's terminal" },
	{ "take-terminal", take_terminal, "have the launcher's terminal for one's own" },
	{ "hang-up", hang_up, "hang up the terminal" },
	{ 0 },
};
