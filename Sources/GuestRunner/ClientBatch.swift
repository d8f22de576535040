import GuestProtocol

/// The requests that one client process makes, one after the other as the same user: `client` and seven arguments for each.
///
/// A process for each request would cost a guest under TCG as much time as the request itself.
struct ClientBatch: Hashable, Sendable {
    let invocations: [ClientInvocation]

    /// - Parameter invocations: At least one, all of one user.
    init?(_ invocations: [ClientInvocation]) {
        guard Set(invocations.map(\.spec.user)).count == 1 else { return nil }
        self.invocations = invocations
    }

    init?(arguments: [String]) {
        guard arguments.first == "client", (arguments.count - 1) % Self.width == 0 else { return nil }
        var invocations: [ClientInvocation] = []
        for start in stride(from: 1, to: arguments.count, by: Self.width) {
            guard let invocation = ClientInvocation(arguments: ["client"] + arguments[start..<(start + Self.width)]) else { return nil }
            invocations.append(invocation)
        }
        self.init(invocations)
    }

    var arguments: [String] { ["client"] + invocations.flatMap { $0.arguments.dropFirst() } }

    private static let width = 7
}
