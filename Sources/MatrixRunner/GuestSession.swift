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
    }

    private let plan: GuestPlan
    private let events: @Sendable (String) -> Void
    private let state: Mutex<State>
    private let start = ContinuousClock.now

    init(plan: GuestPlan, expectation: ScenarioExpectation, profile: BootProfile? = nil, deployment: Deployment? = nil, events: @escaping @Sendable (String) -> Void) {
        self.plan = plan
        self.events = events
        state = Mutex(State(collector: EvidenceCollector(plan: plan, expectation: expectation, profile: profile, deployment: deployment)))
    }

    var evidence: CellEvidence { state.withLock { $0.collector.evidence } }

    /// Sends the plan once the guest is ready, then listens to its end. A guest that cannot be written to shows in how it ends.
    func converse(with guest: Guest) async {
        for await message in guest.messages {
            let now = ContinuousClock.now
            state.withLock { state in
                state.collector.receive(message, at: now)
                if case .hello = message { state.hello = now }
                if case .farewell = message { state.farewell = now }
            }
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

    /// Takes the console into the evidence; what QEMU could not write is not there.
    func readConsole(_ path: FilePath) {
        let bytes = FileManager.default.contents(atPath: path.string).map(Array.init) ?? []
        state.withLock { $0.collector.set(console: bytes) }
    }

    /// The times of the phases that were reached.
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
