import EvidenceStore
import Foundation
import GuestImages
import MatrixModel
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

/// What an agent that is root in its guest does to get out, or to be believed. It says on the console, which is on the host's disk as soon as
/// it is written, that it ran and what came of it.
struct Attack: CustomTestStringConvertible {
    let name: String
    /// For busybox's shell. Descriptor 3 is the agent's output.
    let commands: String
    /// What it says once it did what its name says.
    let effect: String
    /// What the guest has for it.
    var items: [PayloadSpec.Item] = []

    var testDescription: String { name }

    /// Runs it in a guest as the agent, which ends when the attack does: no clock says how long it has. Once: what is ours is no reason to try
    /// again here.
    /// - Parameters:
    ///   - change: What of the emulator is changed; nil for nothing.
    ///   - payload: See `RealGuests.runScript`.
    ///   - console: The file that takes the console.
    /// - Returns: The cell, of which the console proves that the attack ran to its end.
    func run(_ change: ChangedEmulator? = nil, payload: FilePath? = nil, console: String = "console.log") async throws -> CellRecord {
        let folder = try TemporaryFolder()
        let emulator = if let change { try await change.program(in: folder.path) } else { try await Emulator.find() }
        let record = try await RealGuests.runScript(
            "exec 3>&1\n(\(commands)) > /dev/null 2>&1\nexit 7", items: items, deadline: .seconds(60), retries: 0, emulator: emulator, payload: payload)
        #expect(try record.bytes(of: console).range(of: Data(effect.utf8)) != nil, "the console does not say '\(effect)': \(record.summary)")
        return record
    }

    private static func say(_ words: String) -> String { "echo \"attack: \(words)\" > /dev/ttyS0" }
}

extension CellRecord {
    /// What the guest wrote on its serial port.
    var console: Data { get throws { try bytes(of: "console.log") } }

