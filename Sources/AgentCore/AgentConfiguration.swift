public import SystemPackage

/// The agent's configuration, or its defaults (`/etc/azure/proxy-agent.json`, with the keys of Azure's own agent).
public struct AgentConfiguration: Hashable, Sendable {
    /// Where logs and `status.json` go; nil (an empty string in the file) for no log files.
    public var logFolder: FilePath?
    /// A BPF object to try before any other.
    public var bpfObject: FilePath?
    /// The object's file name in the folders it is searched for.
    public var bpfObjectName: String
    /// The cgroup2 mount to use when `/proc/self/mountinfo` shows none.
    public var cgroupRoot: FilePath
    public var fileLogLevel: LogLevel
    public var systemLogLevel: LogLevel
    /// The folder of the keys; the platform's local rules are next to it.
    public var keyFolder: FilePath
    /// How often the agent polls the secure channel's status, in seconds.
    public var pollInterval: Int

    public static let defaultPath: FilePath = "/etc/azure/proxy-agent.json"
    public static let defaultLogFolder: FilePath = "/var/log/azure-proxy-agent"
    public static let objectFolder: FilePath = "/usr/lib/azure-proxy-agent"

    public init(
        logFolder: FilePath? = AgentConfiguration.defaultLogFolder, bpfObject: FilePath? = nil,
        bpfObjectName: String = "ebpf_cgroup.o", cgroupRoot: FilePath = "/sys/fs/cgroup", fileLogLevel: LogLevel = .info,
        systemLogLevel: LogLevel = .info, keyFolder: FilePath = "/var/lib/azure-proxy-agent/keys", pollInterval: Int = 15
    ) {
        self.logFolder = logFolder
        self.bpfObject = bpfObject
        self.bpfObjectName = bpfObjectName
        self.cgroupRoot = cgroupRoot
        self.fileLogLevel = fileLogLevel
        self.systemLogLevel = systemLogLevel
        self.keyFolder = keyFolder
        self.pollInterval = pollInterval
    }

    /// Where `status.json` is written: in the log folder, and in the default one when there are no log files.
    public var statusFile: FilePath { (logFolder ?? Self.defaultLogFolder).appending("status.json") }

    /// The BPF objects to try; the first one that exists is used.
    /// - Parameter executableFolder: The folder of the running executable, if known.
    public func objectCandidates(executableFolder: FilePath?) -> [FilePath] {
        var candidates: [FilePath] = []
        if let bpfObject { candidates.append(bpfObject) }
        candidates.append(Self.objectFolder.appending(bpfObjectName))
        if let executableFolder { candidates.append(executableFolder.appending(bpfObjectName)) }
        return candidates
    }
}
