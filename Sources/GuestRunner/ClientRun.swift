import CGuestSystem
import Glibc
import GuestProtocol

/// Plays a task's clients in this process.
struct ClientRun {
    let task: ClientTask

    /// Runs the clients one after the other and reports each at its end. The clients of a burst run concurrently and are reported together.
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
                    // From here on a child has the connection, and the process that connected, as the kernel recorded it, is gone.
                    guard gs_leave_to_child() == 0 else { return }
                }
                Self.finish([exchange], deadline: deadline)
                report(exchange.report)
            }
        }
    }

    /// Connects all clients without sending a request.
    static func connect(_ exchanges: [ClientExchange], deadline: Deadline) {
        drive(exchanges, deadline: deadline, until: { $0.phase != .connecting })
    }

    /// Sends the requests and reads the answers.
    static func finish(_ exchanges: [ClientExchange], deadline: Deadline) {
        drive(exchanges, deadline: deadline, until: { $0.phase == .done })
        for exchange in exchanges { exchange.abandon("the answer did not end in time") }
    }

    /// Visits only sockets that became ready. With a hundred waiting connections, visiting all of them for each answer would take an emulated
    /// guest longer than the requests.
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
                    // poll(2) ignores negative descriptors.
                    entries[index] = pollfd(fd: -1, events: 0, revents: 0)
                } else {
                    entries[index] = entry(exchange)
                }
            }
        }
    }

    private static func entry(_ exchange: ClientExchange) -> pollfd { exchange.interest ?? pollfd(fd: -1, events: 0, revents: 0) }
}
