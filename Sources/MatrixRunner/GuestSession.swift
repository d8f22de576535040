import Foundation
import GuestProtocol
import Judgement
import MatrixModel
import QEMUGuest
import Synchronization
import SystemPackage

/// The conversation with one guest, from its hello to its farewell, and the evidence it leaves.
final class GuestSession: Sendable {
    private struct State {
        var collector: EvidenceCollector
        var hello: ContinuousClock.Instant?
        var farewell: ContinuousClock.Instant?
        /// Why a restored guest cannot be used: its clock or its random seed is wrong.
        var waking: String?
    }

    private let plan: GuestPlan
    private let events: @Sendable (String) -> Void
    let startMode: StartMode
    private let state: Mutex<State>
    private let start = ContinuousClock.now

    init(
        plan: GuestPlan, expectation: ScenarioExpectation, profile: BootProfile? = nil, deployment: Deployment? = nil,
        startMode: StartMode = .cold(reason: nil),
        asked: AskedKernel? = nil, events: @escaping @Sendable (String) -> Void
    ) {
        self.plan = plan
        self.events = events
        self.startMode = startMode
        state = Mutex(
            State(
                collector: EvidenceCollector(plan: plan, expectation: expectation, profile: profile, deployment: deployment, startMode: startMode, asked: asked)
            ))
    }

    var evidence: CellEvidence { state.withLock { $0.collector.evidence } }

    /// Why the snapshot restore failed; nil if it succeeded or the guest booted cold.
    var restoreTrouble: String? {
        guard case .snapshot = startMode else { return nil }
        return state.withLock { state in
            if let waking = state.waking { return waking }
            return state.hello == nil ? "no greeting from the guest: \(state.collector.evidence.fate)" : nil
        }
    }

    /// The allowed difference between the host's clock and a guest clock that was just set, in milliseconds. A real-time clock counts full
    /// seconds.
    private static let clockTolerance: Int64 = 2_000

    private static func trouble(_ report: WakeReport?, clockError: Int64?) -> String? {
        guard let report, let clockError else { return nil }
        guard report.isRight else {
            return
                "the guest could not set its clock or seed (errno of clock, seed, reseeding: \(report.clockError), \(report.seedError), \(report.reseedError))"
        }
        return abs(clockError) > clockTolerance ? "its clock differs from the host's by \(clockError) ms" : nil
    }

    /// Sends the test plan once the guest has said hello, then collects its messages until it ends. A failed send shows in the guest's ending.
    func converse(with guest: Guest) async {
        for await message in guest.messages {
            let now = ContinuousClock.now
            state.withLock { state in
                state.collector.receive(message, at: now)
                if case .hello(let hello) = message {
                    state.hello = now
                    if let report = hello.waking { state.collector.compare(clock: report.timeAfter, with: HostClock.microseconds) }
                    state.waking = Self.trouble(hello.waking, clockError: state.collector.evidence.clockErrorMilliseconds)
                }
                if case .farewell = message { state.farewell = now }
            }
            // A badly restored guest receives no plan: its behaviour would be attributed to its kernel.
            if state.withLock({ $0.waking != nil }) { return }
            switch message {
            case .hello: try? await guest.send(.plan(plan))
            case .phase(let phase, _): events(Self.name(phase))
            default: break
            }
        }
    }

    func end(_ ending: GuestEnding, journal: [FabricRequest]?) {
        state.withLock { state in
            state.collector.set(journal: journal)
            state.collector.end(Self.fate(ending))
        }
    }

    func fail(_ error: any Error) { state.withLock { $0.collector.end(.harnessFailed("\(error)")) } }

    /// Adds the console to the evidence; it is empty if QEMU could not write the file.
    func readConsole(_ path: FilePath) {
        let bytes = FileManager.default.contents(atPath: path.string).map(Array.init) ?? []
        state.withLock { $0.collector.set(console: bytes) }
    }

    /// The durations of the phases that were reached, in seconds.
    func seconds(until end: ContinuousClock.Instant) -> [Phase: Double] {
        state.withLock { state in
            var seconds: [Phase: Double] = [:]
            guard let hello = state.hello else { return seconds }
            seconds[.boot] = CellAttempt.seconds(hello - start)
            guard let settled = state.collector.marks[.agentSettled] else { return seconds }
            seconds[.deploy] = CellAttempt.seconds(settled - hello)
            guard let done = state.collector.marks[.clientsDone] else { return seconds }
            seconds[.probe] = CellAttempt.seconds(done - settled)
            if let farewell = state.farewell { seconds[.shutdown] = CellAttempt.seconds(end - farewell) }
            return seconds
        }
    }

    private static func fate(_ ending: GuestEnding) -> GuestFate {
        switch ending {
        case .farewell: .poweredOff
        case .endedEarly, .released: .endedEarly
        case .hung: .hung
        case .deadline: .deadline
        case .emulatorExited(let status, let stderr): .emulatorExited("\(status): \(stderr)")
        case .consoleFlood: .consoleFlood
        case .protocolViolation(let violation): .protocolViolation(violation.description)
        }
    }

    private static func name(_ phase: GuestPhase) -> String {
        switch phase {
        case .planReceived, .rootMounted, .payloadUnpacked, .layoutReady, .networkReady: "set-up"
        case .agentInstalled: "boot"
        case .unitStarted: "set-up"
        case .agentStarted: "agent"
        case .agentSettled: "clients"
        case .clientsDone: "evidence"
        case .evidenceSent: "shutdown"
        }
    }
}
