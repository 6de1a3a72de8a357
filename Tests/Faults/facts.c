// What is seen of a process from outside. Not by the launcher's own eyes: those are what is tried.

#define _GNU_SOURCE
#include "fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct text {
	char *bytes;
	size_t room, length;
};

__attribute__((format(printf, 2, 3))) static void say(struct text *text, const char *format, ...)
{
	va_list arguments;
	int count;

	va_start(arguments, format);
	count = vsnprintf(text->bytes + text->length, text->room - text->length, format, arguments);
	va_end(arguments);
	if (count > 0)
		text->length += (size_t)count < text->room - text->length ? (size_t)count : text->room - text->length - 1;
}

static size_t read_file(pid_t process, const char *name, char *bytes, size_t room)
{
	char path[64];
	size_t length = 0;
	ssize_t count = 0;
	int file;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	while (file >= 0 && length < room - 1 && (count = read(file, bytes + length, room - 1 - length)) > 0)
		length += (size_t)count;
	if (file >= 0)
		close(file);
	bytes[length] = 0;
	return length;
}

static void tell_status(struct text *text, pid_t process)
{
	static const char *const lines[] = {
		"Umask", "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters",
	};
	static char status[8192];
	char *rest = status, *line;

	read_file(process, "status", status, sizeof(status));
	while ((line = strsep(&rest, "\n")))
		for (size_t index = 0; index < sizeof(lines) / sizeof(lines[0]); index++)
			if (!strncmp(line, lines[index], strlen(lines[index])) && line[strlen(lines[index])] == ':')
				say(text, "%s\n", line);
}

static void tell_namespaces(struct text *text, pid_t process)
{
	static const char *const names[] = { "mnt", "cgroup", "uts", "ipc", "user", "pid", "net" };

	for (size_t index = 0; index < sizeof(names) / sizeof(names[0]); index++) {
		char path[64], its[64] = "", ours[64] = "";

		snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)process, names[index]);
		if (readlink(path, its, sizeof(its) - 1) < 0)
			snprintf(its, sizeof(its), "unknown");
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[index]);
		if (readlink(path, ours, sizeof(ours) - 1) < 0)
			snprintf(ours, sizeof(ours), "unknown");
		say(text, "namespace %s: %s\n", names[index], strcmp(its, ours) ? "its own" : "shared");
	}
}

// Where what is mounted, and how. Numbers of mounts and devices differ from launch to launch.
static void tell_mounts(struct text *text, pid_t process)
{
	static char mounts[TEXT_SIZE];
	char *rest = mounts, *line;

	read_file(process, "mountinfo", mounts, sizeof(mounts));
	while ((line = strsep(&rest, "\n"))) {
		char root[256], place[256], options[256];

		if (sscanf(line, "%*s %*s %*s %255s %255s %255s", root, place, options) == 3)
			say(text, "mount %s %s %s%s\n", root, place, options, strstr(line, " shared:") ? " shared" : "");
	}
}

static int by_number(const void *one, const void *other)
{
	return *(const int *)one - *(const int *)other;
}

static void tell_descriptors(struct text *text, pid_t process)
{
	int numbers[256];
	size_t count = 0;
	char path[64];
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)process);
	folder = opendir(path);
	for (struct dirent *entry; folder && count < 256 && (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			numbers[count++] = atoi(entry->d_name);
	if (folder)
		closedir(folder);
	qsort(numbers, count, sizeof(numbers[0]), by_number);
	say(text, "descriptors");
	for (size_t index = 0; index < count; index++)
		say(text, " %d", numbers[index]);
	say(text, "\n");
}

// Its control groups, and how many processes it may have by one of version 1.
static void tell_groups(struct text *text, pid_t process)
{
	static char groups[4096];
	char *rest = groups, *line;

	read_file(process, "cgroup", groups, sizeof(groups));
	while ((line = strsep(&rest, "\n"))) {
		char controllers[64], place[256], path[512], limit[64] = "";
		FILE *file;

		say(text, "group %s\n", line);
		if (sscanf(line, "%*d:%63[^:]:%255s", controllers, place) != 2 || strcmp(controllers, "pids"))
			continue;
		snprintf(path, sizeof(path), "/sys/fs/cgroup/pids%s/pids.max", place);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(limit, sizeof(limit), file))
			say(text, "processes %s", limit);
		fclose(file);
	}
}

void tell_facts(pid_t process, char *bytes, size_t room)
{
	struct text text = { bytes, room, 0 };
	static char contents[8192];
	size_t length;
	char *name;
	int session = 0, terminal = 0;

	tell_status(&text, process);
	tell_namespaces(&text, process);
	tell_mounts(&text, process);
	tell_groups(&text, process);
	tell_descriptors(&text, process);
	read_file(process, "limits", contents, sizeof(contents));
	say(&text, "%s", contents);
	read_file(process, "oom_score_adj", contents, sizeof(contents));
	say(&text, "out of memory %s", contents);
	length = read_file(process, "environ", contents, sizeof(contents));
	for (size_t index = 0; index + 1 < length; index++)
		contents[index] = contents[index] ? contents[index] : ' ';
	say(&text, "environment %s\n", contents);
	read_file(process, "stat", contents, sizeof(contents));
	name = strrchr(contents, ')');
	if (name)
		sscanf(name + 1, " %*c %*d %*d %d %d", &session, &terminal);
	say(&text, "session %s, terminal %d\n", session == process ? "its own" : "another's", terminal);
}
