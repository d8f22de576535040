import CGuestSystem
import GuestProtocol

/// Reads items of evidence up to their size limits and sends them in pieces.
struct EvidenceSender {
    let channel: ControlChannel
    /// Bytes of evidence in one frame: half of the frame limit, so that the header always fits.
    static let pieceSize = 32 * 1024

    /// The files of items that are plain files. A missing file is not sent.
    static let facts: [(EvidenceItem, String)] = [
        (.kernelVersion, "/proc/version"), (.commandLine, "/proc/cmdline"), (.filesystems, "/proc/filesystems"),
        (.mountInfo, "/proc/self/mountinfo"), (.cgroups, "/proc/cgroups"), (.modules, "/proc/modules"), (.kernelConfig, "/proc/config.gz"),
        (.securityModules, "/sys/kernel/security/lsm"), (.lockdown, "/sys/kernel/security/lockdown"),
        (.jitEnable, "/proc/sys/net/core/bpf_jit_enable"), (.jitHarden, "/proc/sys/net/core/bpf_jit_harden"),
        (.unprivilegedBPF, "/proc/sys/kernel/unprivileged_bpf_disabled"),
        (.clockSource, "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
    ]

    /// Sends the facts about the kernel and the guest's layout. Called before the agent starts, so that a guest that hangs later has sent them.
    func sendFacts() throws(ControlChannel.Failure) {
        for (item, path) in Self.facts { try send(item, file: path) }
        try send(.kernelBTF, Array((SmallFile.exists("/sys/kernel/btf/vmlinux") ? "present" : "absent").utf8))
    }

    /// Sends the agent's current status file.
    func sendStatus(as item: EvidenceItem) throws(ControlChannel.Failure) { try send(item, file: AgentPlaces.statusFile) }

    /// Sends the logs of the agent and of the kernel.
    func sendResults(logs: [AgentLogFile]) throws(ControlChannel.Failure) {
        for log in logs { try send(log.item, file: log.path) }
        try send(.agentOutput, file: AgentPlaces.outputFile)
        if let log = Self.kernelLog() { try send(.kernelLog, log) }
    }

    /// - Returns: Whether the file exists.
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
