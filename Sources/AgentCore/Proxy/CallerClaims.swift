/// Who a connection's client is: the kernel's identity at connect(), and what `/proc` says of that process when it is accepted.
public struct CallerClaims: Hashable, Sendable {
    public let processID: UInt32
    public let userID: UInt32
    public let userName: String
    public let isRoot: Bool
    /// Nil if the process is gone or not readable.
    public let executable: String?
    /// The first argument only: the others may carry secrets.
    public let commandLine: String

    public init(
        processID: UInt32, userID: UInt32, userName: String, isRoot: Bool, executable: String?, commandLine: String
    ) {
        self.processID = processID
        self.userID = userID
        self.userName = userName
        self.isRoot = isRoot
        self.executable = executable
        self.commandLine = commandLine
    }

    /// The value of the `x-ms-azure-host-claims` header, byte for byte as Azure's own agent writes it.
    public var headerValue: String { "{ \"isRoot\": \"\(isRoot)\"}" }
}
