import EvidenceStore
import Foundation
import MatrixModel
import MatrixRunner
import Synchronization

/// Shows the progress of a run: one updating line on a terminal, plain lines elsewhere. Writes to standard error only.
final class ProgressDisplay: Sendable {
    private struct State {
        var total = 0
        var done = 0
        var running: [CellID: String] = [:]
        var order: [CellID] = []
        var lineIsOpen = false
        var remaining: RemainingTime

        init(costs: CellCosts) { remaining = RemainingTime(costs: costs) }
    }

    private let state: Mutex<State>
    private let isTerminal: Bool
    private let isVerbose: Bool
    private let start = ContinuousClock.now

    /// - Parameters:
    ///   - costs: Known cell times of earlier runs.
    ///   - isVerbose: Whether details are shown.
    init(costs: CellCosts = .standard, isTerminal: Bool = StandardError.isTerminal, isVerbose: Bool = false) {
        state = Mutex(State(costs: costs))
        self.isVerbose = isVerbose
        self.isTerminal = isTerminal
    }

    func show(_ event: RunnerEvent) {
        state.withLock { state in
            switch event {
            case .preparing(let text): say(text, &state)
            case .warning(let text): say("warning: \(text)", &state)
            case .detail(let text): if isVerbose { say(text, &state) }
            case .started(let cells, let jobs):
                // Unavailable cells are done already.
                state.total = state.done + cells.count
                state.remaining.start(cells, jobs: jobs.count)
                say("running \(cells.count) cells; concurrency limit \(jobs)\(estimate(state))", &state)
            case .waitingForMemory(let id, let reason): say("\(id): waiting for memory: \(reason)", &state)
            case .cellStarted(let id, let attempt):
                state.running[id] = "boot"
                state.remaining.begin(id.text, at: elapsed)
                state.order.append(id)
                if !isTerminal { say("\(id): started\(attempt > 1 ? ", attempt \(attempt)" : "")", &state) }
            case .cellPhase(let id, let phase): state.running[id] = phase
            case .cellRetried(let id, let judgement):
                finish(id, &state)
                let reason = judgement.verdict == .inconclusive ? "harness failure, retrying" : "may be chance, retrying"
                say("\(id): \(judgement.cause?.rawValue ?? judgement.verdict.rawValue): \(reason)", &state)
            case .cellFinished(let record):
                if let id = state.order.first(where: { $0.text == record.id }) { finish(id, &state) }
                state.done += 1
                state.remaining.end(record.id, seconds: record.reused == nil ? record.seconds[.total] : nil)
                let seconds = record.seconds[.total].map { " (\(Self.format($0)))" } ?? ""
                let progress = isTerminal || state.total == 0 ? "" : " [\(state.done)/\(state.total)\(estimate(state))]"
                say("\(record.id): \(record.verdict.rawValue)\(record.cause.map { " \($0.rawValue)" } ?? "")\(seconds)\(progress)", &state)
            }
            redraw(&state)
        }
    }

    /// Clears the updating line.
    func end() {
        state.withLock { state in
            state.running = [:]
            clear(&state)
        }
    }

    private var elapsed: Double { Double((ContinuousClock.now - start).components.seconds) }

    private func estimate(_ state: State) -> String { state.remaining.text(at: elapsed).map { ", \($0)" } ?? "" }

    private func finish(_ id: CellID, _ state: inout State) {
        state.running[id] = nil
        state.order.removeAll { $0 == id }
    }

    private func say(_ text: String, _ state: inout State) {
        clear(&state)
        StandardError.line(text)
    }

    private func clear(_ state: inout State) {
        if state.lineIsOpen { StandardError.write("\r\u{1B}[K") }
        state.lineIsOpen = false
    }

    private func redraw(_ state: inout State) {
        guard isTerminal, state.total > 0, state.done < state.total else { return }
        clear(&state)
        let running = state.order.map { "\($0.text.split(separator: "/").dropFirst().joined(separator: " ")): \(state.running[$0] ?? "")" }
        let text = "[\(state.done)/\(state.total) done, \(running.count) running, \(Self.format(elapsed))\(estimate(state))] \(running.joined(separator: "; "))"
        StandardError.write(String(text.prefix(Self.terminalWidth - 1)))
        state.lineIsOpen = true
    }

    private static var terminalWidth: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
    }

    static func format(_ seconds: Double) -> String {
        seconds < 60 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
}
