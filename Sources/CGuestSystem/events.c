#define _GNU_SOURCE
#include "guest_system.h"
#include "result.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

int gs_device_events(void) {
    int socket_ = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    if (socket_ < 0) return -errno;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
    if (bind(socket_, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(socket_);
        return -error;
    }
    return socket_;
}

void gs_drain(int descriptor) {
    char buffer[8192];
    // After ENOBUFS (lost events) the caller has to search again anyway; the next read succeeds or is empty.
    for (;;) {
        ssize_t count = read(descriptor, buffer, sizeof buffer);
        if (count > 0 || (count < 0 && (errno == EINTR || errno == ENOBUFS))) continue;
        return;
    }
}

int gs_watch_folder(const char *path) {
    int descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (descriptor < 0) return -errno;
    if (inotify_add_watch(descriptor, path, IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int gs_poll(const int *descriptors, int count, int timeout, uint32_t *ready) {
    struct pollfd entries[16];
    if (count < 0 || count > 16) return -EINVAL;
    for (int index = 0; index < count; index++) entries[index] = (struct pollfd){.fd = descriptors[index], .events = POLLIN};
    int outcome = poll(entries, (nfds_t)count, timeout);
    *ready = 0;
    if (outcome < 0) return -errno;
    for (int index = 0; index < count; index++) {
        if (entries[index].revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL)) *ready |= 1u << index;
        if (entries[index].revents & (POLLERR | POLLHUP | POLLNVAL)) *ready |= 1u << (16 + index);
    }
    return outcome;
}
