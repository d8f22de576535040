/// One mount as a value, so that tests can check a layout's mounts without mounting.
public struct MountOperation: Hashable, Sendable {
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let noSetUserID = Flags(rawValue: 1)
        public static let noDevices = Flags(rawValue: 2)
        public static let noExecution = Flags(rawValue: 4)
        public static let readOnly = Flags(rawValue: 8)
        public static let remount = Flags(rawValue: 16)
        /// The flags that systemd uses for every kernel file system.
        public static let kernelFileSystem: Flags = [.noSetUserID, .noDevices, .noExecution]
    }

    public let source: String
    public let target: String
    public let type: String
    public let flags: Flags
    /// The mount's data, in order of preference: the next one is tried when the kernel does not know an option (EINVAL).
    public let options: [String]

    public init(_ type: String, on target: String, source: String? = nil, flags: Flags = .kernelFileSystem, options: [String] = [""]) {
        self.source = source ?? type
        self.target = target
        self.type = type
        self.flags = flags
        self.options = options
    }
}
