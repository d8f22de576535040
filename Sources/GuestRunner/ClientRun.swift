import CGuestSystem
import Glibc
import GuestProtocol

/// Plays a task's clients in this process.
struct ClientRun {
    let task: ClientTask

    /// Hands on each report as soon as it is there, in the task's order unless all go at once.
    func carryOut(report: (ClientReport) -> Void) {
        if task.isBurst {
            let exchanges = task.specs.map(ClientExchange.init)
            Self.finish(exchanges, deadline: Deadline(after: UInt64(task.deadline)))
            exchanges.forEach { report($0.report) }
        } else {
            for spec in task.specs {
                guard spec.kind != .raw else {
                    report(RawTCPClient(spec: spec).carryOut(deadline: Deadline(after: UInt64(task.deadline))))
                    continue
                }
                let exchange = ClientExchange(spec)
                let deadline = Deadline(after: UInt64(task.deadline))
                if spec.identity.isShortLived {
                    Self.connect([exchange], deadline: deadline)
                    // From here on a child holds the connection, and the process that the kernel saw connecting is gone.
                    guard gs_leave_to_child() == 0 else { return }
                }
                Self.finish([exchange], deadline: deadline)
                report(exchange.report)
            }
        }
    }

    /// Connects all of them and goes no further.
    static func connect(_ exchanges: [ClientExchange], deadline: Deadline) {
        drive(exchanges, deadline: deadline, until: { $0.phase != .connecting })
    }

    /// Sends what is to be sent and reads the answers.
    static func finish(_ exchanges: [ClientExchange], deadline: Deadline) {
        drive(exchanges, deadline: deadline, until: { $0.phase == .done })
        for exchange in exchanges { exchange.abandon("the answer did not end in time") }
    }

    /// Only what moved is looked at again: with a hundred connections that all wait, going through all of them for each answer takes an
    /// emulated guest longer than the requests do.
    private static func drive(_ exchanges: [ClientExchange], deadline: Deadline, until isDone: (ClientExchange) -> Bool) {
        for exchange in exchanges where !isDone(exchange) { exchange.send() }
        let open = exchanges.filter { !isDone($0) }
        var entries = open.map(entry)
        var left = open.count
        while left > 0, !deadline.hasPassed {
            guard poll(&entries, nfds_t(entries.count), deadline.remaining) > 0 else { continue }
            for index in entries.indices where entries[index].revents != 0 {
                let exchange = open[index]
                exchange.advance()
                if !isDone(exchange) { exchange.send() }
                if isDone(exchange) {
                    left -= 1
                    // poll(2) passes over it.
                    entries[index] = pollfd(fd: -1, events: 0, revents: 0)
                } else {
                    entries[index] = entry(exchange)
                }
            }
        }
    }

    private static func entry(_ exchange: ClientExchange) -> pollfd { exchange.interest ?? pollfd(fd: -1, events: 0, revents: 0) }
}
