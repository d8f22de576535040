// Needs bpf_loop() with a callback: mainline 5.17 (e6f2dd0f8067 "bpf: Add bpf_loop helper"). The verifier of 5.10 does not know
// the address of a subprogram as an operand either (5.13), so to it the callback is no function at all: "number of funcs in
// func_info doesn't match number of subprogs". From 5.13 on it is the helper that is unknown (#181).
// What it does with it: a policy entry may leave the port open (0), and the candidates are tried from the narrowest to the widest.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "abi/agent_abi.h"

struct gpa_search {
    struct gpa_endpoint wanted;
};

static __always_inline struct gpa_endpoint *gpa_search_policy(struct gpa_endpoint *destination);
#define GPA_FIND_POLICY(destination) gpa_search_policy(destination)
#include "redirect.bpf.h"
#include "connect6.bpf.h"

static long gpa_try_candidate(__u32 index, void *argument)
{
    struct gpa_search *search = argument;
    struct gpa_endpoint candidate = search->wanted;
    if (index == 1)
        candidate.port = 0;
    if (!bpf_map_lookup_elem(&gpa_policy, &candidate))
        return 0;
    search->wanted = candidate;
    return 1;
}

static __always_inline struct gpa_endpoint *gpa_search_policy(struct gpa_endpoint *destination)
{
    struct gpa_search search = {.wanted = *destination};
    bpf_loop(2, gpa_try_candidate, &search, 0);
    return bpf_map_lookup_elem(&gpa_policy, &search.wanted);
}
