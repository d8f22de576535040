#define _GNU_SOURCE
#include "guest_system.h"
#include "result.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

// O_NONBLOCK prevents a FIFO or a device in place of the file from blocking the caller; regular files ignore it.
int gs_open_read(const char *path) { return result(open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)); }
// Bypasses the page cache, because a disk that is read once need not stay in memory. Falls back to ordinary reads.
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
