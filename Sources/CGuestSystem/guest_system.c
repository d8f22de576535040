#define _GNU_SOURCE
#include "guest_system.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// What has to be so before the Swift runtime's own initialisers run in PID 1.
//
// They look at /proc/self/exe and end the process when they cannot ("Unable to obtain Swift runtime path"): nobody has mounted /proc yet.
// And they seed hashing with getrandom(2), which waits for the kernel's entropy pool: one to two seconds on a machine without RDRAND
// (measured under emulation). Nothing an attacker chooses is hashed here, so the seed is left out.
__attribute__((constructor(101))) static void prepare_for_runtime(void) {
    char path[8];
    if (getpid() != 1) return;
    setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1);
    if (readlink("/proc/self/exe", path, sizeof path) >= 0) return;
    mkdir("/proc", 0555);
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

static int result(long value) { return value < 0 ? -errno : (int)value; }

int gs_mount(const char *source, const char *target, const char *type, unsigned flags, const char *data) {
    unsigned long bits = 0;
    if (flags & GS_MOUNT_NOSUID) bits |= MS_NOSUID;
    if (flags & GS_MOUNT_NODEV) bits |= MS_NODEV;
    if (flags & GS_MOUNT_NOEXEC) bits |= MS_NOEXEC;
    if (flags & GS_MOUNT_READ_ONLY) bits |= MS_RDONLY;
    if (flags & GS_MOUNT_REMOUNT) bits |= MS_REMOUNT;
    return result(mount(source, target, type, bits, data));
}

int gs_move_mount(const char *from, const char *to) { return result(mount(from, to, NULL, MS_MOVE, NULL)); }

int gs_enter_root(const char *folder) {
    if (chdir(folder) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0) return -errno;
    return result(chdir("/"));
}

int gs_exec(const char *path, char *const argv[], char *const envp[]) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    return result(execve(path, argv, envp));
}

int gs_notify(const char *message) {
    const char *path = getenv("NOTIFY_SOCKET");
    if (!path || !*path) return 0;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    // A leading @ stands for the zero byte of an abstract name.
    if (path[0] == '@') address.sun_path[0] = 0;
    int socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return -errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    int outcome = result(sendto(socket_, message, strlen(message), MSG_NOSIGNAL, (struct sockaddr *)&address, size));
    close(socket_);
    return outcome < 0 ? outcome : 0;
}

int gs_load_module(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return -errno;
    int outcome = result(syscall(SYS_finit_module, file, "", 0));
    close(file);
    return outcome;
}

int gs_power_off(void) {
    sync();
    return result(reboot(RB_POWER_OFF));
}

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

// syslog(2): 10 is SYSLOG_ACTION_SIZE_BUFFER, 3 is SYSLOG_ACTION_READ_ALL.
int gs_kernel_log_size(void) { return result(klogctl(10, NULL, 0)); }
int gs_kernel_log(char *buffer, int size) { return result(klogctl(3, buffer, size)); }

