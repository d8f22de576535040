#pragma once

// System calls that Swift cannot make: variadic ones, ones behind macros, and ones without a glibc wrapper. Unless
// stated otherwise, functions return 0, a descriptor or a count on success, and the negated errno on failure.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define GS_MOUNT_NOSUID 1u
#define GS_MOUNT_NODEV 2u
#define GS_MOUNT_NOEXEC 4u
#define GS_MOUNT_READ_ONLY 8u
#define GS_MOUNT_REMOUNT 16u

// mount(2).
int gs_mount(const char *source, const char *target, const char *type, unsigned flags, const char *data);

// Moves a mount with all below it: mount(2) with MS_MOVE.
int gs_move_mount(const char *from, const char *to);

// Makes a mounted folder the root of this process and its later children, as switch_root(8) does.
int gs_enter_root(const char *folder);

// execve(2) with no signal blocked or ignored. Returns only on failure.
int gs_exec(const char *path, char *const argv[], char *const envp[]);

// Sends a message to the service manager (sd_notify(3)) over the socket that NOTIFY_SOCKET names; returns 0 without a
// message when it is unset.
int gs_notify(const char *message);

// finit_module(2) on an uncompressed module.
int gs_load_module(const char *path);

// sync(2), then reboot(2) with LINUX_REBOOT_CMD_POWER_OFF. Returns only on failure.
int gs_power_off(void);

// Brings an interface up; with address and netmask (network byte order) when address is not 0.
int gs_interface_up(const char *name, uint32_t address, uint32_t netmask);

// syslog(2): the size of the kernel's log buffer, and its content from the oldest record.
int gs_kernel_log_size(void);
int gs_kernel_log(char *buffer, int size);

// A descriptor that becomes readable when a child ends (signalfd(2)); SIGCHLD is blocked from then on, SIGPIPE ignored.
int gs_child_events(void);
void gs_drain_child_events(int descriptor);

// A descriptor that becomes readable when the kernel announces a device (NETLINK_KOBJECT_UEVENT).
int gs_device_events(void);
// Reads and discards all pending events of the device socket or of inotify.
void gs_drain(int descriptor);

// inotify(7) on a folder: files made, written, closed or moved in.
int gs_watch_folder(const char *path);

// posix_spawn(3) in a session of its own with default signals. The three descriptors become 0, 1 and 2; nothing else is inherited.
// With a terminal path that terminal becomes the controlling one, and replaces all three descriptors.
int gs_spawn(const char *path, char *const argv[], char *const envp[], int input, int output, int error, const char *terminal, pid_t *child);

// waitpid(2) without waiting: the child that ended, or 0. `code` is its exit code, `signal` is not 0 when a signal ended it.
int gs_reap(int *code, int *signal);

// Changes credentials permanently (credentials(7)): supplementary groups, then the group, then the user. `effective` is
// the effective and saved user id.
int gs_become(uint32_t user, uint32_t effective, uint32_t group, const uint32_t *groups, int count);

// fork(2), of which only the child returns: the parent ends at once with status 0. Returns 0, or a negative errno in the parent.
int gs_leave_to_child(void);

// unshare(2): a user (with this user as its root) and a cgroup namespace, or a network namespace.
int gs_isolate(int user_and_cgroup, int network);

// Milliseconds since boot, suspended time included (CLOCK_BOOTTIME); microseconds of CLOCK_MONOTONIC.
uint64_t gs_boot_milliseconds(void);
uint64_t gs_monotonic_microseconds(void);

// CLOCK_REALTIME in microseconds since 1970, and setting it (clock_settime(2)).
uint64_t gs_time(void);
int gs_set_time(uint64_t microseconds);

// random(4): mixes bytes into the kernel's pool and credits them (RNDADDENTROPY); makes the generator draw on the pool now (RNDRESEEDCRNG).
int gs_credit_entropy(const uint8_t *bytes, int count);
int gs_reseed(void);

// poll(2) for input on up to `count` descriptors; a negative timeout waits for ever. A bit per descriptor says which are ready;
// bit 16 + n that descriptor n was hung up on.
int gs_poll(const int *descriptors, int count, int timeout, uint32_t *ready);

// A non-blocking socket that has started to connect to 4 or 16 octets of address; once it is writable, gs_socket_error
// returns the outcome.
int gs_start_connect(const uint8_t *address, int size, uint16_t port, int is_datagram);
int gs_socket_error(int socket);
// The peer of a connected socket as text, `1.2.3.4:80` or `[::1]:80`; returns the text's length.
int gs_peer(int socket, char *text, int size);
// A socket that listens on an address and port.
int gs_listen(const uint8_t *address, int size, uint16_t port);

// packet(7): a socket that receives and sends whole IPv4 packets on an interface.
int gs_packet_socket(const char *interface);
// Announces the address on the link (a gratuitous ARP request, RFC 5227 section 3), so that answers to it arrive.
int gs_packet_announce(int socket, const char *interface, const uint8_t address[4]);
// Sends a packet to the broadcast address of the link.
int gs_packet_send(int socket, const char *interface, const uint8_t *packet, int size);

// link(2).
int gs_hard_link(const char *path, const char *other);
// The result of lstat(2).
int gs_describe(const char *path, uint32_t *mode, uint32_t *user, uint32_t *group, uint64_t *size);

// open(2), openat(2) and mkdirat(2) with flags that Swift cannot pass; always close-on-exec.
int gs_open_read(const char *path);
int gs_open_disk(const char *path);
int gs_open_read_write(const char *path);
int gs_open_log(const char *path);
// Opens a folder inside another and creates it if it is missing; never follows a symbolic link.
int gs_enter_folder(int parent, const char *name);
int gs_open_root(void);
int gs_open_folder(const char *path);
// Creates a file under a folder; an old file of that name is removed first.
int gs_create_file(int parent, const char *name, uint32_t mode);
int gs_make_symlink(int parent, const char *name, const char *target);
int gs_set_mode(int descriptor, uint32_t mode);
int gs_make_folder(const char *path, uint32_t mode);

// The result of fstat(2) for a regular file; `is_regular` is 0 for anything else.
int gs_status(int descriptor, int *is_regular, uint64_t *size, uint64_t *inode, uint64_t *changed);
