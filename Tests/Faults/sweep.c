// sweep [OPTION…] -- LAUNCHER ARGUMENT…: launches the probe again and again, each time with another system call disturbed, and compares
// what came of it with an undisturbed launch.
//
//     --error NAME:STRIDE    calls fail with this error, each or every so many of them
//     --lies                 calls that give something up say that they were done, and were not
//     --unverified           the launcher does not look at what it has made: only what the child says is judged
//     --from N               where strides begin
//     --only WHO:N:ERROR     one launch, told at length
//
// Exit status: 0 each launch was refused, or as restricted as an undisturbed one; 1 one was not; 3 nothing was tried.

#define _GNU_SOURCE
#include "fault.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const who_names[2] = { "launcher", "child" };

static const int probe_status = 42;
static int sequence[2][MOST_CALLS];
static struct outcome undisturbed, outcome;
static char **launcher;
static bool is_unverified;

// What has come of launches, and how often.
enum verdict { REFUSED, HARMLESS, DIED, NOT_MADE, WRONG, VERDICTS };
static const char *const verdict_names[VERDICTS] = {
	"refused", "as restricted", "died before it launched", "not made", "WRONG",
};
static int verdicts[VERDICTS];

static const char *error_name(int error)
{
	return error ? strerrorname_np(error) : "0";
}

static int error_number(const char *name)
{
	for (int error = 1; error < 134; error++)
		if (strerrorname_np(error) && !strcmp(strerrorname_np(error), name))
			return error;
	return 0;
}

// The first line in which two texts differ.
static void tell_difference(const char *wanted, const char *found)
{
	while (*wanted && *found) {
		size_t one = strcspn(wanted, "\n"), other = strcspn(found, "\n");

		if (one != other || strncmp(wanted, found, one))
			break;
		wanted += one + (wanted[one] == '\n');
		found += other + (found[other] == '\n');
	}
	printf("    wanted: %.*s\n    found:  %.*s\n", (int)strcspn(wanted, "\n"), wanted, (int)strcspn(found, "\n"), found);
}

static bool is_alike(void)
{
	return !strcmp(undisturbed.probe, outcome.probe) && !strcmp(undisturbed.facts, outcome.facts);
}

static enum verdict judge(const struct fault *fault, const char **why)
{
	int status = WIFEXITED(outcome.status) ? WEXITSTATUS(outcome.status) : -1;

	*why = "";
	if (outcome.disturbed < 0)
		return NOT_MADE;
	if (outcome.is_late) {
		*why = "it does not end";
		return WRONG;
	}
	if (outcome.is_complete && !is_alike()) {
		*why = "a program ran that is otherwise restricted";
		return WRONG;
	}
	if (status == probe_status) {
		*why = "it passes for one that ran to its end";
		return outcome.is_complete ? HARMLESS : WRONG;
	}
	if (status == 125) {
		bool is_named = strstr(outcome.errors, "step `") || strstr(outcome.errors, "not as planned");

		*why = "it does not say why";
		return strstr(outcome.errors, "error: ") && (is_named || fault->who == LAUNCHER) ? REFUSED : WRONG;
	}
	// Its own start, or its memory, was taken from it: nobody takes that for a launch, as long as nothing runs.
	*why = outcome.has_run ? "something ran, and nobody waited for it" : "it passes for one that ran";
	return !outcome.has_run && (fault->who == LAUNCHER || is_unverified) && status != 0 ? DIED : WRONG;
}

static void tell(const struct fault *fault, enum verdict verdict, const char *why)
{
	printf("%s:%d:%s %s(%#llx, %#llx, %#llx): %s%s%s, status %#x\n", who_names[fault->who], fault->number, error_name(fault->error),
		outcome.disturbed < 0 ? "no call" : call_name(outcome.disturbed), (unsigned long long)outcome.arguments[0],
		(unsigned long long)outcome.arguments[1], (unsigned long long)outcome.arguments[2], verdict_names[verdict], *why ? ": " : "",
		why, outcome.status);
}

static void try(const struct fault *fault, bool at_length)
{
	enum verdict verdict;
	const char *why;

	launch(launcher, fault, &outcome, NULL);
	verdict = judge(fault, &why);
	verdicts[verdict]++;
	if (verdict == WRONG || at_length) {
		tell(fault, verdict, verdict == WRONG ? why : "");
		if (outcome.is_complete) {
			tell_difference(undisturbed.probe, outcome.probe);
			tell_difference(undisturbed.facts, outcome.facts);
		}
		printf("    %s\n", outcome.errors);
	}
}

