#define _GNU_SOURCE
#include "guest_system.h"
#include "result.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

// Prepares PID 1 for the initialisers of the Swift runtime, which run after this constructor.
//
// They read /proc/self/exe and end the process if that fails ("Unable to obtain Swift runtime path"): /proc is not
// mounted yet. They also seed hashing with getrandom(2), which waits for the kernel's entropy pool: one to two seconds
// on a machine without RDRAND (measured under emulation). No hashed key comes from an attacker, so hashing needs no
// random seed.
__attribute__((constructor(101))) static void prepare_for_runtime(void) {
    char path[8];
    if (getpid() != 1) return;
    setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1);
    if (readlink("/proc/self/exe", path, sizeof path) >= 0) return;
    mkdir("/proc", 0555);
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

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

// syslog(2): 10 is SYSLOG_ACTION_SIZE_BUFFER, 3 is SYSLOG_ACTION_READ_ALL.
int gs_kernel_log_size(void) { return result(klogctl(10, NULL, 0)); }
int gs_kernel_log(char *buffer, int size) { return result(klogctl(3, buffer, size)); }
