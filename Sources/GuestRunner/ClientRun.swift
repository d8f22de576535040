import Glibc
import GuestProtocol

/// Plays a task's clients in this process.
struct ClientRun {
    let task: ClientTask

    /// Hands on each report as soon as it is there, in the task's order unless all go at once.
    func carryOut(report: (ClientReport) -> Void) {
        if task.isCrowd {
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
                Self.finish([exchange], deadline: Deadline(after: UInt64(task.deadline)))
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

    private static func drive(_ exchanges: [ClientExchange], deadline: Deadline, until isDone: (ClientExchange) -> Bool) {
        var open = exchanges.filter { !isDone($0) }
        while !open.isEmpty, !deadline.hasPassed {
            for exchange in open { exchange.send() }
            open.removeAll(where: isDone)
            guard !open.isEmpty else { return }
            var entries = open.map { $0.interest ?? pollfd(fd: -1, events: 0, revents: 0) }
            if poll(&entries, nfds_t(entries.count), deadline.remaining) > 0 {
                for (exchange, entry) in zip(open, entries) where entry.revents != 0 { exchange.advance() }
            }
            open.removeAll(where: isDone)
        }
    }
}
