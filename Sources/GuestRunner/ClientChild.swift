import Glibc
import GuestProtocol

/// Runs one client as a process of its own, so that the request is made by that user, and takes its report from a pipe.
struct ClientChild {
    let children: ChildProcesses
    /// What a client has beyond its own deadline to say that it missed it, in milliseconds.
    static let grace: UInt64 = 1_000
    /// The Swift runtime would otherwise wait for the kernel's entropy pool on the request's time (guest_system.c says more).
    private static let environment = ChildProcesses.environment + ["SWIFT_DETERMINISTIC_HASHING=1"]

    /// Always a report: a client that cannot be run or says nothing is reported with that as its failure.
    func run(_ spec: ClientSpec, deadline: UInt32) -> ClientReport {
        guard let invocation = ClientInvocation(spec, deadline: deadline) else {
            return Self.failed(spec, "the client's specification cannot be carried out (name or path)")
        }
        do throws(SystemCallError) {
            return try run(invocation)
        } catch {
            return Self.failed(spec, "the client could not be run: \(error)")
        }
    }

    private func run(_ invocation: ClientInvocation) throws(SystemCallError) -> ClientReport {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemCallError("pipe", code: errno) }
        let reading = Descriptor(owning: ends[0])
        let client: pid_t
        do {
            let writing = Descriptor(owning: ends[1])
            client = try children.start(
                "/proc/self/exe", arguments: invocation.arguments, streams: .files(input: 0, output: writing.raw, error: 2),
                environment: Self.environment)
        }
        defer { children.kill(client) }
        let deadline = Deadline(after: UInt64(invocation.deadline) + Self.grace)
        var decoder = FrameDecoder()
        while try Readiness.wait(for: [reading.raw], timeout: deadline.remaining).isReady(0) {
            let bytes = try reading.read(upTo: 4096)
            guard !bytes.isEmpty else { return Self.failed(invocation.spec, "the client ended without a report") }
            guard let frames = try? decoder.receive(bytes) else { return Self.failed(invocation.spec, "the client's report is damaged") }
            guard let frame = frames.first else { continue }
            guard case .client(let report) = try? GuestMessage(frame) else { return Self.failed(invocation.spec, "the client's report is damaged") }
            return report
        }
        return Self.failed(invocation.spec, "the client said nothing within \(invocation.deadline) ms")
    }

    private static func failed(_ spec: ClientSpec, _ failure: String) -> ClientReport {
        ClientReport(name: spec.name, connectError: nil, peer: "", httpStatus: nil, hasProxyHeader: false, microseconds: 0, failure: failure)
    }
}
