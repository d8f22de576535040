import JSON
import Foundation
import MatrixModel
import NIOCore
import NIOPosix
import Synchronization
import SystemPackage
import TestSupport

@testable import AgentCore
@testable import FabricSimulator

/// A key keeper that talks to the strict platform of the harness, over its socket.
struct ChannelFixture {
    let folder: TemporaryFolder
    let keeper: KeyKeeper
    let keys: CurrentKey
    let status: StatusRecord
    let rules: RuleRecord
    let readiness: ReadinessRecord
    let policy: RedirectPolicy
    let clock: HostClock
    /// Whether connections are redirected, as they are unless a test says otherwise.
    let redirects = Flag(true)

    var keyFolder: FilePath { folder.path.appending("lib/keys") }

    /// The names of the key files.
    var keyFiles: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: keyFolder.string)) ?? []).filter { $0.hasSuffix(".key") }.sorted()
    }

    static let scenarios = Repository.root.appending(path: "images/scenarios")

    static func scenario(_ name: String) throws -> Scenario {
        let file = scenarios.appending(path: "\(name).yml")
        return try Scenario(parsing: String(contentsOf: file, encoding: .utf8), source: file.path)
    }

    /// - Parameter folder: The folder of an earlier one, as after a restart; nil for a fresh machine.
    init(socket: FilePath, group: MultiThreadedEventLoopGroup, folder: TemporaryFolder? = nil) throws {
        self.folder = try folder ?? TemporaryFolder()
        keys = CurrentKey()
        clock = HostClock()
        status = StatusRecord()
        rules = RuleRecord()
        readiness = ReadinessRecord()
        let log = AgentLog(folder: nil, systemLevel: .error)
        policy = RedirectPolicy(log: log)
        let (status, redirects) = (status, redirects)
        keeper = KeyKeeper(
            KeyKeeper.Dependencies(
                client: HostClient(group: group, at: try SocketAddress(unixDomainSocketPath: socket.string), clock: clock),
                store: KeyStore(folder: self.folder.path.appending("lib/keys"), log: log), keys: keys, clock: clock, policy: policy,
                redirected: { $0.redirected }, mayLatch: { redirects.value },
                rules: rules,
                readiness: readiness, log: log, publish: { status.set($0) }),
            pollInterval: 50)
    }

    /// Runs with a platform of that scenario.
    static func with(_ scenario: String, _ body: @escaping @Sendable (_ make: (TemporaryFolder?) throws -> ChannelFixture) throws -> Void) async throws {
        try await with(try self.scenario(scenario), body)
    }

    static func with(_ scenario: Scenario, _ body: @escaping @Sendable (_ make: (TemporaryFolder?) throws -> ChannelFixture) throws -> Void) async throws {
        let place = try TemporaryFolder()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        _ = try await Fabric.serve(in: place.path, journal: place.path.appending("journal"), scenario: scenario) {
            // The keeper waits for its calls, which no thread of the pool should.
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result {
                            try body { try ChannelFixture(socket: place.path.appending(Fabric.socketName(.wireServer)), group: group, folder: $0) }
                        })
                }
            }
        }
        try await group.shutdownGracefully()
    }
}

final class Flag: Sendable {
    private let state: Mutex<Bool>
    init(_ value: Bool) { state = Mutex(value) }
    var value: Bool {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

final class StatusRecord: Sendable {
    private let value = Mutex(ModuleStatus())
    func set(_ status: ModuleStatus) { value.withLock { $0 = status } }
    var current: ModuleStatus { value.withLock { $0 } }

    func state(_ name: String) -> String? {
        guard case .string(let text)? = current.states?.first(where: { $0.name == name })?.value else { return nil }
        return text
    }
}

final class RuleRecord: RuleSink {
    private let value = Mutex<[PlatformService: JSONValue]>([:])
    func update(remote: [PlatformService: JSONValue]) { value.withLock { $0 = remote } }
    var current: [PlatformService: JSONValue] { value.withLock { $0 } }
}

final class ReadinessRecord: ReadinessSink {
    private let value = Mutex<[ReadinessPart: Bool]>([:])
    func set(_ part: ReadinessPart, isReady: Bool, message: String) { value.withLock { $0[part] = isReady } }
    func explain(_ part: ReadinessPart, _ message: String) { words.withLock { $0 = message } }
    func channelIs(_ state: String) {}
    private let words = Mutex("")
    var explanation: String { words.withLock { $0 } }
    var keyLatch: Bool? { value.withLock { $0[.keyLatch] } }
}
