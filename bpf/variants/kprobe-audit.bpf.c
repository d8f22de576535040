// The design of Azure's own agent, for comparison kernel by kernel: connect4 keeps the original destination by thread, and a kprobe
// on tcp_connect publishes it by source port. The map ABI is that agent's, so either program can be given to either agent.
// Needs mainline 5.7, CONFIG_KPROBES, the kernel's own BTF (CO-RE relocations) and no lockdown in confidentiality mode.
// One deliberate difference: logon_id and is_root are of the user, the low half of bpf_get_current_uid_gid().
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "abi/agent_abi.h"

#define GPA_AF_INET 2
#define GPA_TCP 6

// Only what is read; CO-RE finds the real offsets.
struct sock_common {
    __u32 skc_daddr;
    __u16 skc_dport;
    __u16 skc_num;
    unsigned short skc_family;
} __attribute__((preserve_access_index));

struct sock {
    struct sock_common __sk_common;
} __attribute__((preserve_access_index));

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 10);
    __type(key, __u32);
    __type(value, __u32);
} skip_process_map SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 10);
    __type(key, struct upstream_destination);
    __type(value, struct upstream_destination);
} policy_map SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 200);
    __type(key, struct upstream_audit_key);
    __type(value, struct upstream_audit_event);
} audit_map SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 200);
    __type(key, __u64);
    __type(value, struct upstream_local_entry);
} local_map SEC(".maps");

static __always_inline void set_address(struct upstream_destination *destination, __u32 address)
{
    __builtin_memcpy(destination->address, &address, sizeof(address));
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *context)
{
    struct upstream_destination wanted = {};
    set_address(&wanted, context->user_ip4);
    wanted.port = context->user_port;
    wanted.protocol = context->protocol;
    struct upstream_destination *target = bpf_map_lookup_elem(&policy_map, &wanted);
    if (!target)
        return 1;
    __u64 thread = bpf_get_current_pid_tgid();
    __u32 tgid = thread >> 32;
    if (bpf_map_lookup_elem(&skip_process_map, &tgid))
        return 1;
    struct upstream_local_entry entry = {};
    entry.logon_id = (__u32)bpf_get_current_uid_gid();
    entry.process_id = tgid;
    entry.is_root = entry.logon_id == 0;
    entry.address = context->user_ip4;
    entry.port = context->user_port;
    entry.protocol = context->protocol;
    bpf_map_update_elem(&local_map, &thread, &entry, BPF_ANY);
    __u32 address;
    __builtin_memcpy(&address, target->address, sizeof(address));
    context->user_ip4 = address;
    context->user_port = target->port;
    return 1;
}

SEC("kprobe/tcp_v4_connect")
int BPF_KPROBE(tcp_v4_connect, struct sock *socket)
{
    if (BPF_CORE_READ(socket, __sk_common.skc_family) != GPA_AF_INET)
        return 0;
    __u64 thread = bpf_get_current_pid_tgid();
    __u32 tgid = thread >> 32;
    if (bpf_map_lookup_elem(&skip_process_map, &tgid))
        return 0;
    struct upstream_audit_key key = {.protocol = GPA_TCP};
    key.source_port = BPF_CORE_READ(socket, __sk_common.skc_num);
    struct upstream_audit_event event = {};
    struct upstream_local_entry *entry = bpf_map_lookup_elem(&local_map, &thread);
    if (entry) {
        event.logon_id = entry->logon_id;
        event.process_id = entry->process_id;
        event.is_root = entry->is_root;
        event.address = entry->address;
        event.port = entry->port;
        bpf_map_update_elem(&audit_map, &key, &event, BPF_ANY);
        bpf_map_delete_elem(&local_map, &thread);
        return 0;
    }
    // A connection to such a destination that went out as it was.
    struct upstream_destination destination = {};
    __u32 address = BPF_CORE_READ(socket, __sk_common.skc_daddr);
    set_address(&destination, address);
    destination.port = BPF_CORE_READ(socket, __sk_common.skc_dport);
    destination.protocol = GPA_TCP;
    if (!bpf_map_lookup_elem(&policy_map, &destination))
        return 0;
    event.logon_id = (__u32)bpf_get_current_uid_gid();
    event.process_id = tgid;
    event.is_root = event.logon_id == 0;
    event.address = address;
    event.port = destination.port;
    bpf_map_update_elem(&audit_map, &key, &event, BPF_ANY);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
