// Needs the atomic compare-and-exchange instruction: mainline 5.12 (5ffa25502b5a "bpf: Add instructions for atomic_[cmp]xchg").
// The verifier of 5.10 knows only the plain atomic add and rejects the program ("BPF_STX uses reserved fields").
// What it does with it: two first connects of the agent at once cannot both decide which network namespace is the agent's.
// build: cpu=v3
#define GPA_LEARN_NETNS(config, cookie) \
    __sync_val_compare_and_swap(&(config)->netns_cookie, 0, (cookie))
#include "redirect.bpf.h"
#include "connect6.bpf.h"
