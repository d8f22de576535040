#define _GNU_SOURCE
#include "libbpf_shim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

static gpa_print_callback print_callback;
static char failed_program[64];

static int print_line(enum libbpf_print_level level, const char *format, va_list arguments)
{
    char line[2048];
    // libbpf returns one error for the whole object. Only this message names the failed program (libbpf 1.0 to 1.5).
    static const char failure[] = "libbpf: prog '%s': BPF program load failed";
    const char *comparable = strncmp(format, "libbpf: ", 8) == 0 ? failure : failure + 8;
    if (strncmp(format, comparable, strlen(comparable)) == 0) {
        va_list copy;
        va_copy(copy, arguments);
        snprintf(failed_program, sizeof(failed_program), "%s", va_arg(copy, const char *));
        va_end(copy);
    }
    int length = vsnprintf(line, sizeof(line), format, arguments);
    if (length > 0 && print_callback)
        print_callback(level, line);
    return length;
}

void gpa_set_print(gpa_print_callback callback)
{
    print_callback = callback;
    libbpf_set_print(print_line);
}

const char *gpa_failed_program(void)
{
    return failed_program;
}

struct bpf_object *gpa_open(const char *path, int *error)
{
    failed_program[0] = '\0';
    LIBBPF_OPTS(bpf_object_open_opts, options);
    struct bpf_object *object = bpf_object__open_file(path, &options);
    *error = object ? 0 : errno;
    return object;
}

int gpa_set_log(struct bpf_program *program, char *log, size_t size)
{
    return bpf_program__set_log_buf(program, log, size);
}

int gpa_attach_multi(const struct bpf_program *program, int cgroup)
{
    int result = bpf_prog_attach(bpf_program__fd(program), cgroup, bpf_program__expected_attach_type(program), BPF_F_ALLOW_MULTI);
    return result < 0 ? -errno : 0;
}

int gpa_detach_multi(const struct bpf_program *program, int cgroup)
{
    int result = bpf_prog_detach2(bpf_program__fd(program), cgroup, bpf_program__expected_attach_type(program));
    return result < 0 ? -errno : 0;
}

int gpa_raise_memlock(void)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    return prlimit(0, RLIMIT_MEMLOCK, &limit, NULL) < 0 ? -errno : 0;
}

long gpa_filesystem_type(const char *path)
{
    struct statfs facts;
    return statfs(path, &facts) < 0 ? -errno : (long)facts.f_type;
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return address;
}

int gpa_loopback_socket(void)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0)
        return -errno;
    struct sockaddr_in address = loopback(0);
    if (bind(descriptor, (struct sockaddr *)&address, sizeof(address)) < 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int gpa_loopback_port(int descriptor)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    if (getsockname(descriptor, (struct sockaddr *)&address, &length) < 0)
        return -errno;
    return ntohs(address.sin_port);
}

int gpa_loopback_connect(int descriptor, uint16_t port, int patience)
{
    struct sockaddr_in address = loopback(port);
    if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return -errno;
    struct pollfd waiting = {.fd = descriptor, .events = POLLOUT};
    int ready = poll(&waiting, 1, patience);
    if (ready <= 0)
        return ready == 0 ? -ETIMEDOUT : -errno;
    int error = 0;
    socklen_t length = sizeof(error);
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
        return -errno;
    return -error;
}
