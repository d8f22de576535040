#pragma once
// Every record that crosses the kernel boundary, for both sides: the BPF programs include this header, and Swift imports it as
// the module CAgentABI. Integers are host-endian unless a field's comment says "network order", which means the bytes lie in
// memory as they do in a packet.
#include <linux/types.h>

// ---- The native ABI: maps gpa_policy, gpa_config, gpa_pending, gpa_audit, gpa_counters --------------------------------------

// Key and value of gpa_policy: where a connection goes, and where it is sent instead.
struct gpa_endpoint {
    __u32 address; // IPv4, network order
    __u16 port;    // network order
    __u16 protocol; // IPPROTO_TCP
};

// The one value of gpa_config. User space writes all of it before it attaches anything.
struct gpa_config {
    __u64 netns_cookie; // 0 until learnt: the network namespace in which agent_tgid itself connects
    __u32 agent_tgid;   // never redirected once skip_agent is set
    __u32 skip_agent;   // 0 during the self-check, 1 from then on
};

// Value of gpa_pending (key: the socket's cookie) and of gpa_audit.
struct gpa_record {
    __u64 time_ns;     // CLOCK_MONOTONIC at connect()
    __u64 cgroup_id;   // the caller's cgroup in the unified hierarchy
    __u32 tgid;
    __u32 uid;         // as the initial user namespace sees it
    __u32 gid;         // likewise
    __u32 address;     // original destination, IPv4, network order
    __u16 port;        // original destination, network order
    __u16 protocol;    // IPPROTO_TCP
    __u32 to_address;  // where it was sent, network order
    __u16 to_port;     // where it was sent, network order
    __u16 family;      // AF_INET, or AF_INET6 for ::ffff:a.b.c.d
    __u32 reserved;
};

// Key of gpa_audit: how the proxy sees its peer.
struct gpa_audit_key {
    __u32 address; // IPv4, network order
    __u32 port;    // host order
};

// Index into gpa_counters, a per-CPU array of __u64.
enum gpa_counter {
    GPA_REDIRECTED = 0,     // connects rewritten
    GPA_PUBLISHED = 1,      // audit entries written
    GPA_PENDING_FAILED = 2, // a connect rewritten whose record could not be kept
    GPA_AUDIT_FAILED = 3,   // a record whose audit entry could not be written
    GPA_FOREIGN_NETNS = 4,  // connects of other network namespaces, left alone
    GPA_STALE = 5,          // records dropped because their socket went elsewhere after all
    GPA_NO_CONFIG = 6,      // connects not judged, because the configuration was unreadable
    GPA_COUNTERS = 7,
};

#define GPA_POLICY_ENTRIES 16
#define GPA_RECORD_ENTRIES 4096

// ---- The ABI of Azure's own agent: maps skip_process_map, policy_map, audit_map, local_map -----------------------------------

// Key and value of policy_map.
struct upstream_destination {
    __u8 address[16]; // IPv4 in the first four bytes, network order; the rest zero
    __u32 port;       // network order in the low half; the high half zero
    __u32 protocol;
};

// Key of audit_map.
struct upstream_audit_key {
    __u32 protocol;
    __u32 source_port; // host order
};

// Value of audit_map.
struct upstream_audit_event {
    __u32 logon_id;
    __u32 process_id;
    __u32 is_root;
    __u32 address; // network order
    __u32 port;    // network order in the low half
};

// Value of local_map (key: the thread's pid_tgid).
struct upstream_local_entry {
    __u32 logon_id;
    __u32 process_id;
    __u32 is_root;
    __u32 address;
    __u32 port;
    __u32 protocol;
};

_Static_assert(sizeof(struct gpa_endpoint) == 8, "gpa_endpoint");
_Static_assert(sizeof(struct gpa_config) == 16, "gpa_config");
_Static_assert(sizeof(struct gpa_record) == 48, "gpa_record");
_Static_assert(sizeof(struct gpa_audit_key) == 8, "gpa_audit_key");
_Static_assert(sizeof(struct upstream_destination) == 24, "upstream_destination");
_Static_assert(sizeof(struct upstream_audit_key) == 8, "upstream_audit_key");
_Static_assert(sizeof(struct upstream_audit_event) == 20, "upstream_audit_event");
_Static_assert(sizeof(struct upstream_local_entry) == 24, "upstream_local_entry");