static void sweep(int error, int stride, int from)
{
	for (enum who who = LAUNCHER; who <= CHILD; who++) {
		// The launcher's first is the exec by which it begins.
		int first = who == LAUNCHER ? 1 : 0;

		if (is_unverified && who == LAUNCHER)
			continue;
		for (int number = first + from % stride; number < undisturbed.calls[who]; number += stride) {
			struct fault fault = { who, number, error };

			// Linux closes a descriptor whatever it says then, and an end cannot be refused.
			if (sequence[who][number] == SYS_exit_group || (who == LAUNCHER && sequence[who][number] == SYS_close))
				continue;
			if (error || (who == CHILD && gives_up(sequence[who][number])))
				try(&fault, false);
		}
	}
}

static void find_undisturbed(void)
{
	const struct fault none = { LAUNCHER, -1, 0 };

	// The second finds what the first has left for later ones.
	launch(launcher, &none, &outcome, NULL);
	launch(launcher, &none, &undisturbed, sequence);
	if (!undisturbed.is_complete || !WIFEXITED(undisturbed.status) || WEXITSTATUS(undisturbed.status) != probe_status) {
		printf("an undisturbed launch fails: status %#x\n%s%s\n", undisturbed.status, undisturbed.probe, undisturbed.errors);
		exit(3);
	}
	launch(launcher, &none, &outcome, NULL);
	if (!is_alike()) {
		printf("two undisturbed launches differ:\n");
		tell_difference(undisturbed.probe, outcome.probe);
		tell_difference(undisturbed.facts, outcome.facts);
		exit(3);
	}
	if (undisturbed.calls[LAUNCHER] > MOST_CALLS || undisturbed.calls[CHILD] > MOST_CALLS || undisturbed.calls[CHILD] < 30) {
		printf("a launch makes %d and %d calls\n", undisturbed.calls[LAUNCHER], undisturbed.calls[CHILD]);
		exit(3);
	}
}

// A namespace of processes of its own: of others' the launcher's audit would see now more, now fewer.
static void enter_namespace(void)
{
	int status;
	pid_t child;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || (child = fork()) < 0) {
		perror("a namespace of processes");
		exit(3);
	}
	if (child > 0) {
		if (waitpid(child, &status, 0) < 0)
			exit(3);
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount("proc", "/proc", "proc", 0, NULL)) {
		perror("/proc");
		exit(3);
	}
}

int main(int count, char **words)
{
	char *errors[16] = { 0 }, *only = NULL;
	int error_count = 0, from = 0, index = 1;
	bool lies = false;

	for (; index < count && strcmp(words[index], "--"); index++) {
		bool has_value = index + 1 < count;

		if (!strcmp(words[index], "--lies"))
			lies = true;
		else if (!strcmp(words[index], "--unverified"))
			is_unverified = true;
		else if (!strcmp(words[index], "--error") && has_value && error_count < 16)
			errors[error_count++] = words[++index];
		else if (!strcmp(words[index], "--from") && has_value)
			from = atoi(words[++index]) & 0xffff;
		else if (!strcmp(words[index], "--only") && has_value)
			only = words[++index];
		else
			break;
	}
	if (index + 1 >= count || strcmp(words[index], "--")) {
		fprintf(stderr, "usage: sweep [OPTION]... -- LAUNCHER ARGUMENT...\n");
		return 3;
	}
	launcher = words + index + 1;
	// What crashes is to end, not to be told of by another program.
	setenv("SWIFT_BACKTRACE", "enable=no", 1);
	enter_namespace();
	find_undisturbed();
	if (only) {
		char who[16] = "", error[32] = "";
		struct fault fault = { LAUNCHER, -1, 0 };

		if (sscanf(only, "%15[a-z]:%d:%31s", who, &fault.number, error) != 3)
			return 3;
		fault.who = strcmp(who, who_names[CHILD]) ? LAUNCHER : CHILD;
		fault.error = error_number(error);
		try(&fault, true);
		printf("%s%s", outcome.probe, outcome.facts);
	}
	for (int kind = 0; kind < error_count && !only; kind++) {
		char name[32] = "";
		int stride = 1;

		if (sscanf(errors[kind], "%31[A-Z]:%d", name, &stride) < 1 || !error_number(name) || stride < 1)
			return 3;
		sweep(error_number(name), stride, from);
	}
	if (lies && !only)
		sweep(0, 1, 0);
	printf("calls: launcher %d, child %d; launches:", undisturbed.calls[LAUNCHER], undisturbed.calls[CHILD]);
	for (int verdict = 0; verdict < VERDICTS; verdict++)
		if (verdicts[verdict])
			printf(" %d %s,", verdicts[verdict], verdict_names[verdict]);
	printf(" from %d\n", from);
	return verdicts[WRONG] ? 1 : 0;
}
