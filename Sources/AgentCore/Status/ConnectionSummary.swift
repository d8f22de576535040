/// How often one caller got one answer from one destination.
public struct ConnectionSummary: Hashable, Sendable {
    public struct Key: Hashable, Sendable {
        public let caller: CallerClaims?
        public let destination: Endpoint?
        /// As `200 OK`.
        public let responseStatus: String
    }

    public let key: Key
    public var count: Int

    var json: JSONValue {
        // Azure's agent writes the word "empty" for a caller it does not know.
        .object([
            .init("userName", .string(key.caller?.userName ?? "empty")),
            .init("ip", .string(key.destination.map { "\($0.address)" } ?? "None")),
            .init("port", .integer(Int(key.destination?.port ?? 0))),
            .init("processCmdLine", .string(key.caller?.commandLine ?? "empty")),
            .init("responseStatus", .string(key.responseStatus)),
            .init("count", .integer(count)),
            .init("userGroups", .null),
            .init("processFullPath", key.caller.map { .string($0.executable ?? "") } ?? .string("empty")),
        ])
    }
}
