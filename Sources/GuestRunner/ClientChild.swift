import Glibc
import GuestProtocol

/// Runs clients as processes of their own, so that each request is made by its user, and takes their reports from a pipe.
struct ClientChild {
    let children: ChildProcesses
    /// What a client has beyond its own deadline to say that it missed it, in milliseconds.
    static let grace: UInt64 = 1_000
    /// The Swift runtime would otherwise wait for the kernel's entropy pool on the request's time (guest_system.c says more).
    private static let environment = ChildProcesses.environment + ["SWIFT_DETERMINISTIC_HASHING=1"]

    /// One process for all requests of a user. Always a report for each: a client that cannot be run or says nothing is reported
    /// with that as its failure.
    func run(_ specs: [ClientSpec], deadline: UInt32) -> [ClientReport] {
        let invocations = specs.compactMap { ClientInvocation($0, deadline: deadline) }
        guard invocations.count == specs.count, let batch = ClientBatch(invocations) else {
            return specs.map { Self.failed($0, "the client's specification cannot be carried out (name, path or user)") }
        }
        var reports: [ClientReport] = []
        var reason = "the client ended without a report"
        do throws(SystemCallError) {
            try run(batch) { reports.append($0) }
        } catch {
            reason = "the client could not be run: \(error)"
        }
        return reports + specs.dropFirst(reports.count).map { Self.failed($0, reason) }
    }

    /// Hands on what the process reports until it has reported all, ends, talks nonsense or is late.
    private func run(_ batch: ClientBatch, report: (ClientReport) -> Void) throws(SystemCallError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemCallError("pipe", code: errno) }
        let reading = Descriptor(owning: ends[0])
        let client: pid_t
        do {
            let writing = Descriptor(owning: ends[1])
            client = try children.start(
                "/proc/self/exe", arguments: batch.arguments, streams: .files(input: 0, output: writing.raw, error: 2),
                environment: Self.environment)
        }
        defer { children.kill(client) }
        var decoder = FrameDecoder()
        var due = batch.invocations[...]
        while let invocation = due.first {
            let deadline = Deadline(after: UInt64(invocation.deadline) + Self.grace)
            guard try Readiness.wait(for: [reading.raw], timeout: deadline.remaining).isReady(0) else {
                throw SystemCallError("wait \(invocation.deadline) ms for a report of", invocation.spec.name, code: ETIMEDOUT)
            }
            let bytes = try reading.read(upTo: 4096)
            guard !bytes.isEmpty, let frames = try? decoder.receive(bytes) else { return }
            for frame in frames {
                guard case .client(let said) = try? GuestMessage(frame), said.name == due.first?.spec.name else { return }
                report(said)
                due.removeFirst()
            }
        }
    }

    private static func failed(_ spec: ClientSpec, _ failure: String) -> ClientReport {
        ClientReport(name: spec.name, connectError: nil, peer: "", httpStatus: nil, hasProxyHeader: false, microseconds: 0, failure: failure)
    }
}
