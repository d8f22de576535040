import GuestProtocol
import Judgement
import MatrixModel

/// The facts of a guest's kernel that matter to the agent, in a form that is read without the guest: `facts.json`.
struct KernelFacts: Codable, Hashable, Sendable {
    var release: String?
    var machine: String?
    var kernelVersion: String?
    var commandLine: String?
    var filesystems: [String]
    var mounts: [String]
    var controllers: [String]
    var modules: [String]
    var securityModules: String?
    var lockdown: String?
    var jitEnable: String?
    var jitHarden: String?
    var unprivilegedBPFDisabled: String?
    var hasBTF: Bool?
    var clockSource: String?
    /// How the guest started, and how a restored guest's clock and seed were set; null in documents from before snapshots.
    var start: StartFacts?
    /// A distribution's name and version, as os-release(5) says it.
    var distribution: String?
    /// The first line of `systemctl --version`.
    var serviceManager: String?
    /// `running`, or `degraded` where a unit failed.
    var systemState: String?
    /// What systemd-analyze says of the boot.
    var bootTime: String?
    /// When the guest said hello and reached each phase of its plan, in milliseconds of its uptime.
    var uptimeMilliseconds: [String: UInt64]
    /// The configuration symbols that the agent's programs depend on; `n` for one that is not set, null without a configuration.
    var configuration: [String: String]?

    /// What decides on loading, attaching and tracing (AGENT-SPEC 7.2).
    static let symbols = [
        "CONFIG_BPF", "CONFIG_BPF_SYSCALL", "CONFIG_BPF_JIT", "CONFIG_BPF_JIT_ALWAYS_ON", "CONFIG_BPF_UNPRIV_DEFAULT_OFF", "CONFIG_BPF_LSM",
        "CONFIG_BPF_EVENTS", "CONFIG_CGROUPS", "CONFIG_CGROUP_BPF", "CONFIG_SOCK_CGROUP_DATA", "CONFIG_CGROUP_NET_CLASSID",
        "CONFIG_CGROUP_NET_PRIO", "CONFIG_MEMCG_V1", "CONFIG_CPUSETS_V1", "CONFIG_INET", "CONFIG_KPROBES", "CONFIG_PERF_EVENTS",
        "CONFIG_DEBUG_INFO_BTF", "CONFIG_SECURITY_LOCKDOWN_LSM", "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY", "CONFIG_PVH",
    ]

    init(evidence: CellEvidence, packagedConfiguration: [UInt8]?) {
        func text(_ item: EvidenceItem) -> String? {
            guard let found = evidence.items[item]?.text else { return nil }
            return String(found.prefix(4096)).trimmed
        }
        func lines(_ item: EvidenceItem, limit: Int = 1024) -> [String] {
            (evidence.items[item]?.text ?? "").split(separator: "\n").prefix(limit).map { String($0.prefix(1024)).trimmed }
        }
        release = evidence.hello?.release
        machine = evidence.hello?.machine
        kernelVersion = text(.kernelVersion)
        commandLine = text(.commandLine)
        filesystems = lines(.filesystems)
        mounts = lines(.mountInfo)
        controllers = lines(.cgroups).filter { !$0.hasPrefix("#") }
        modules = lines(.modules).compactMap { $0.split(separator: " ").first.map(String.init) }
        securityModules = text(.securityModules)
        lockdown = text(.lockdown)
        jitEnable = text(.jitEnable)
        jitHarden = text(.jitHarden)
        unprivilegedBPFDisabled = text(.unprivilegedBPF)
        hasBTF = evidence.items[.kernelBTF].map { $0.text.hasPrefix("present") }
        clockSource = text(.clockSource)
        start = StartFacts(evidence)
        distribution = lines(.distribution).first { $0.hasPrefix("PRETTY_NAME=") }.map { String($0.dropFirst("PRETTY_NAME=".count)).replacing("\"", with: "") }
        serviceManager = lines(.serviceManager).first
        systemState = lines(.systemState).first
        bootTime = lines(.bootTime).first
        uptimeMilliseconds = Dictionary(uniqueKeysWithValues: evidence.uptimes.map { ("\($0.key)", $0.value) })
        uptimeMilliseconds["hello"] = evidence.hello?.uptimeMilliseconds
        configuration = (evidence.items[.kernelConfig]?.bytes ?? packagedConfiguration).map(Self.symbolValues)
    }

    /// Reads a kernel's `.config`: `CONFIG_X=y`, and `# CONFIG_X is not set`.
    static func symbolValues(of config: [UInt8]) -> [String: String] {
        var values = Dictionary(uniqueKeysWithValues: symbols.map { ($0, "n") })
        for line in config.split(separator: UInt8(ascii: "\n")) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: line[..<equals], as: UTF8.self)
            if values[name] != nil { values[name] = String(decoding: line[(equals + 1)...].prefix(64), as: UTF8.self) }
        }
        return values
    }
}

extension String {
    fileprivate var trimmed: String {
        var rest = self[...]
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest.drop(while: \.isWhitespace))
    }
}
