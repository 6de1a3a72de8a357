// The door to what Swift's Glibc does not show: waiting for many descriptors at once, a descriptor to be woken by, and
// accepting a client so that no program that is started meanwhile inherits it.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

int accept4(int descriptor, struct sockaddr *address, socklen_t *size, int flags);
