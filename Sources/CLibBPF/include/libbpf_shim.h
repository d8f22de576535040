#pragma once
// What Swift cannot call: libbpf's varargs callbacks and option structs, and system calls with types that Swift imports from several
// modules (socket addresses) or not at all.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stddef.h>
#include <stdint.h>

// Called with each line that libbpf prints, on the thread that called libbpf. `level` is an enum libbpf_print_level.
typedef void (*gpa_print_callback)(int level, const char *text);
void gpa_set_print(gpa_print_callback callback);

// The name of the last program that failed to load, from libbpf's messages, or "". Valid until the next call of gpa_open.
const char *gpa_failed_program(void);

// Opens an object. Returns null with *error set to a positive errno.
struct bpf_object *gpa_open(const char *path, int *error);

// Gives a program a log buffer of its own. The caller keeps `size` bytes at `log` until the object is loaded.
int gpa_set_log(struct bpf_program *program, char *log, size_t size);

// Attaches without a link, in addition to other programs (BPF_F_ALLOW_MULTI), for kernels before 5.7. Returns 0 or -errno.
int gpa_attach_multi(const struct bpf_program *program, int cgroup);
int gpa_detach_multi(const struct bpf_program *program, int cgroup);

// Raises RLIMIT_MEMLOCK to infinity: kernels before 5.11 charge maps to it. Returns 0 or -errno.
int gpa_raise_memlock(void);

// The magic number of the file system at `path`, or -errno.
long gpa_filesystem_type(const char *path);

// A non-blocking TCP socket bound to a free port of 127.0.0.1, or -errno.
int gpa_loopback_socket(void);
// The port that the socket is bound to, or -errno.
int gpa_loopback_port(int descriptor);
// Connects the socket to a port of 127.0.0.1 within `patience` milliseconds. Returns 0 or -errno.
int gpa_loopback_connect(int descriptor, uint16_t port, int patience);
