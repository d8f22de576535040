#pragma once
// The native redirection: connect4.bpf.c is this and connect6.bpf.h and nothing else; a variant puts one newer kernel feature into it
// through the GPA_… macros below.
//
// A connect() to a destination of gpa_policy is rewritten in the cgroup connect hook, and its record kept under the socket's
// cookie. When the socket sends its SYN, the sock_ops program moves the record to gpa_audit under the source address and port,
// which is all that the proxy knows of its peer. Nothing here needs kprobes, kernel BTF or reads of kernel memory, so it works
// under lockdown; the floor is 5.7 (bpf_get_netns_cookie and bpf_get_current_pid_tgid in sock_addr programs).
//
// Network namespaces: the proxy's 127.0.0.1 exists in the agent's namespace only, so a connect from any other one is left
// alone. Which one is the agent's is learnt from the agent's own first connect, here, because SO_NETNS_COOKIE for user space
// came with 5.14. Comparing with bpf_get_netns_cookie(NULL), the initial namespace, would be wrong for an agent in a container.
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "abi/agent_abi.h"

#define GPA_AF_INET 2
#define GPA_AF_INET6 10
#define GPA_TCP 6

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, GPA_POLICY_ENTRIES);
    __type(key, struct gpa_endpoint);
    __type(value, struct gpa_endpoint);
} gpa_policy SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct gpa_config);
} gpa_config SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, GPA_RECORD_ENTRIES);
    __type(key, __u64);
    __type(value, struct gpa_record);
} gpa_pending SEC(".maps");

// How many connections may wait for the proxy to accept them.
#ifndef GPA_AUDIT_ENTRIES
#define GPA_AUDIT_ENTRIES GPA_RECORD_ENTRIES
#endif

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, GPA_AUDIT_ENTRIES);
    __type(key, struct gpa_audit_key);
    __type(value, struct gpa_record);
} gpa_audit SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, GPA_COUNTERS);
    __type(key, __u32);
    __type(value, __u64);
} gpa_counters SEC(".maps");

static __always_inline void gpa_count(__u32 which)
{
    __u64 *counter = bpf_map_lookup_elem(&gpa_counters, &which);
    if (counter)
        *counter += 1;
}

// Which entry of the policy a destination has, or null.
#ifndef GPA_FIND_POLICY
#define GPA_FIND_POLICY(destination) bpf_map_lookup_elem(&gpa_policy, destination)
#endif

// Whether connects of this kind are judged at all.
#ifndef GPA_IS_JUDGED
#define GPA_IS_JUDGED(context) ((context)->protocol == GPA_TCP)
#endif

// Who connects, by what bpf_get_current_uid_gid() returns: gid << 32 | uid.
#ifndef GPA_USER
#define GPA_USER(identity) ((__u32)(identity))
#endif

// Keeps the agent's network namespace: the first one seen wins.
#ifndef GPA_LEARN_NETNS
#define GPA_LEARN_NETNS(config, cookie)       \
    do {                                      \
        if ((config)->netns_cookie == 0)      \
            (config)->netns_cookie = (cookie); \
    } while (0)
#endif

// Whether another program on this hook has refused the connect already.
#ifndef GPA_ALREADY_REFUSED
#define GPA_ALREADY_REFUSED() 0
#endif

// A socket that connects anew must not keep the record of an earlier attempt.
static __always_inline void gpa_forget(__u64 cookie)
{
    if (bpf_map_lookup_elem(&gpa_pending, &cookie)) {
        bpf_map_delete_elem(&gpa_pending, &cookie);
        gpa_count(GPA_STALE);
    }
}

// Judges one connect. Returns the policy's target, or null if the connect stays as it is.
static __always_inline struct gpa_endpoint *gpa_redirect(struct bpf_sock_addr *context, __u32 address, __u16 family)
{
    __u32 zero = 0;
    struct gpa_config *config = bpf_map_lookup_elem(&gpa_config, &zero);
    if (!config) {
        gpa_count(GPA_NO_CONFIG);
        return 0;
    }
    __u32 tgid = bpf_get_current_pid_tgid() >> 32;
    __u64 netns = bpf_get_netns_cookie(context);
    if (tgid == config->agent_tgid) {
        GPA_LEARN_NETNS(config, netns);
        if (config->skip_agent)
            return 0;
    }
    if (!GPA_IS_JUDGED(context))
        return 0;

    __u64 cookie = bpf_get_socket_cookie(context);
    gpa_forget(cookie);

    struct gpa_endpoint destination = {};
    destination.address = address;
    destination.port = (__u16)context->user_port;
    destination.protocol = GPA_TCP;
    struct gpa_endpoint *target = GPA_FIND_POLICY(&destination);
    if (!target)
        return 0;
    if (netns != config->netns_cookie) {
        gpa_count(GPA_FOREIGN_NETNS);
        return 0;
    }
    if (GPA_ALREADY_REFUSED())
        return 0;

    __u64 identity = bpf_get_current_uid_gid();
    struct gpa_record record = {};
    record.time_ns = bpf_ktime_get_ns();
    record.cgroup_id = bpf_get_current_cgroup_id();
    record.tgid = tgid;
    record.uid = GPA_USER(identity);
    record.gid = identity >> 32;
    record.address = address;
    record.port = destination.port;
    record.protocol = GPA_TCP;
    record.to_address = target->address;
    record.to_port = target->port;
    record.family = family;
    // Redirected even if the record is lost: the proxy then refuses (421), whereas a connect let through would go round it.
    if (bpf_map_update_elem(&gpa_pending, &cookie, &record, BPF_ANY))
        gpa_count(GPA_PENDING_FAILED);
    gpa_count(GPA_REDIRECTED);
    return target;
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *context)
{
    struct gpa_endpoint *target = gpa_redirect(context, context->user_ip4, GPA_AF_INET);
    if (target) {
        context->user_ip4 = target->address;
        context->user_port = target->port;
    }
    return 1;
}

// Called with the source port chosen and the SYN not yet sent, so the entry is there before the proxy can accept.
SEC("sockops")
int publish(struct bpf_sock_ops *context)
{
    if (context->op != BPF_SOCK_OPS_TCP_CONNECT_CB)
        return 1;
    __u64 cookie = bpf_get_socket_cookie(context);
    struct gpa_record *pending = bpf_map_lookup_elem(&gpa_pending, &cookie);
    if (!pending)
        return 1;
    struct gpa_record record = *pending;
    bpf_map_delete_elem(&gpa_pending, &cookie);

    struct gpa_audit_key key = {};
    key.address = context->local_ip4;
    key.port = context->local_port;
    if (bpf_map_update_elem(&gpa_audit, &key, &record, BPF_ANY))
        gpa_count(GPA_AUDIT_FAILED);
    else
        gpa_count(GPA_PUBLISHED);
    return 1;
}

char LICENSE[] SEC("license") = "GPL";
