import CGuestSystem
import GuestProtocol

/// Reads pieces of evidence within their bounds and streams them.
struct EvidenceSender {
    let channel: ControlChannel
    /// The bytes of one frame. Half of what a frame may hold, so that the header around them always fits.
    static let pieceSize = 32 * 1024

    /// Where the items that are plain files are read. A file that is not there is not sent.
    static let facts: [(EvidenceItem, String)] = [
        (.kernelVersion, "/proc/version"), (.commandLine, "/proc/cmdline"), (.filesystems, "/proc/filesystems"),
        (.mountInfo, "/proc/self/mountinfo"), (.cgroups, "/proc/cgroups"), (.modules, "/proc/modules"), (.kernelConfig, "/proc/config.gz"),
        (.securityModules, "/sys/kernel/security/lsm"), (.lockdown, "/sys/kernel/security/lockdown"),
        (.jitEnable, "/proc/sys/net/core/bpf_jit_enable"), (.jitHarden, "/proc/sys/net/core/bpf_jit_harden"),
        (.unprivilegedBPF, "/proc/sys/kernel/unprivileged_bpf_disabled"),
        (.clockSource, "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
    ]

    /// What the kernel is and how the guest is laid out. Sent before the agent starts, so that a guest that hangs later has said it.
    func sendFacts() throws(ControlChannel.Failure) {
        for (item, path) in Self.facts { try send(item, file: path) }
        try send(.kernelBTF, Array((SmallFile.exists("/sys/kernel/btf/vmlinux") ? "present" : "absent").utf8))
    }

    /// The agent's status as it is now.
    func sendStatus(as item: EvidenceItem) throws(ControlChannel.Failure) { try send(item, file: AgentPlaces.statusFile) }

    /// What the agent and the kernel left.
    func sendResults(logs: [AgentLogFile]) throws(ControlChannel.Failure) {
        for log in logs { try send(log.item, file: log.path) }
        try send(.agentOutput, file: AgentPlaces.outputFile)
        if let log = Self.kernelLog() { try send(.kernelLog, log) }
    }

    /// - Returns: Whether there was such a file.
    @discardableResult
    func send(_ item: EvidenceItem, file: String) throws(ControlChannel.Failure) -> Bool {
        guard let content = SmallFile.read(file, limit: WireFormat.maximumItem) else { return false }
        try send(item, content.bytes, length: content.length)
        return true
    }

    func send(_ item: EvidenceItem, _ bytes: [UInt8]) throws(ControlChannel.Failure) {
        try send(item, Array(bytes.prefix(WireFormat.maximumItem)), length: bytes.count)
    }

    private func send(_ item: EvidenceItem, _ bytes: [UInt8], length: Int) throws(ControlChannel.Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            try channel.send(.evidence(item, bytes: Array(rest.prefix(Self.pieceSize))))
            rest = rest.dropFirst(Self.pieceSize)
        }
        try channel.send(.evidenceEnd(item, length: UInt64(length), isTruncated: length > bytes.count))
    }

    private static func kernelLog() -> [UInt8]? {
        let size = gs_kernel_log_size()
        guard size > 0 else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(size))
        let got = gs_kernel_log(&buffer, size)
        return got > 0 ? buffer.prefix(Int(got)).map(UInt8.init(bitPattern:)) : nil
    }
}
