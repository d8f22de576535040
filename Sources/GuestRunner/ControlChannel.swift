import CGuestSystem
import GuestProtocol
import Glibc

/// The guest's end of the control channel.
final class ControlChannel {
    /// Why the channel to the host failed.
    enum Failure: Error, CustomStringConvertible {
        case hostWentAway
        case noPlan(milliseconds: UInt64)
        case violation(ProtocolViolation)
        case system(SystemCallError)

        var description: String {
            switch self {
            case .hostWentAway: "the host closed the control channel"
            case .noPlan(let milliseconds): "the host sent no plan within \(milliseconds) ms"
            case .violation(let violation): "the host broke the contract: \(violation)"
            case .system(let error): "the control channel failed: \(error)"
            }
        }
    }

    private let port: Descriptor
    /// The next frame's number.
    private(set) var sequence: UInt32
    private var decoder = FrameDecoder()

    /// - Parameter sequence: The next number after those that an earlier process used on the same channel.
    init(port: consuming Descriptor, sequence: UInt32 = 0) {
        self.port = port
        self.sequence = sequence
    }

    /// Opens the virtio-serial port, once it is there.
    static func open(before deadline: Deadline, sequence: UInt32 = 0) throws(SystemCallError) -> ControlChannel {
        let devices = DeviceWaiting()
        guard let path = devices.first(before: deadline, { DeviceWaiting.serialPort(named: WireFormat.controlPort) }) else {
            throw SystemCallError("find the virtio-serial port", WireFormat.controlPort, code: ENODEV)
        }
        return ControlChannel(port: Descriptor(owning: try SystemCallError.check(gs_open_read_write(path), "open", path)), sequence: sequence)
    }

    var descriptor: Int32 { port.raw }

    func send(_ message: GuestMessage) throws(Failure) {
        do throws(SystemCallError) {
            try port.write(message.frame(sequence: sequence).encoded())
            sequence &+= 1
        } catch {
            throw error.code == EPIPE ? .hostWentAway : .system(error)
        }
    }

    /// Waits for the host's next message.
    func receive(within milliseconds: UInt64) throws(Failure) -> HostMessage {
        let deadline = Deadline(after: milliseconds)
        do {
            while !deadline.hasPassed {
                let state = try Readiness.wait(for: [port.raw], timeout: deadline.remaining)
                guard state.isReady(0) else { continue }
                let bytes = try port.read(upTo: 4096)
                guard !bytes.isEmpty else { throw Failure.hostWentAway }
                if let frame = try decoder.receive(bytes).first { return try HostMessage(frame) }
            }
        } catch let failure as Failure {
            throw failure
        } catch let violation as ProtocolViolation {
            throw .violation(violation)
        } catch let error as SystemCallError {
            throw .system(error)
        } catch {
            throw .hostWentAway
        }
        throw .noPlan(milliseconds: milliseconds)
    }

    private static let planDeadline: UInt64 = 60_000

    /// Says hello and waits for the test plan; nil if the host sends something else.
    ///
    /// The host may take a snapshot of the guest while it waits here. A restored guest receives a wake message from another host, and starts
    /// again with hello on a new connection.
    func introduce() throws(Failure) -> GuestPlan? {
        try sayHello()
        var message = try receive(within: Self.planDeadline)
        if case .wake(let call) = message {
            sequence = 0
            try sayHello(Awakening.carryOut(call))
            message = try receive(within: Self.planDeadline)
        }
        guard case .plan(let plan) = message else { return nil }
        return plan
    }

    private func sayHello(_ waking: WakeReport? = nil) throws(Failure) {
        try send(
            .hello(
                GuestHello(
                    release: GuestKernel.release, build: GuestKernel.build, machine: GuestKernel.machine, uptimeMilliseconds: GuestClock.uptime, waking: waking)
            ))
    }

    /// Says farewell and waits until the host closes the channel, which shows that it has received everything.
    func sendFarewell() throws(Failure) {
        try send(.farewell)
        let deadline = Deadline(after: WireFormat.farewellGrace)
        while !deadline.hasPassed {
            guard let state = try? Readiness.wait(for: [port.raw], timeout: deadline.remaining), !state.isHungUp(0) else { return }
            // Nothing more is expected. Unread bytes would keep the port readable.
            if state.isReady(0) { _ = try? port.read(upTo: 4096) }
        }
    }

    /// Whether the host closed its end.
    var isHungUp: Bool { (try? Readiness.wait(for: [port.raw], timeout: 0))?.isHungUp(0) ?? true }
}