int gs_child_events(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
    signal(SIGPIPE, SIG_IGN);
    return result(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

void gs_drain_child_events(int descriptor) {
    struct signalfd_siginfo info;
    while (read(descriptor, &info, sizeof info) == sizeof info) {}
}

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
    // ENOBUFS says events were lost, which is one more reason to look again; the next read then succeeds or is empty.
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

// The path a terminal is opened by must come after setsid(2), which posix_spawn(3) runs before its file actions: a session leader
// that opens a terminal without O_NOCTTY gets it as its controlling one (tty_ioctl(4)).
static int add_descriptors(posix_spawn_file_actions_t *actions, int input, int output, int error, const char *terminal) {
    int outcome = 0;
    if (terminal) {
        outcome = posix_spawn_file_actions_addopen(actions, 0, terminal, O_RDWR, 0);
        if (outcome == 0) outcome = posix_spawn_file_actions_adddup2(actions, 0, 1);
        if (outcome == 0) outcome = posix_spawn_file_actions_adddup2(actions, 0, 2);
    } else {
        outcome = posix_spawn_file_actions_adddup2(actions, input, 0);
        if (outcome == 0) outcome = posix_spawn_file_actions_adddup2(actions, output, 1);
        if (outcome == 0) outcome = posix_spawn_file_actions_adddup2(actions, error, 2);
    }
    if (outcome == 0) outcome = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    return outcome;
}

int gs_spawn(const char *path, char *const argv[], char *const envp[], int input, int output, int error, const char *terminal, pid_t *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int outcome = posix_spawn_file_actions_init(&actions);
    if (outcome != 0) return -outcome;
    outcome = posix_spawnattr_init(&attributes);
    if (outcome == 0) {
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        outcome = add_descriptors(&actions, input, output, error, terminal);
        if (outcome == 0) outcome = posix_spawn(child, path, &actions, &attributes, argv, envp);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return -outcome;
}

int gs_reap(int *code, int *signal_) {
    int status = 0;
    pid_t child;
    do {
        child = waitpid(-1, &status, WNOHANG);
    } while (child < 0 && errno == EINTR);
    if (child <= 0) return 0;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    *signal_ = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return child;
}

int gs_become(uint32_t user, uint32_t effective, uint32_t group, const uint32_t *groups, int count) {
    // gid_t is a 32-bit number on Linux.
    if (setgroups((size_t)count, groups) < 0) return -errno;
    if (setresgid(group, group, group) < 0) return -errno;
    return result(setresuid(user, effective, effective));
}

int gs_leave_to_child(void) {
    pid_t child = fork();
    if (child < 0) return -errno;
    if (child > 0) _exit(0);
    return 0;
}

static int write_map(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -errno;
    ssize_t count = write(file, text, strlen(text));
    int outcome = count < 0 ? -errno : 0;
    close(file);
    return outcome;
}

int gs_isolate(int user_and_cgroup, int network) {
    if (network) return result(unshare(CLONE_NEWNET));
    if (!user_and_cgroup) return 0;
    char users[32], groups[32];
    snprintf(users, sizeof users, "0 %u 1", getuid());
    snprintf(groups, sizeof groups, "0 %u 1", getgid());
    // Who changed its user is not dumpable, and its files in /proc are root's (proc(5)): it could not write its maps.
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0) return -errno;
    if (unshare(CLONE_NEWUSER | CLONE_NEWCGROUP) < 0) return -errno;
    int outcome = write_map("/proc/self/setgroups", "deny");
    if (outcome == 0) outcome = write_map("/proc/self/uid_map", users);
    return outcome == 0 ? write_map("/proc/self/gid_map", groups) : outcome;
}

uint64_t gs_boot_milliseconds(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t gs_monotonic_microseconds(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t gs_time(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int gs_set_time(uint64_t microseconds) {
    struct timespec time = {.tv_sec = (time_t)(microseconds / 1000000), .tv_nsec = (long)(microseconds % 1000000) * 1000};
    return result(clock_settime(CLOCK_REALTIME, &time));
}

static int random_control(unsigned long request, void *argument) {
    int device = open("/dev/urandom", O_RDWR | O_CLOEXEC);
    if (device < 0) return -errno;
    int outcome = result(ioctl(device, request, argument));
    close(device);
    return outcome;
}

int gs_credit_entropy(const uint8_t *bytes, int count) {
    // struct rand_pool_info: how many bits are credited, how many bytes follow, the bytes.
    struct { int bits, size; uint8_t bytes[512]; } pool;
    if (count < 0 || (size_t)count > sizeof pool.bytes) return -EINVAL;
    pool.bits = count * 8;
    pool.size = count;
    memcpy(pool.bytes, bytes, (size_t)count);
    return random_control(RNDADDENTROPY, &pool);
}

int gs_reseed(void) { return random_control(RNDRESEEDCRNG, NULL); }

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
    // Ethernet, IPv4, request; from us to nobody in particular, about the same address on both sides.
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

int gs_hard_link(const char *path, const char *other) { return result(link(path, other)); }

int gs_describe(const char *path, uint32_t *mode, uint32_t *user, uint32_t *group, uint64_t *size) {
    struct stat status;
    if (lstat(path, &status) < 0) return -errno;
    *mode = status.st_mode;
    *user = status.st_uid;
    *group = status.st_gid;
    *size = (uint64_t)status.st_size;
    return 0;
}

// O_NONBLOCK keeps a FIFO or a device somebody put in a file's place from holding the caller; regular files ignore it.
int gs_open_read(const char *path) { return result(open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)); }
// Past the page cache: a disk that is read once need not be kept in memory. What cannot be read so is read the ordinary way.
int gs_open_disk(const char *path) {
    int disk = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_DIRECT);
    return disk >= 0 ? disk : gs_open_read(path);
}
int gs_open_read_write(const char *path) { return result(open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)); }
int gs_open_log(const char *path) { return result(open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)); }
int gs_open_root(void) { return gs_open_folder("/"); }
int gs_open_folder(const char *path) { return result(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

int gs_enter_folder(int parent, const char *name) {
    if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST) return -errno;
    return result(openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

int gs_create_file(int parent, const char *name, uint32_t mode) {
    if (unlinkat(parent, name, 0) < 0 && errno != ENOENT) return -errno;
    return result(openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0777));
}

int gs_make_symlink(int parent, const char *name, const char *target) {
    if (unlinkat(parent, name, 0) < 0 && errno != ENOENT) return -errno;
    return result(symlinkat(target, parent, name));
}

int gs_set_mode(int descriptor, uint32_t mode) { return result(fchmod(descriptor, mode & 07777)); }
int gs_make_folder(const char *path, uint32_t mode) { return result(mkdir(path, mode)); }

int gs_status(int descriptor, int *is_regular, uint64_t *size, uint64_t *inode, uint64_t *changed) {
    struct stat status;
    if (fstat(descriptor, &status) < 0) return -errno;
    *is_regular = S_ISREG(status.st_mode);
    *size = (uint64_t)status.st_size;
    *inode = (uint64_t)status.st_ino;
    *changed = (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec;
    return 0;
}
