#include <stdint.h>

/// The processor's time stamp counter; 0 where there is none.
static inline uint64_t ts_counter(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
}
