// swarm USER COUNT: so many processes of a user's that will not end. Each moves on all the time, has others go on for those that are
// gone, and kills whoever is none of them. Its first process is root's, is out of their reach, and takes in their orphans: it prints a
// line once the swarm has shown its teeth, and another when all have ended. By itself that is after ten seconds, and a failure.

#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 64, SECONDS = 10 };

// Seen by all: whose place is whose.
static struct {
	volatile pid_t places[MOST];
	volatile pid_t newest;
	volatile int births;
	volatile int isComplete;
} *swarm;
static int count;
static time_t doom;

static int is_own(pid_t process)
{
	for (int place = 0; place < count; place++)
		if (swarm->places[place] == process)
			return 1;
	return 0;
}

static void settle(int place)
{
	setsid();
	swarm->places[place] = swarm->newest = getpid();
	__sync_fetch_and_add(&swarm->births, 1);
}

static void fight(int place)
{
	settle(place);
	// Who has no place yet would be taken for a stranger.
	while (!swarm->isComplete && time(NULL) < doom)
		usleep(100);
	while (time(NULL) < doom) {
		// Whoever began of late and is none of them may be he who comes to end them.
		for (pid_t process = swarm->newest - 16, end = process + 64; process < end; process++)
			if (process > 1 && process != getpid() && !is_own(process)) {
				const struct sched_param idle = { 0 };

				sched_setscheduler(process, SCHED_IDLE, &idle);
				kill(process, SIGKILL);
			}
		// Who is gone has somebody in his place.
		for (int other = 0; other < count; other++)
			if (other != place && kill(swarm->places[other], 0) && fork() == 0)
				settle(place = other);
		// The child goes on.
		switch (fork()) {
		case 0:
			settle(place);
			break;
		case -1:
			break;
		default:
			_exit(0);
		}
	}
	_exit(1);
}

static void become(uid_t user)
{
	if (setgroups(0, NULL) || setresgid(user, user, user) || setresuid(user, user, user))
		_exit(3);
}

int main(int words, char **word)
{
	uid_t user = words > 2 ? (uid_t)atoi(word[1]) : 0;
	pid_t stranger;

	count = words > 2 ? atoi(word[2]) : 0;
	if (user == 0 || count < 1 || count > MOST) {
		fprintf(stderr, "usage: swarm USER COUNT, at most %d\n", MOST);
		return 3;
	}
	swarm = mmap(NULL, sizeof(*swarm), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (swarm == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
		perror("swarm");
		return 3;
	}
	// Children are not waited for: they are gone when they end.
	signal(SIGCHLD, SIG_IGN);
	doom = time(NULL) + SECONDS;
	for (int place = 0; place < count; place++)
		if (fork() == 0) {
			fclose(stdout);
			become(user);
			fight(place);
		}
	for (int place = 0; place < count; place++)
		while (!swarm->places[place] && time(NULL) < doom)
			usleep(1000);
	swarm->isComplete = 1;
	// Somebody who is of their user and not of them does not live.
	stranger = fork();
	if (stranger == 0) {
		become(user);
		for (; time(NULL) < doom; usleep(100))
			swarm->newest = getpid();
		_exit(1);
	}
	while (kill(stranger, 0) == 0 && time(NULL) < doom)
		usleep(1000);
	printf("complete\n");
	fflush(stdout);
	// With children that are not waited for, this comes back when there are none.
	while (wait(NULL) >= 0 || errno == EINTR)
		;
	printf("%s after %d births\n", time(NULL) < doom ? "ended" : "never ended", swarm->births);
	return time(NULL) < doom ? 0 : 1;
}
