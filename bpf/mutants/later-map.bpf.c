// Has a map of a type that came with 6.9 (BPF_MAP_TYPE_ARENA).
#include "redirect.bpf.h"
#include "connect6.bpf.h"

struct {
    __uint(type, 33);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_MMAPABLE);
} later SEC(".maps");
