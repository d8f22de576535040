import JSON

internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// `azure-proxy-agent --status [--wait N]`: asks the running agent whether it is ready.
///
/// Exit status: 0 if it is ready; 1 if it was not in time; 2 if it ended with an error. For 1 and 2 standard output states what is missing,
/// which the caller reports to the platform.
struct StatusQuery {
    /// The pause between two queries, in milliseconds.
    static let pause = 100

    let endpoint: Endpoint
    /// In seconds.
    let wait: Int
    var say: (String) -> Void = { print($0, terminator: $0.utf8.last == 0x0a ? "" : "\n") }

    func run() -> Int32 {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let client = HostClient(group: group, endpoint: endpoint, clock: HostClock(), connectTime: .seconds(2), answerTime: .seconds(5))
        let since = WallClock.nanoseconds
        let deadline = MonotonicTime.now + wait * 1000
        var isFirst = true
        var complaint = ""
        var missing = ""
        while true {
            do {
                let answer = try ask(client, since: since, notify: isFirst)
                isFirst = false
                missing = answer.errorMessage
                if answer.isFinished {
                    if !missing.isEmpty { say(missing) }
                    return missing.isEmpty ? 0 : 2
                }
            } catch {
                let text = "Failed to query the current provision state with error: \(error)."
                // Each reason is printed once, not ten times a second.
                if text != complaint { say(text) }
                complaint = text
            }
            guard MonotonicTime.now < deadline else { break }
            usleep(UInt32(Self.pause * 1000))
        }
        if !missing.isEmpty { say(missing) }
        return 1
    }

    struct Unexpected: Error, CustomStringConvertible { let description: String }

    private func ask(_ client: HostClient, since: Int, notify: Bool) throws -> Provisioning.Answer {
        var headers: HTTPHeaders = [ProvisionEndpoint.tickHeader: "\(since)"]
        if notify { headers.add(name: ProvisionEndpoint.notifyHeader, value: "true") }
        let answer = try client.send(.GET, ProvisionEndpoint.path, adding: headers)
        guard answer.status == .ok else { throw Unexpected(description: "the agent answered \(answer.status.code)") }
        let document = try JSONValue(parsing: answer.body)
        guard case .bool(let isFinished)? = document["finished"], case .string(let message)? = document["errorMessage"] else {
            throw Unexpected(description: "the agent's answer has not the members it should have")
        }
        return Provisioning.Answer(isFinished: isFinished, errorMessage: String(message.prefix(16 << 10)))
    }
}
