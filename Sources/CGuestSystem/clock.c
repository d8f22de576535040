#define _GNU_SOURCE
#include "guest_system.h"
#include "result.h"

#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

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
