/// A type of BPF program, as far as objects name it by their sections (libbpf's `section_defs`).
public enum BPFProgramType: String, CaseIterable, Hashable, Sendable {
    case cgroupSockAddr = "sock_addr"
    case sockOps = "sock_ops"
    case cgroupSkb = "cgroup_skb"
    case cgroupSock = "cgroup_sock"
    case cgroupSockopt = "cgroup_sockopt"
    case kprobe, tracepoint
    case rawTracepoint = "raw_tracepoint"
    case tracing, lsm, xdp
    case schedCls = "sched_cls"
    case socketFilter = "socket_filter"

    /// What a program in this section needs to be loaded and attached; nil for a section of another or of no type.
    public static func features(section: String) -> (type: BPFProgramType, needs: KernelFeature)? {
        // In libbpf a leading question mark means that the program is not loaded automatically.
        let name = section.hasPrefix("?") ? String(section.dropFirst()) : section
        guard let row = rows.first(where: { name == $0.section || $0.isPrefix && name.hasPrefix($0.section + "/") }) else { return nil }
        return (row.type, KernelFeature("\(row.type.rawValue) programs at \(row.section)", since: row.since.0, row.since.1, source: row.source))
    }

    /// The type that a program's name implies, such as the agent's `connect4`; nil for any other name.
    public init?(programName name: String) {
        switch name {
        case "connect4", "connect6", "bind4", "bind6", "sendmsg4", "sendmsg6", "recvmsg4", "recvmsg6", "getpeername4", "getpeername6", "getsockname4",
            "getsockname6":
            self = .cgroupSockAddr
        case "tcp_v4_connect", "tcp_v6_connect", "tcp_connect": self = .kprobe
        default:
            if let row = Self.features(section: name) {
                self = row.type
            } else if Self.isOfSocketAddress(name) {
                self = .cgroupSockAddr
            } else if name.hasPrefix("kprobe_") || name.hasPrefix("kretprobe_") {
                self = .kprobe
            } else {
                return nil
            }
        }
    }

    private static let calls: Set<Substring> = ["connect", "bind", "sendmsg", "recvmsg", "getpeername", "getsockname"]

    /// Names such as `sock_connect4`, and Cilium's `cil_sock4_connect`. Its `cil_sock4_post_bind` is of another type.
    private static func isOfSocketAddress(_ name: String) -> Bool {
        let words = name.split(separator: "_")
        if words.contains("post") { return false }
        if words.contains(where: { ["4", "6"].contains($0.suffix(1)) && calls.contains($0.dropLast()) }) { return true }
        return words.contains { $0 == "sock4" || $0 == "sock6" } && words.contains(where: calls.contains)
    }

    private struct Row {
        let section: String
        let type: BPFProgramType
        let since: (Int, Int)
        let source: String
        var isPrefix = false
    }

    private static let rows: [Row] = [
        Row(section: "cgroup/connect4", type: .cgroupSockAddr, since: (4, 17), source: "4fbac77d2d09, d74bad4e74ee"),
        Row(section: "cgroup/connect6", type: .cgroupSockAddr, since: (4, 17), source: "4fbac77d2d09, d74bad4e74ee"),
        Row(section: "cgroup/bind4", type: .cgroupSockAddr, since: (4, 17), source: "4fbac77d2d09"),
        Row(section: "cgroup/bind6", type: .cgroupSockAddr, since: (4, 17), source: "4fbac77d2d09"),
        Row(section: "cgroup/sendmsg4", type: .cgroupSockAddr, since: (4, 18), source: "1cedee13d25a"),
        Row(section: "cgroup/sendmsg6", type: .cgroupSockAddr, since: (4, 18), source: "1cedee13d25a"),
        Row(section: "cgroup/recvmsg4", type: .cgroupSockAddr, since: (5, 2), source: "983695fa6765"),
        Row(section: "cgroup/recvmsg6", type: .cgroupSockAddr, since: (5, 2), source: "983695fa6765"),
        Row(section: "cgroup/getpeername4", type: .cgroupSockAddr, since: (5, 8), source: "1b66d253610c"),
        Row(section: "cgroup/getpeername6", type: .cgroupSockAddr, since: (5, 8), source: "1b66d253610c"),
        Row(section: "cgroup/getsockname4", type: .cgroupSockAddr, since: (5, 8), source: "1b66d253610c"),
        Row(section: "cgroup/getsockname6", type: .cgroupSockAddr, since: (5, 8), source: "1b66d253610c"),
        Row(section: "sockops", type: .sockOps, since: (4, 13), source: "40304b2a1567"),
        Row(section: "cgroup_skb/ingress", type: .cgroupSkb, since: (4, 10), source: "0e33661de493"),
        Row(section: "cgroup_skb/egress", type: .cgroupSkb, since: (4, 10), source: "0e33661de493"),
        Row(section: "cgroup/sock_create", type: .cgroupSock, since: (4, 10), source: "610236587600"),
        Row(section: "cgroup/sock_release", type: .cgroupSock, since: (5, 9), source: "f5836749c9c0"),
        Row(section: "cgroup/getsockopt", type: .cgroupSockopt, since: (5, 3), source: "0d01da6afc54"),
        Row(section: "cgroup/setsockopt", type: .cgroupSockopt, since: (5, 3), source: "0d01da6afc54"),
        Row(section: "kprobe", type: .kprobe, since: (4, 1), source: "2541517c32be", isPrefix: true),
        Row(section: "kretprobe", type: .kprobe, since: (4, 1), source: "2541517c32be", isPrefix: true),
        Row(section: "kprobe.multi", type: .kprobe, since: (5, 18), source: "0dcac2725406", isPrefix: true),
        Row(section: "kretprobe.multi", type: .kprobe, since: (5, 18), source: "0dcac2725406", isPrefix: true),
        Row(section: "tracepoint", type: .tracepoint, since: (4, 7), source: "98b5c2c65c29", isPrefix: true),
        Row(section: "tp", type: .tracepoint, since: (4, 7), source: "98b5c2c65c29", isPrefix: true),
        Row(section: "raw_tracepoint", type: .rawTracepoint, since: (4, 17), source: "c4f6699dfcb8", isPrefix: true),
        Row(section: "raw_tp", type: .rawTracepoint, since: (4, 17), source: "c4f6699dfcb8", isPrefix: true),
        Row(section: "tp_btf", type: .tracing, since: (5, 5), source: "f1b9509c2fb0", isPrefix: true),
        Row(section: "fentry", type: .tracing, since: (5, 5), source: "fec56f5890d9", isPrefix: true),
        Row(section: "fexit", type: .tracing, since: (5, 5), source: "fec56f5890d9", isPrefix: true),
        Row(section: "lsm", type: .lsm, since: (5, 7), source: "fc611f47f218", isPrefix: true),
        Row(section: "xdp", type: .xdp, since: (4, 8), source: "6a773a15a1e8", isPrefix: true),
        Row(section: "tc", type: .schedCls, since: (4, 1), source: "96be4325f443", isPrefix: true),
        Row(section: "classifier", type: .schedCls, since: (4, 1), source: "96be4325f443", isPrefix: true),
        Row(section: "socket", type: .socketFilter, since: (3, 19), source: "ddd872bc3098", isPrefix: true),
    ]
}