    /// A file of its evidence.
    func bytes(of file: String) throws -> Data { try Data(contentsOf: URL(filePath: FilePath(try #require(evidence)).appending(file).string)) }

    /// Judges its evidence again after words of one file were replaced, which the file must contain.
    func judgement(replacing words: String, with others: String, in file: String) throws -> Judgement {
        let place = FilePath(try #require(evidence))
        let text = try String(decoding: bytes(of: file), as: UTF8.self)
        #expect(text.contains(words))
        try text.replacing(words, with: others).write(toFile: place.appending(file).string, atomically: true, encoding: .utf8)
        return try StoredEvidence(in: CellFolder(path: place)).judgement
    }
}

extension Attack {
    /// The runner has its port open, and a port opens once. What else there is takes it.
    static let writesToPorts = [
        Attack(
            name: "words on the control channel", commands: "for port in /dev/vport*; do echo garbage > $port || \(say("$port refused")); done",
            effect: "vport0p1 refused"),
        Attack(
            name: "noise on the control channel",
            commands: "for port in /dev/vport*; do busybox timeout 1 busybox cat /dev/urandom > $port || \(say("$port refused")); done",
            effect: "vport0p1 refused"),
    ]

    /// Taken from its driver, the channel is gone for the guest's runner as well.
    static let unbindsChannel = Attack(
        name: "a channel without its driver",
        commands: "cd /sys/bus/virtio/drivers/virtio_console && for device in virtio*; do echo $device > unbind && \(say("$device unbound")); done",
        effect: "unbound")

    static let forgesPanic = Attack(
        name: "a forged panic",
        commands:
            #"busybox printf '[    9.000000] Kernel panic - not syncing: forged\r\n\033[2J\033]0;owned\007\xff\xfe\r\n' > /dev/ttyS0; echo '<0>Kernel "#
            + #"panic - not syncing: forged' > /dev/kmsg"#,
        effect: "forged")

    static let forgesOops = Attack(
        name: "a forged oops",
        commands: "busybox printf '[    9.000000] Oops: 0002 [#1] forged\\r\\n' > /dev/ttyS0; echo '<0>Oops: 0002 [#1] forged' > /dev/kmsg", effect: "forged")

    static let floodsConsole = Attack(
        name: "a console without end", commands: "busybox yes 'all work and no play' > /dev/ttyS0", effect: "all work and no play")

    static let writesPayload = Attack(
        name: "a written payload",
        commands: """
            for disk in /dev/vd? /dev/sd?; do [ -b $disk ] || continue; busybox blockdev --setrw $disk
            busybox dd if=/dev/urandom of=$disk bs=4096 count=4 conv=notrunc,fsync && \(say("$disk written")) || \(say("$disk refused")); done
            busybox sync; \(say("all disks tried"))
            """, effect: "all disks tried")

    /// Evidence that is something else, and what a reader gets who reads it as it is there.
    static let setsTraps = [
        trap("a link to a device", "busybox ln -s /dev/zero $STATUS", "$STATUS", read: 4096), trap("a pipe", "busybox mkfifo $STATUS", "$STATUS", read: 0),
        trap(
            "a device", "busybox mount -o remount,dev $(busybox df ${STATUS%/*} | busybox tail -n 1 | busybox sed 's/.* //'); busybox mknod $STATUS c 1 5",
            "$STATUS", read: 4096),
        trap(
            "a link to the kernel's memory", "busybox ln -s $STATUS $STATUS; busybox ln -s /proc/kcore ${STATUS%/*}/ProxyAgent.log",
            "${STATUS%/*}/ProxyAgent.log", read: 4096),
    ]

    private static func trap(_ name: String, _ making: String, _ place: String, read count: Int) -> Attack {
        let reading = "busybox timeout 1 busybox head -c 4096 \(place) | busybox wc -c"
        return Attack(name: name, commands: "\(making); \(say("a reader gets $(\(reading)) bytes"))", effect: "a reader gets \(count) bytes")
    }

    /// A log, and as much on the agent's own output.
    static func fillsLogs(bytes: Int) -> Attack {
        let log = "/var/log/azure-proxy-agent/ProxyAgent.log"
        return Attack(
            name: "logs of \(bytes) bytes",
            commands: "busybox yes log | busybox head -c \(bytes) > \(log); busybox cat \(log) >&3; \(say("a log of $(busybox stat -c %s \(log)) bytes"))",
            effect: "a log of \(bytes) bytes")
    }

    /// TCP and UDP to every address that the emulator's network knows and that this machine has, and Unix sockets by their names.
    static func triesNetwork(_ listener: HostListener, _ sockets: SocketAttempt) -> Attack {
        let addresses = ["168.0.0.2", "168.0.0.3", "168.0.0.1", "10.0.2.2", "127.0.0.1"] + HostListener.addresses
        return Attack(
            name: "the host's network",
            commands: """
                busybox ip addr add 10.0.2.15/24 dev eth0; busybox ip route replace default via 168.0.0.2
                for address in \(addresses.joined(separator: " ")); do
                    (echo hello | busybox timeout 3 busybox nc -w 2 $address \(listener.tcpPort); busybox wget -q -T 2 -O /dev/null \
                    http://$address:\(listener.tcpPort)/) &
                    (busybox timeout 2 busybox tftp -g -r x -l /tmp/x-$address $address \(listener.udpPort)) &
                done
                \(sockets.command) > /dev/ttyS0 2>&1
                wait; \(say("all tried"))
                """, effect: "all tried", items: sockets.items)
    }

    /// Asks whatever could be a monitor of the emulator; kills all but itself (the kernel spares the first process); crashes the kernel.
    static let killsAll = Attack(
        name: "no runner",
        commands: """
            for port in /dev/vport* /dev/ttyS[1-3] /dev/hvc?; do [ -c $port ] || continue
            answer=$(busybox timeout 1 busybox head -n 1 $port); case $answer in *QMP*) \(say("a monitor at $port"));; *) \(say("no monitor at $port"));;\
             esac; done
            busybox sh -c 'for p in /proc/[0-9]*; do p=${p#/proc/}; [ $p = $$ ] || kill -9 $p; done; \(say("all killed")); echo c > /proc/sysrq-trigger'
            """, effect: "sysrq triggered crash")
}
