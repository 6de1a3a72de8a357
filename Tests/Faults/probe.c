// What a launcher made of a process, told by the process: each line one thing, alike in every launch that is alike. It ends with 42.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static int by_name(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

static void list(const char *path)
{
	char *names[64];
	size_t count = 0;
	DIR *folder = opendir(path);

	printf("%s:", path);
	if (!folder)
		printf(" %s", strerrorname_np(errno));
	for (struct dirent *entry; folder && count < 64 && (entry = readdir(folder));)
		names[count++] = strdup(entry->d_name);
	qsort(names, count, sizeof(names[0]), by_name);
	for (size_t index = 0; index < count; index++)
		printf(" %s", names[index]);
	printf("\n");
}

static void opens(const char *path, int flags)
{
	int descriptor = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

	printf("opens %s: %s\n", path, descriptor < 0 ? strerrorname_np(errno) : "yes");
	if (descriptor >= 0)
		close(descriptor);
}

static void privileges(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { 0 };
	uid_t real, effective, saved;
	gid_t groups[64];
	int count;

	getresuid(&real, &effective, &saved);
	printf("users %u %u %u\n", real, effective, saved);
	getresgid(&real, &effective, &saved);
	printf("groups %u %u %u\n", real, effective, saved);
	count = getgroups(64, groups);
	printf("other groups %d:", count);
	for (int index = 0; index < count; index++)
		printf(" %u", groups[index]);
	syscall(SYS_capget, &header, sets);
	printf("\ncapabilities %x%x %x%x %x%x bounding", sets[0].effective, sets[1].effective, sets[0].permitted, sets[1].permitted,
		sets[0].inheritable, sets[1].inheritable);
	for (int capability = 0; capability < 64; capability++)
		if (prctl(PR_CAPBSET_READ, capability) == 1)
			printf(" %d", capability);
	printf(" ambient");
	for (int capability = 0; capability < 64; capability++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) == 1)
			printf(" %d", capability);
	count = -1;
	prctl(PR_GET_PDEATHSIG, &count);
	printf("\nsecurebits %x no_new_privs %d seccomp %d death %d\n", prctl(PR_GET_SECUREBITS), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
		prctl(PR_GET_SECCOMP), count);
}

int main(int count, char **words)
{
	struct utsname host;
	struct stat status;
	char text[256] = "";
	long length;

	setvbuf(stdout, NULL, _IOFBF, 65536);
	privileges();
	printf("first %d session %d mask %o\n", getpid() == 1, getsid(0) == getpid(), umask(077));
	for (int resource = 0; resource < RLIMIT_NLIMITS; resource++) {
		struct rlimit limit = { 0 };

		getrlimit(resource, &limit);
		printf("limit %d %lx %lx\n", resource, limit.rlim_cur, limit.rlim_max);
	}
	printf("descriptors");
	for (int number = 0; number < 128; number++)
		if (fcntl(number, F_GETFD) >= 0)
			printf(" %d", number);
	printf("\narguments %d", count);
	for (int index = 0; index < count; index++)
		printf(" %s", words[index]);
	printf("\nenvironment");
	for (char **variable = environ; *variable; variable++)
		printf(" %s", *variable);
	printf("\nin %s\n", getcwd(text, sizeof(text)) ? text : strerrorname_np(errno));
	list("/");
	list("/..");
	list("/probe");
	opens("/dev/tty", O_RDWR);
	opens("/etc/shadow", O_RDONLY);
	opens("/proc/1/root/etc/shadow", O_RDONLY);
	opens("/made", O_WRONLY | O_CREAT);
	opens("/probe/made", O_WRONLY | O_CREAT);
	if (!stat("/", &status))
		printf("root of %u %o\n", status.st_uid, status.st_mode);
	length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text, sizeof(text));
	printf("keys %s\n", length > 0 ? strrchr(text, ';') : strerrorname_np(errno));
	length = syscall(SYS_memfd_create, "probe", 0x10 | 1);
	printf("program in memory: %s\n", length < 0 ? strerrorname_np(errno) : "yes");
	uname(&host);
	printf("host %s\n", host.nodename);
	// A refused call that its filter answers: the filter is there, whatever is said of it.
	printf("nice: %s\n", nice(0) < 0 ? strerrorname_np(errno) : "yes");
	fflush(stdout);
	return 42;
}
