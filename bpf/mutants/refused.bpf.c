// Breaks the proof load. Every verifier rejects it: it writes through the result of a lookup that may be null.
#define GPA_ALREADY_REFUSED()                                              \
    ({                                                                     \
        __u64 *unchecked = bpf_map_lookup_elem(&gpa_counters, &zero);      \
        *unchecked += 1;                                                   \
        0;                                                                 \
    })
#include "redirect.bpf.h"
#include "connect6.bpf.h"
