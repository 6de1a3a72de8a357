// In QEMU's place: a device model that says that it serves its guest, and restricts nothing of what it has open. It makes no system
// call that QEMU's profile does not have.

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int count, char **words)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "/run/xenstored" };
	struct { uint32_t type, request, transaction, length; char text[64]; } message = { 11, 1, 0, 0, { 0 } };
	int store = socket(AF_UNIX, SOCK_STREAM, 0), commands = open("/dev/xen/privcmd", O_RDWR), events = open("/dev/xen/evtchn", O_RDWR);

	for (int index = 1; index + 1 < count; index++)
		if (!strcmp(words[index], "-xen-domid"))
			message.length = (uint32_t)snprintf(message.text, sizeof(message.text), "device-model/%s/state", words[index + 1]) + 1;
	memcpy(message.text + message.length, "running", 7);
	message.length += 7;
	if (commands < 0 || events < 0 || connect(store, (struct sockaddr *)&name, sizeof(name)))
		return 1;
	// In two pieces, as it may come.
	if (write(store, &message, 7) != 7 || write(store, (char *)&message + 7, 16 + message.length - 7) < 0)
		return 2;
	for (;;)
		poll(NULL, 0, -1);
}
