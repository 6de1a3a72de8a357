#define _GNU_SOURCE
#include "CSandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SIOCBRADDIF
#define SIOCBRADDIF 0x89a2
#endif

int sandbox_open(const char *path, int how)
{
	static const int flags[] = { O_RDONLY, O_RDWR, O_WRONLY | O_CREAT | O_TRUNC };
	int descriptor;

	if (how < 0 || how > 2)
		return -EINVAL;
	descriptor = open(path, flags[how] | O_CLOEXEC | O_NOCTTY, 0600);
	return descriptor < 0 ? -errno : descriptor;
}

int sandbox_socket_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ? -errno : 0;
}

static int failed(int descriptor)
{
	int number = errno;

	close(descriptor);
	return -number;
}

int sandbox_open_tap(const char *name, const char *bridge)
{
	struct ifreq request;
	int tap, control, result = 0;

	if (strlen(name) >= sizeof(request.ifr_name) || (bridge && strlen(bridge) >= sizeof(request.ifr_name)))
		return -ENAMETOOLONG;
	tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (tap < 0)
		return -errno;
	memset(&request, 0, sizeof(request));
	strcpy(request.ifr_name, name);
	request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
	if (ioctl(tap, TUNSETIFF, &request))
		return failed(tap);
	control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (control < 0)
		return failed(tap);
	// What it is called is the kernel's to say where the name had a number left open.
	if (bridge) {
		int number = (int)if_nametoindex(request.ifr_name);
		struct ifreq join;

		memset(&join, 0, sizeof(join));
		strcpy(join.ifr_name, bridge);
		join.ifr_ifindex = number;
		result = ioctl(control, SIOCBRADDIF, &join);
	}
	if (!result)
		result = ioctl(control, SIOCGIFFLAGS, &request);
	request.ifr_flags |= IFF_UP;
	if (!result)
		result = ioctl(control, SIOCSIFFLAGS, &request);
	if (result) {
		result = -errno;
		close(control);
		close(tap);
		return result;
	}
	close(control);
	return tap;
}

int sandbox_listen_at(const char *address, uint16_t first, uint16_t last)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} place = { .any = { 0 } };
	int is_six = strchr(address, ':') != NULL, result = -EADDRINUSE;

	place.any.sa_family = is_six ? AF_INET6 : AF_INET;
	if (inet_pton(place.any.sa_family, address, is_six ? (void *)&place.six.sin6_addr : (void *)&place.four.sin_addr) != 1)
		return -EADDRNOTAVAIL;
	for (unsigned port = first; port <= last && result == -EADDRINUSE; port++) {
		int yes = 1, listener = socket(place.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (listener < 0)
			return -errno;
		// Both have their port at the same place.
		place.four.sin_port = htons((uint16_t)port);
		setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
		if (!bind(listener, &place.any, is_six ? sizeof(place.six) : sizeof(place.four)) && !listen(listener, 16))
			return listener;
		result = failed(listener);
	}
	return result;
}

int sandbox_port(int listener)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} address;
	socklen_t size = sizeof(address);

	if (getsockname(listener, &address.any, &size))
		return -errno;
	if (address.any.sa_family == AF_INET)
		return ntohs(address.four.sin_port);
	return address.any.sa_family == AF_INET6 ? ntohs(address.six.sin6_port) : 0;
}

int sandbox_accept(int listener)
{
	int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	return connection < 0 ? -errno : connection;
}
