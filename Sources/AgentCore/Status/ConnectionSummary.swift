import JSON

/// The number of times that one caller got one answer from one destination.
public struct ConnectionSummary: Hashable, Sendable {
    public struct Key: Hashable, Sendable {
        /// "empty" if the caller is unknown, as Azure's agent writes it.
        public let userName: String
        public let executable: String
        public let commandLine: String
        public let destination: Endpoint?
        /// As `200 OK`.
        public let responseStatus: String

        public init(caller: CallerClaims?, destination: Endpoint?, responseStatus: String) {
            userName = caller?.userName ?? "empty"
            executable = caller.map { $0.executable ?? "" } ?? "empty"
            commandLine = caller?.commandLine ?? "empty"
            self.destination = destination
            self.responseStatus = responseStatus
        }

        private init(userName: String, destination: Endpoint?, responseStatus: String) {
            self.userName = userName
            (executable, commandLine) = ("", "other")
            self.destination = destination
            self.responseStatus = responseStatus
        }

        /// The key for all other programs of this user.
        var shared: Key { Key(userName: userName, destination: destination, responseStatus: responseStatus) }
    }

    public let key: Key
    public var count: Int
    /// The caller's groups when it was last seen; nil if unknown.
    public var groups: [String]?

    var json: JSONValue {
        .object([
            .init("userName", .string(key.userName)),
            .init("ip", .string(key.destination.map { "\($0.address)" } ?? "None")),
            .init("port", .integer(Int(key.destination?.port ?? 0))),
            .init("processCmdLine", .string(key.commandLine)),
            .init("responseStatus", .string(key.responseStatus)),
            .init("count", .integer(count)),
            .init("userGroups", groups.map { .array($0.map(JSONValue.string)) } ?? .null),
            .init("processFullPath", .string(key.executable)),
        ])
    }
}
