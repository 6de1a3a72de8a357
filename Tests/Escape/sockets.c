// Every family of sockets, and who can be reached by them.

#define _GNU_SOURCE
#include "escape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "leavings.h"

// Families of sockets that `sys/socket.h` does not name are numbers (Linux, include/linux/socket.h).
#define FAMILY(name, family, type, protocol) \
	static int socket_##name(void) { return TRY(socket(family, type, protocol)); }

FAMILY(unix, AF_UNIX, SOCK_STREAM, 0)
FAMILY(inet, AF_INET, SOCK_STREAM, 0)
FAMILY(inet6, AF_INET6, SOCK_STREAM, 0)
FAMILY(raw, AF_INET, SOCK_RAW, IPPROTO_ICMP)
FAMILY(netlink, AF_NETLINK, SOCK_RAW, 0)
FAMILY(uevent, AF_NETLINK, SOCK_RAW, 15)
FAMILY(packet, AF_PACKET, SOCK_RAW, 0)
FAMILY(vsock, AF_VSOCK, SOCK_STREAM, 0)
FAMILY(alg, AF_ALG, SOCK_SEQPACKET, 0)
FAMILY(bluetooth, AF_BLUETOOTH, SOCK_RAW, 1)
FAMILY(can, AF_CAN, SOCK_RAW, 1)
FAMILY(tipc, AF_TIPC, SOCK_RDM, 0)
FAMILY(xdp, AF_XDP, SOCK_RAW, 0)
FAMILY(key, AF_KEY, SOCK_RAW, 2)
FAMILY(rds, AF_RDS, SOCK_SEQPACKET, 0)
FAMILY(kcm, AF_KCM, SOCK_DGRAM, 0)
FAMILY(nfc, AF_NFC, SOCK_SEQPACKET, 0)
FAMILY(smc, AF_SMC, SOCK_STREAM, 0)
FAMILY(qipcrtr, AF_QIPCRTR, SOCK_DGRAM, 0)
FAMILY(mctp, 45, SOCK_DGRAM, 0)
FAMILY(ax25, AF_AX25, SOCK_DGRAM, 0)
FAMILY(netrom, AF_NETROM, SOCK_SEQPACKET, 0)
FAMILY(rose, AF_ROSE, SOCK_SEQPACKET, 0)
FAMILY(x25, AF_X25, SOCK_SEQPACKET, 0)
FAMILY(appletalk, AF_APPLETALK, SOCK_DGRAM, 0)
FAMILY(llc, AF_LLC, SOCK_STREAM, 0)
FAMILY(pppox, AF_PPPOX, SOCK_STREAM, 0)
FAMILY(rxrpc, AF_RXRPC, SOCK_DGRAM, AF_INET)
FAMILY(phonet, AF_PHONET, SOCK_DGRAM, 0)
FAMILY(ieee802154, AF_IEEE802154, SOCK_DGRAM, 0)
FAMILY(caif, AF_CAIF, SOCK_SEQPACKET, 0)

static int connect_abstract(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int length = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, LEFT_SOCKET, (int)victim);
	int end = socket(AF_UNIX, SOCK_STREAM, 0);

	if (end < 0)
		return errno;
	return TRY(connect(end, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)));
}

static int connect_host(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)victim_port),
	};
	int end = socket(AF_INET, SOCK_STREAM, 0);

	if (end < 0)
		return errno;
	return TRY(connect(end, (struct sockaddr *)&address, sizeof(address)));
}

static int listen_low(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(977) };
	int end = socket(AF_INET, SOCK_STREAM, 0);

	if (end < 0)
		return errno;
	return TRY(bind(end, (struct sockaddr *)&address, sizeof(address)));
}

// A fake sender: only root says that it is somebody else.
static int pretend(void)
{
	struct ucred other = { .pid = 1, .uid = 0, .gid = 0 };
	char byte = 0, room[CMSG_SPACE(sizeof(other))] = { 0 };
	struct iovec bytes = { &byte, 1 };
	struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof(room) };
	struct cmsghdr *part = CMSG_FIRSTHDR(&message);
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return errno;
	part->cmsg_level = SOL_SOCKET;
	part->cmsg_type = SCM_CREDENTIALS;
	part->cmsg_len = CMSG_LEN(sizeof(other));
	__builtin_memcpy(CMSG_DATA(part), &other, sizeof(other));
	return TRY(sendmsg(ends[0], &message, 0));
}

#define ENTRY(name) { "socket-" #name, socket_##name, "have a socket of the family " #name }

const struct attempt socket_attempts[] = {
	ENTRY(unix), ENTRY(inet), ENTRY(inet6), ENTRY(raw), ENTRY(netlink), ENTRY(uevent), ENTRY(packet), ENTRY(vsock), ENTRY(alg),
	ENTRY(bluetooth), ENTRY(can), ENTRY(tipc), ENTRY(xdp), ENTRY(key), ENTRY(rds), ENTRY(kcm), ENTRY(nfc), ENTRY(smc),
	ENTRY(qipcrtr), ENTRY(mctp), ENTRY(ax25), ENTRY(netrom), ENTRY(rose), ENTRY(x25), ENTRY(appletalk), ENTRY(llc), ENTRY(pppox),
	ENTRY(rxrpc), ENTRY(phonet), ENTRY(ieee802154), ENTRY(caif),
	{ "connect-abstract", connect_abstract, "connect to an abstract socket of the host's" },
	{ "connect-host", connect_host, "connect to a port of the host's" },
	{ "listen-low", listen_low, "listen on a port below 1024" },
	{ "fake-credentials", pretend, "tell a peer that one is root" },
	{ 0 },
};
