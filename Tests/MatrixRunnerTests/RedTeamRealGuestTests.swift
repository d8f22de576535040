import ArtefactCache
import EvidenceStore
import Foundation
import GuestProtocol
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

/// An agent that is root in its guest and wants out, or wants to be believed. Each tries one way; none may reach the host, end the
/// harness, or turn into a verdict that is not its own fault or ours. `UncontainedRealGuestTests` shows that the same attacks succeed once
/// what keeps them in is taken away.
@Suite("Real guests that attack", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct RedTeamRealGuestTests {
    @Test("the control channel is not theirs to write to", arguments: Attack.writesToPorts + [.unbindsChannel])
    func controlChannel(attack: Attack) async throws {
        let record = try await attack.run()
        #expect([.agent, .harness].contains(record.fault), "\(record.summary)")
    }

    @Test("the console may say what it likes: a panic of theirs is none, unless the guest ended with it, and its terminal escapes are text")
    func console() async throws {
        let record = try await Attack.forgesPanic.run()
        #expect(record.cause == .agentCrashed, "\(record.summary)")
        #expect(try record.console.contains(0x1B))
        #expect(!"\(record.summary) \(record.findings)".unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
        // The control: it is believed of a guest that did not take its leave, which the emulator tells and nobody in the guest.
        let judgement = try record.judgement(replacing: "powered-off", with: "ended-early", in: "attempt.json")
        #expect(judgement.cause == .kernelPanic, "\(judgement.summary)")
    }

    @Test("an oops of theirs on the console and in the kernel's log is none; where the start of that log is lost, the console counts")
    func forgedOops() async throws {
        let record = try await Attack.forgesOops.run()
        #expect(record.cause == .agentCrashed, "\(record.summary)")
        // The control: without its first record the log is no longer known to be whole, and the console counts.
        let judgement = try record.judgement(replacing: "Linux version ", with: "Linux Version ", in: "kernel.log")
        #expect(judgement.cause == .kernelOops, "\(judgement.summary)")
    }

    @Test("a console without end ends the guest and not the disk")
    func flood() async throws {
        let record = try await Attack.floodsConsole.run(.longConsole)
        #expect(record.cause == .consoleFlood, "\(record.summary)")
        #expect(try record.console.count < 16 << 20)
    }

    @Test("the payload's disk is read-only")
    func payload() async throws {
        let folder = try TemporaryFolder()
        let disk = folder.path.appending("payload.img")
        let record = try await Attack.writesPayload.run(payload: disk)
        #expect(record.cause == .agentCrashed, "\(record.summary)")
        #expect(try record.console.range(of: Data("refused".utf8)) != nil && record.console.range(of: Data(" written".utf8)) == nil)
        // The archive in it begins as cpio(5) does: nothing was written over it.
        #expect(FileManager.default.contents(atPath: disk.string)?.starts(with: Data("070701".utf8)) == true)
    }

    @Test("evidence that is a link, a pipe, a device or a folder is not followed", arguments: Attack.setsTraps)
    func evidence(attack: Attack) async throws {
        let record = try await attack.run()
        #expect(record.fault == .agent, "\(record.summary)")
        let place = FilePath(try #require(record.evidence))
        for name in try FileManager.default.contentsOfDirectory(atPath: place.string) {
            let attributes = try FileManager.default.attributesOfItem(atPath: place.appending(name).string)
            #expect([.typeRegular, .typeDirectory].contains(attributes[.type] as? FileAttributeType), "\(name)")
            #expect((attributes[.size] as? Int ?? 0) < 32 << 20, "\(name)")
        }
    }

    /// What is kept of the agent's log and of its output, and how long the runner says they were.
    private static func logs(of record: CellRecord) throws -> [(kept: Int, length: UInt64?, isTruncated: Bool)] {
        let sheet = try JSONDecoder().decode(AttemptRecord.self, from: record.bytes(of: "attempt.json"))
        return try [(EvidenceItem.agentLog, "agent.log"), (.agentOutput, "agent-output.log")].map { item, file in
            let found = try #require(sheet.items[item.rawValue])
            return (try record.bytes(of: file).count, found.length, found.isTruncated)
        }
    }

    @Test("logs that fill the guest's memory are cut, and the evidence says so; a log that fits is whole")
    func sizes() async throws {
        let long = try await Attack.fillsLogs(bytes: 20_000_000).run()
        #expect([.agent, .harness].contains(long.fault), "\(long.summary)")
        #expect(ArtefactCache.size(of: FilePath(try #require(long.evidence))) < 64 << 20)
        for log in try Self.logs(of: long) { #expect(log.kept <= WireFormat.maximumItem && log.length == 20_000_000 && log.isTruncated, "\(log)") }
        let short = try await Attack.fillsLogs(bytes: 40_000).run()
        for log in try Self.logs(of: short) { #expect(log.kept == 40_000 && log.length == 40_000 && !log.isTruncated, "\(log)") }
    }

    @Test("the host is out of reach: its network by every address that the emulator's network knows, its Unix sockets by their names")
    func network() async throws {
        let folder = try TemporaryFolder()
        let listener = try HostListener()
        let sockets = try HostSockets(["host.sock"], in: folder.path)
        let attempt = try await SocketAttempt(path: folder.path.appending("host.sock"), abstractName: sockets.abstractName)
        let record = try await Attack.triesNetwork(listener, attempt).run()
        #expect(record.cause == .agentCrashed, "\(record.summary)")
        let console = String(decoding: try record.console, as: UTF8.self)
        for way in ["path", "abstract", "vsock"] { #expect(console.contains("socket by \(way) refused")) }
        #expect(listener.connections == 0 && listener.datagrams == 0)
        #expect(sockets.connections == [0, 0])
        // The control: what keeps the program from them is that it runs in a guest.
        #expect(try await attempt.runHere().components(separatedBy: "reached").count == 3)
        #expect(sockets.connections == [1, 1])
    }

    @Test("there is no monitor to find, and killing what runs the guest's plan proves nothing")
    func runner() async throws {
        let record = try await Attack.killsAll.run()
        let console = String(decoding: try record.console, as: UTF8.self)
        #expect(console.contains("attack: no monitor at /dev/vport0p1") && !console.contains("attack: a monitor at") && console.contains("attack: all killed"))
        #expect(record.cause == .agentCrashed, "\(record.summary)")
        let command = String(decoding: try record.bytes(of: "qemu.json"), as: UTF8.self)
        #expect(!command.contains("-qmp") && !command.contains("-monitor") && !command.contains("-gdb"))
    }
}

extension ChangedEmulator {
    /// The console's file begins with nearly as much as it may hold: a serial port under emulation takes half a minute for it.
    static let longConsole = ChangedEmulator(replaced: [("path=console.log", "path=console.log,append=on")], before: "truncate -s 8200000 console.log")
}

/// The controls: each takes away one thing that keeps a guest in, and the same attack does what it must not.
///
/// Three attacks have none. Unbinding the channel and killing the runner harm nobody but their guest: nothing keeps them from it, and the tests
/// are about the verdict. The traps for the reader of evidence show in the guest itself what a reader gets who follows them.
@Suite(
    "Real guests that attack where nothing keeps them in", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"),
    .enabled(if: ProcessInfo.processInfo.environment["KMATRIX_NIGHT"] != nil, "SKIPPED: KMATRIX_NIGHT is not set; ci/nightly sets it"), .serialized)
struct UncontainedRealGuestTests {
    /// A port of the host's that the runner does not hold.
    private static let freePort = ["-chardev", "file,id=free,path=free.log", "-device", "virtserialport,bus=serial.0,nr=2,chardev=free,name=free"]

    @Test("a port that nobody holds takes what they write", arguments: Attack.writesToPorts)
    func controlChannel(attack: Attack) async throws {
        let record = try await attack.run(ChangedEmulator(added: Self.freePort))
        #expect(try !record.bytes(of: "free.log").isEmpty)
    }

    @Test("a console that nobody watches grows beyond its bound")
    func flood() async throws {
        // The test ends what nothing else ends, once it has gone beyond the bound.
        let end = "(while kill -0 $$ && [ $(stat -c %s unwatched.log) -lt 8500000 ]; do sleep 0.2; done; kill $$) &"
        let unwatched = ChangedEmulator(replaced: [("path=console.log", "path=unwatched.log,append=on")], before: "truncate -s 8200000 unwatched.log; \(end)")
        let record = try await Attack.floodsConsole.run(unwatched, console: "unwatched.log")
        #expect(record.cause != .consoleFlood, "\(record.summary)")
        #expect(try record.bytes(of: "unwatched.log").count > 8 << 20)
    }

    @Test("a payload's disk that is not read-only is written to")
    func payload() async throws {
        let folder = try TemporaryFolder()
        let disk = folder.path.appending("payload.img")
        _ = try await Attack.writesPayload.run(ChangedEmulator(replaced: [("format=raw,readonly=on", "format=raw")]), payload: disk)
        #expect(FileManager.default.contents(atPath: disk.string)?.starts(with: Data("070701".utf8)) == false)
    }

    @Test("an emulator's network that is not restricted leads to the host")
    func network() async throws {
        let folder = try TemporaryFolder()
        let listener = try HostListener()
        let sockets = try HostSockets(["host.sock"], in: folder.path)
        let attempt = try await SocketAttempt(path: folder.path.appending("host.sock"), abstractName: sockets.abstractName)
        let open = "user,id=net,net=168.0.0.0/7,host=168.0.0.2,dns=168.0.0.3,dhcpstart=168.0.0.15"
        _ = try await Attack.triesNetwork(listener, attempt).run(
            ChangedEmulator(replaced: [("stream,id=net,server=off,addr.type=unix,addr.path=sockets/network.sock", open)]))
        #expect(listener.connections > 0 && listener.datagrams > 0)
    }

    @Test("a monitor at a port of the guest's is found")
    func monitor() async throws {
        let record = try await Attack.killsAll.run(
            ChangedEmulator(added: [
                "-chardev", "socket,id=qmp,path=sockets/qmp.sock,server=on,wait=off", "-mon", "chardev=qmp,mode=control", "-chardev",
                "socket,id=free,path=sockets/qmp.sock",
                "-device", "virtserialport,bus=serial.0,nr=2,chardev=free,name=free",
            ]))
        #expect(try record.console.range(of: Data("a monitor at /dev/vport0p2".utf8)) != nil)
    }
}
