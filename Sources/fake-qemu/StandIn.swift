import Glibc
import GuestProtocol

/// The emulator and its guest in one.
struct StandIn {
    private let invocation: Invocation
    private let console: Int32

    init(_ invocation: Invocation) {
        self.invocation = invocation
        // A copy's console goes on where the snapshot's ended.
        console = open(invocation.console, O_WRONLY | O_CREAT | (invocation.isRestored ? O_APPEND : O_TRUNC) | O_CLOEXEC, 0o644)
        if console < 0 { Self.fail("console: \(String(cString: strerror(errno)))") }
        // Held open like the network card that it replaces, though no frame ever goes through it.
        if let network = invocation.network, UnixSocket.connect(network) == nil { Self.fail("network: \(String(cString: strerror(errno)))") }
    }

    func live() -> Never {
        guard let behaviour = invocation.behaviour else { Self.fail("no such behaviour") }
        if invocation.isRestored { restore(behaviour) }
        printLine("Linux version 6.1.0-fake (nobody@nowhere)")
        switch behaviour {
        case .noConnect: waitForEver()
        case .exitCode: Self.fail("something went wrong", status: 3)
        default: break
        }
        var line = ControlLine(invocation.control)
        if let monitor = invocation.monitor, behaviour.waitsForPlan { record(behaviour, &line, MonitorLine(monitor)) }
        switch behaviour {
        case .complete, .slowLeave, .unattached, .unserved, .unservedOnce, .monitorRefuses, .monitorBabbles, .monitorFloods, .migrationFails, .stateWithheld,
            .setupFails, .neverWakes, .wrongNonce, .noSeed, .noSeedOnce:
            let isUnserved = behaviour == .unserved || behaviour == .unservedOnce && access("attempt-1", F_OK) != 0
            GuestStory(isAttached: behaviour != .unattached, unserved: isUnserved ? "imds-user" : nil).tell(&line)
            printLine("reboot: Power down")
            if behaviour == .slowLeave { waitForEver() }
            exit(0)
        case .powerOff:
            printLine("reboot: Power down")
            exit(0)
        case .silent: waitForEver()
        case .flood: while true { printLine("all work and no play makes a dull console") }
        case .panic:
            printLine("[    1.234567] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)")
            exit(0)
        case .exitEarly: exit(0)
        case .ignoreTerm:
            signal(SIGTERM, SIG_IGN)
            line.send(GuestStory.hello)
            waitForEver()
        case .stuck:
            line.send(GuestStory.hello)
            waitForEver()
        case .garbage, .oversized, .badChecksum, .wrongVersion, .hugeItem, .halfFrame: offend(behaviour, &line)
        case .noConnect, .exitCode: waitForEver()
        }
    }

    /// Lives as a guest of which a snapshot is made: it says hello and gets no plan.
    private func record(_ behaviour: Behaviour, _ line: inout ControlLine, _ monitor: MonitorLine) {
        var monitor = monitor
        // The copies do as this one is told.
        if let memory = invocation.memory { monitor.save(memory, invocation.kernelArguments.joined(separator: " ")) }
        line.send(GuestStory.hello)
        if invocation.hasRoot {
            guard case .plan(let plan) = line.receive(), plan.mode == .standBy else { Self.fail("not told to stand by") }
            if behaviour == .setupFails {
                line.send(.setupFailed(step: "root", reason: "no such disk"))
                line.send(.farewell)
                exit(0)
            }
            line.send(GuestStory.hello(nil, uptime: 9_000))
        }
        monitor.serve(behaviour)
        waitForEver()
    }

    /// Lives as a copy of such a guest.
    private func restore(_ behaviour: Behaviour) -> Never {
        guard let path = invocation.monitor else { Self.fail("a copy without a monitor") }
        var line = ControlLine(invocation.control)
        var monitor = MonitorLine(path)
        monitor.serve(behaviour)
        guard behaviour != .neverWakes, case .wake(let call) = line.receive() else { waitForEver() }
        let hasNoSeed = behaviour == .noSeed || behaviour == .noSeedOnce && close(open("woken", O_CREAT | O_EXCL | O_WRONLY, 0o644)) == 0
        let report = WakeReport(
            nonce: behaviour == .wrongNonce ? call.nonce &+ 1 : call.nonce, timeBefore: 1_000_000, timeAfter: call.time, clockError: 0,
            seedError: hasNoSeed ? EPERM : 0, reseedError: 0)
        GuestStory(isAttached: behaviour != .unattached, unserved: behaviour == .unserved ? "imds-user" : nil).tell(&line, hello: GuestStory.hello(report))
        printLine("reboot: Power down")
        exit(0)
    }

    private func offend(_ behaviour: Behaviour, _ line: inout ControlLine) -> Never {
        switch behaviour {
        case .garbage: line.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        case .oversized:
            // The length is at offset 12.
            var bytes = GuestStory.hello.frame(sequence: 0).encoded()
            bytes.replaceSubrange(12..<16, with: [0xFF, 0xFF, 0xFF, 0x7F])
            line.write(bytes)
        case .badChecksum:
            var bytes = GuestStory.hello.frame(sequence: 0).encoded()
            bytes[bytes.count - 1] ^= 1
            line.write(bytes)
        case .wrongVersion:
            line.send(.hello(GuestHello(version: 99, release: "6.1.0-fake", machine: "x86_64", uptimeMilliseconds: 1)))
        case .hugeItem:
            line.send(GuestStory.hello)
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 32 << 10)
            while line.send(.evidence(.agentLog, bytes: piece)) {}
        case .halfFrame:
            line.send(GuestStory.hello)
            line.write(Array(GuestMessage.farewell.frame(sequence: 1).encoded().prefix(11)))
            exit(0)
        default: break
        }
        waitForEver()
    }

    private func printLine(_ text: String) {
        let bytes = Array("\(text)\r\n".utf8)
        _ = bytes.withUnsafeBytes { write(console, $0.baseAddress, $0.count) }
    }

    private func waitForEver() -> Never { while true { pause() } }

    static func fail(_ text: String, status: Int32 = 1) -> Never {
        let bytes = Array("fake-qemu: \(text)\n".utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(status)
    }
}
