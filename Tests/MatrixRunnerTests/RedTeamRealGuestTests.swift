import ArtefactCache
import EvidenceStore
import Foundation
import Glibc
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

/// An agent that is root in its guest and wants out, or wants to be believed. Each tries one way; none may reach the host, end the
/// harness, or turn into a verdict that is not its own fault or ours.
@Suite("Real guests that attack", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct RedTeamRealGuestTests {
    @Test("the control channel is not theirs to write to", arguments: [
        ("for port in /dev/vport*; do echo garbage > $port || \(say("$port refused")); done", "refused"),
        ("for port in /dev/vport*; do busybox cat /dev/urandom > $port || \(say("$port refused")); done", "refused"),
        // Taken from its driver, the channel is gone for the guest's runner as well.
        (
            """
            cd /sys/bus/virtio/drivers/virtio_console && for device in virtio*; do echo $device > unbind && \(say("$device unbound")); done
            """, "unbound"
        ),
    ])
    func controlChannel(attack: String, effect: String) async throws {
        let record = try await Self.attack(attack)
        try Self.expectDone(record, effect)
        #expect([.agent, .harness].contains(record.fault), "\(record.summary)")
    }

    @Test("the console may say what it likes: a panic of theirs is none, and its terminal escapes are text")
    func console() async throws {
        let record = try await Self.attack(
            #"busybox printf '[    9.000000] Kernel panic - not syncing: forged\r\n\033[2J\033]0;owned\007\xff\xfe\r\n' > /dev/ttyS0; echo '<0>Kernel panic - not syncing: forged' > /dev/kmsg"#)
        #expect(record.cause == .agentSilent, "\(record.summary)")
        let console = try Self.console(of: record)
        #expect(console.range(of: Data("forged".utf8)) != nil)
    }

    @Test("a console without end ends the guest and not the disk")
    func flood() async throws {
        let record = try await Self.attack("busybox yes 'all work and no play' > /dev/ttyS0")
        #expect([.consoleFlood, .agentSilent, .timeout].contains(record.cause), "\(record.summary)")
        #expect(try Self.console(of: record).count < 16 << 20)
    }

    @Test("the payload's disk is read-only")
    func payload() async throws {
        let disks = "for disk in /dev/vd? /dev/sd?; do [ -b $disk ] || continue; busybox blockdev --setrw $disk"
        let write = "busybox dd if=/dev/urandom of=$disk bs=4096 count=4 conv=notrunc,fsync || \(Self.say("$disk refused"))"
        let attack = "\(disks); \(write); done; busybox sync"
        // The first guest makes the payload, whose files the second one attacks.
        _ = try await Self.attack(attack)
        let cache = ArtefactCache.standard().root.appending("payload")
        let before = Self.writes(below: cache)
        let record = try await Self.attack(attack)
        try Self.expectDone(record, "refused")
        #expect(record.cause == .agentSilent, "\(record.summary)")
        let after = Self.writes(below: cache)
        #expect(!before.isEmpty)
        for (file, date) in before { #expect(after[file] == date, "\(file) was written to") }
    }

    @Test("evidence that is a link, a pipe, a device or a folder is not followed", arguments: [
        "ln -s /dev/zero $STATUS", "busybox mkfifo $STATUS", "busybox mknod $STATUS c 1 5", "ln -s $STATUS $STATUS; ln -s /proc/kcore ${STATUS%/*}/kcore.log",
    ])
    func evidence(attack: String) async throws {
        let record = try await Self.attack(attack.replacing("ln -s", with: "busybox ln -s"))
        #expect(record.fault == .agent, "\(record.summary)")
        let place = FilePath(try #require(record.evidence))
        for name in try FileManager.default.contentsOfDirectory(atPath: place.string) {
            let attributes = try FileManager.default.attributesOfItem(atPath: place.appending(name).string)
            #expect([.typeRegular, .typeDirectory].contains(attributes[.type] as? FileAttributeType), "\(name)")
            #expect((attributes[.size] as? Int ?? 0) < 32 << 20, "\(name)")
        }
    }

    @Test("logs that fill the guest's memory are cut, and what they hide is not")
    func sizes() async throws {
        let record = try await Self.attack(
            "busybox dd if=/dev/zero of=/var/log/azure-proxy-agent/azure-proxy-agent.log bs=1048576 count=64; busybox yes 'log' | busybox head -c 30000000")
        #expect([.agent, .harness].contains(record.fault), "\(record.summary)")
        #expect(ArtefactCache.size(of: FilePath(try #require(record.evidence))) < 64 << 20)
    }

    @Test("the host and its network are out of reach, by every address that the emulator's network knows")
    func network() async throws {
        let listener = try HostListener()
        let port = listener.port
        let record = try await Self.attack(
            """
            busybox ip addr add 10.0.2.15/24 dev eth0; busybox ip route replace default via 168.0.0.2
            for address in 168.0.0.2 168.0.0.3 168.0.0.1 10.0.2.2 127.0.0.1 \(HostListener.addresses.joined(separator: " ")); do
                (echo hello | busybox nc -w 2 $address \(port); busybox wget -q -T 2 -O /dev/null http://$address:\(port)/) &
            done
            wait; echo all tried > /dev/ttyS0
            """, deadline: .seconds(10))
        let console = try Self.console(of: record)
        #expect(console.range(of: Data("all tried".utf8)) != nil)
        #expect(record.cause == .agentSilent, "\(record.summary)")
        #expect(listener.connections == 0)
    }

    @Test("there is no monitor to find, and killing what runs the guest's plan proves nothing")
    func runner() async throws {
        // All but itself; the kernel spares the first process.
        let killing = "for p in /proc/[0-9]*; do p=${p#/proc/}; [ $p = $$ ] || kill -9 $p; done"
        let record = try await Self.attack("busybox sh -c '\(killing); \(Self.say("all killed")); echo c > /proc/sysrq-trigger'")
        try Self.expectDone(record, "all killed")
        try Self.expectDone(record, "sysrq triggered crash")
        #expect(record.cause == .agentCrashed, "\(record.summary)")
        let command = try String(contentsOfFile: FilePath(try #require(record.evidence)).appending("qemu.json").string, encoding: .utf8)
        #expect(!command.contains("-qmp") && !command.contains("-monitor") && !command.contains("-gdb"))
    }

    /// Runs an agent that does it, then stays, so that the attack is all there is to see. Once: what is ours is no reason to try again here.
    private static func attack(_ commands: String, deadline: Duration = .seconds(3)) async throws -> CellRecord {
        try await RealGuests.runScript("(\(commands)) > /dev/null 2>&1 &\nbusybox sleep 1000", deadline: deadline, retries: 0)
    }

    /// A line on the console, which is on the host's disk as soon as it is written.
    private static func say(_ words: String) -> String { "echo \"attack: \(words)\" > /dev/ttyS0" }

    /// An attack that did not run to its end shows nothing.
    private static func expectDone(_ record: CellRecord, _ effect: String) throws {
        #expect(try console(of: record).range(of: Data(effect.utf8)) != nil, "the console does not say '\(effect)': \(record.summary)")
    }

    private static func console(of record: CellRecord) throws -> Data {
        let place = FilePath(try #require(record.evidence))
        return try Data(contentsOf: URL(filePath: place.appending("console.log").string))
    }

    /// When each disk was last written to.
    private static func writes(below folder: FilePath) -> [String: Date] {
        let files = (FileManager.default.enumerator(atPath: folder.string)?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".img") }
        let dates = files.compactMap { file in
            (try? FileManager.default.attributesOfItem(atPath: folder.appending(file).string)[.modificationDate] as? Date).map { (file, $0) }
        }
        return Dictionary(uniqueKeysWithValues: dates)
    }
}

/// Waits on all addresses of this machine for somebody who should not come.
final class HostListener {
    private let socket: Int32
    let port: UInt16

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0 }
        }
        guard outcome else { throw Errno(rawValue: errno) }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }

    /// Those that came and were not taken yet.
    var connections: Int {
        var count = 0
        while case let connection = accept(socket, nil, nil), connection >= 0 {
            close(connection)
            count += 1
        }
        return count
    }

    /// The machine's own, beyond loopback.
    static var addresses: [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) {
                var text = [CChar](repeating: 0, count: 64)
                getnameinfo(address, socklen_t(MemoryLayout<sockaddr_in>.size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                found.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
            }
            next = entry.pointee.ifa_next
        }
        return found.filter { !$0.hasPrefix("127.") }
    }
}
