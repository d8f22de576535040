// Breaks the proof left-alone: it redirects every connect to the port of IMDS, whatever the address.
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "abi/agent_abi.h"

static __always_inline struct gpa_endpoint *gpa_widen(struct gpa_endpoint *destination);
#define GPA_FIND_POLICY(destination) gpa_widen(destination)
#include "redirect.bpf.h"
#include "connect6.bpf.h"

static __always_inline struct gpa_endpoint *gpa_widen(struct gpa_endpoint *destination)
{
    struct gpa_endpoint *target = bpf_map_lookup_elem(&gpa_policy, destination);
    if (target)
        return target;
    struct gpa_endpoint imds = {.address = bpf_htonl(0xa9fea9fe), .port = bpf_htons(80), .protocol = destination->protocol};
    return destination->port == imds.port ? bpf_map_lookup_elem(&gpa_policy, &imds) : 0;
}
