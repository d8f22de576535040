/// The identity of a connection's client: the kernel's at connect(), and that of the process in `/proc` when the connection is accepted.
public struct CallerClaims: Hashable, Sendable {
    public let processID: UInt32
    public let userID: UInt32
    public let userName: String
    public let groups: [String]
    public let isRoot: Bool
    /// Nil if the process has ended or cannot be read.
    public let executable: String?
    /// The first arguments, without secrets.
    public let commandLine: String

    public init(
        processID: UInt32, userID: UInt32, userName: String, groups: [String] = [], isRoot: Bool, executable: String?, commandLine: String
    ) {
        self.processID = processID
        self.userID = userID
        self.userName = userName
        self.groups = groups
        self.isRoot = isRoot
        self.executable = executable
        self.commandLine = commandLine
    }

    /// The executable's own name; empty when it is not known.
    public var processName: String { executable?.split(separator: "/").last.map(String.init) ?? "" }

    /// The value of the `x-ms-azure-host-claims` header, byte for byte as Azure's own agent writes it.
    public var headerValue: String { "{ \"isRoot\": \"\(isRoot)\"}" }
}
