#define _GNU_SOURCE
#include "guest_system.h"
#include "result.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void put_address(struct sockaddr *place, uint32_t address) {
    struct sockaddr_in value = {.sin_family = AF_INET, .sin_addr.s_addr = address};
    memcpy(place, &value, sizeof value);
}

int gs_interface_up(const char *name, uint32_t address, uint32_t netmask) {
    if (strlen(name) >= IFNAMSIZ) return -ENAMETOOLONG;
    int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return -errno;
    struct ifreq request = {0};
    strcpy(request.ifr_name, name);
    int outcome = 0;
    if (address != 0) {
        put_address(&request.ifr_addr, address);
        outcome = result(ioctl(socket_, SIOCSIFADDR, &request));
        if (outcome == 0) {
            put_address(&request.ifr_netmask, netmask);
            outcome = result(ioctl(socket_, SIOCSIFNETMASK, &request));
        }
    }
    if (outcome == 0) outcome = result(ioctl(socket_, SIOCGIFFLAGS, &request));
    if (outcome == 0) {
        request.ifr_flags |= IFF_UP;
        outcome = result(ioctl(socket_, SIOCSIFFLAGS, &request));
    }
    close(socket_);
    return outcome;
}

static socklen_t fill(struct sockaddr_storage *storage, const uint8_t *address, int size, uint16_t port) {
    memset(storage, 0, sizeof *storage);
    if (size == 4) {
        struct sockaddr_in *inet = (struct sockaddr_in *)storage;
        inet->sin_family = AF_INET;
        inet->sin_port = htons(port);
        memcpy(&inet->sin_addr, address, 4);
        return sizeof *inet;
    }
    struct sockaddr_in6 *inet6 = (struct sockaddr_in6 *)storage;
    inet6->sin6_family = AF_INET6;
    inet6->sin6_port = htons(port);
    memcpy(&inet6->sin6_addr, address, 16);
    return sizeof *inet6;
}

int gs_start_connect(const uint8_t *address, int size, uint16_t port, int is_datagram) {
    if (size != 4 && size != 16) return -EINVAL;
    struct sockaddr_storage peer;
    socklen_t length = fill(&peer, address, size, port);
    int type = is_datagram ? SOCK_DGRAM : SOCK_STREAM;
    int socket_ = socket(peer.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) return -errno;
    int outcome = result(connect(socket_, (struct sockaddr *)&peer, length));
    if (outcome == 0 || outcome == -EINPROGRESS) return socket_;
    close(socket_);
    return outcome;
}

int gs_socket_error(int socket_) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return -errno;
    return -error;
}

int gs_peer(int socket_, char *text, int size) {
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof peer;
    if (getpeername(socket_, (struct sockaddr *)&peer, &length) < 0) return -errno;
    char host[INET6_ADDRSTRLEN] = "";
    if (peer.ss_family == AF_INET) {
        struct sockaddr_in *inet = (struct sockaddr_in *)&peer;
        inet_ntop(AF_INET, &inet->sin_addr, host, sizeof host);
        return snprintf(text, (size_t)size, "%s:%u", host, ntohs(inet->sin_port));
    }
    if (peer.ss_family != AF_INET6) return -EAFNOSUPPORT;
    struct sockaddr_in6 *inet6 = (struct sockaddr_in6 *)&peer;
    inet_ntop(AF_INET6, &inet6->sin6_addr, host, sizeof host);
    return snprintf(text, (size_t)size, "[%s]:%u", host, ntohs(inet6->sin6_port));
}

int gs_listen(const uint8_t *address, int size, uint16_t port) {
    if (size != 4 && size != 16) return -EINVAL;
    struct sockaddr_storage own;
    socklen_t length = fill(&own, address, size, port);
    int socket_ = socket(own.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return -errno;
    int outcome = result(bind(socket_, (struct sockaddr *)&own, length));
    if (outcome == 0) outcome = result(listen(socket_, 64));
    if (outcome == 0) return socket_;
    close(socket_);
    return outcome;
}

static int link_address(const char *interface, struct sockaddr_ll *address) {
    memset(address, 0, sizeof *address);
    address->sll_family = AF_PACKET;
    address->sll_protocol = htons(ETH_P_IP);
    address->sll_ifindex = (int)if_nametoindex(interface);
    address->sll_halen = 6;
    memset(address->sll_addr, 0xff, 6);
    return address->sll_ifindex == 0 ? -ENODEV : 0;
}

int gs_packet_socket(const char *interface) {
    struct sockaddr_ll address;
    int outcome = link_address(interface, &address);
    if (outcome < 0) return outcome;
    int socket_ = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_IP));
    if (socket_ < 0) return -errno;
    outcome = result(bind(socket_, (struct sockaddr *)&address, sizeof address));
    if (outcome == 0) return socket_;
    close(socket_);
    return outcome;
}

int gs_packet_announce(int socket_, const char *interface, const uint8_t address[4]) {
    struct sockaddr_ll own, link;
    socklen_t size = sizeof own;
    if (getsockname(socket_, (struct sockaddr *)&own, &size) < 0) return -errno;
    int outcome = link_address(interface, &link);
    if (outcome < 0) return outcome;
    link.sll_protocol = htons(ETH_P_ARP);
    // A gratuitous request for Ethernet and IPv4: the given address is sender and target.
    uint8_t packet[28] = {0, 1, 8, 0, 6, 4, 0, 1};
    memcpy(packet + 8, own.sll_addr, 6);
    memcpy(packet + 14, address, 4);
    memcpy(packet + 24, address, 4);
    return result((int)sendto(socket_, packet, sizeof packet, 0, (struct sockaddr *)&link, sizeof link));
}

int gs_packet_send(int socket_, const char *interface, const uint8_t *packet, int size) {
    struct sockaddr_ll address;
    int outcome = link_address(interface, &address);
    if (outcome < 0) return outcome;
    return result((int)sendto(socket_, packet, (size_t)size, 0, (struct sockaddr *)&address, sizeof address));
}
