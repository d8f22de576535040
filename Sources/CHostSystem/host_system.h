#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// The processor's time stamp counter; 0 where there is none.
static inline uint64_t hs_counter(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
}

/// Whether this process and those that it starts get huge pages where they ask for them (prctl(2), PR_SET_THP_DISABLE).
static inline int hs_allow_huge_pages(int allowed) { return prctl(PR_SET_THP_DISABLE, !allowed, 0, 0, 0); }

/// The processors that this process may run on, a bit each; the count of bytes that the kernel wrote, or -1 (sched_getaffinity(2)).
static inline long hs_affinity(uint8_t *mask, size_t size) { return syscall(SYS_sched_getaffinity, 0, size, mask); }
