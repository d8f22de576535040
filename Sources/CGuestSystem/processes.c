#define _GNU_SOURCE
#include "guest_system.h"
#include "result.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

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

// A terminal is opened by its path as a file action, which posix_spawn(3) runs after setsid(2). A session leader that
// opens a terminal without O_NOCTTY gets it as its controlling terminal (tty_ioctl(4)).
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
    // A process that changed its user is not dumpable, and root owns its files in /proc (proc(5)): it could not write
    // its id maps.
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0) return -errno;
    if (unshare(CLONE_NEWUSER | CLONE_NEWCGROUP) < 0) return -errno;
    int outcome = write_map("/proc/self/setgroups", "deny");
    if (outcome == 0) outcome = write_map("/proc/self/uid_map", users);
    return outcome == 0 ? write_map("/proc/self/gid_map", groups) : outcome;
}
