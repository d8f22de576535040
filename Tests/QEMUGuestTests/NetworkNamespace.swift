import Foundation
import Glibc
import SystemPackage
import TestSupport

/// A network namespace (network_namespaces(7)) of a process that runs.
struct NetworkNamespace: Sendable {
    private let path: String

    /// setns(2) and its `CLONE_NEWNET`, which Swift's Glibc does not have.
    private static let setns = dlsym(nil, "setns").map { unsafeBitCast($0, to: (@convention(c) (Int32, Int32) -> Int32).self) }
    private static let newNetwork: Int32 = 0x4000_0000

    init(of process: Int32) { path = "/proc/\(process)/ns/net" }

    /// Moves the calling thread there for good, and no other.
    func enter() throws {
        let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        try descriptor.closeAfter { guard Self.setns?(descriptor.rawValue, Self.newNetwork) == 0 else { throw Errno(rawValue: errno) } }
    }

    /// Runs something in a thread of its own there. What it opens stays there.
    func run<Value>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        nonisolated(unsafe) var result: Result<Value, any Error>?
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            result = Result {
                try enter()
                return try body()
            }
            ended.signal()
        }
        ended.wait()
        guard let result else { throw Errno.noSuchProcess }
        return try result.get()
    }
}

/// Another machine, made of two network namespaces and a cable (veth(4)): `near` is the host that a guest's network runs on, `far` the machine
/// that this host reaches and its guest must not.
final class ThirdHost {
    let near: NetworkNamespace
    let far: NetworkNamespace
    static let address: [UInt8] = [192, 0, 2, 2]
    static let address6: [UInt8] = [0xFD, 0] + [UInt8](repeating: 0, count: 13) + [2]

    private let holder: Process
    private let input = Pipe()

    /// Whether this user may make network namespaces here, by making one.
    static let isAllowed = (try? ThirdHost()) != nil

    /// Prints the processes that hold the two namespaces, and ends with its input.
    private static let script = """
        set -eu
        ip link set lo up
        unshare --net sh -c 'echo ready; exec sleep 600' > "$1" &
        far=$!
        trap 'kill $far' EXIT
        until grep -q ready "$1"; do kill -0 $far; done
        ip link add near type veth peer name far
        ip link set far netns $far
        ip addr add 192.0.2.1/24 dev near
        ip -6 addr add fd00::1/64 dev near nodad 2>/dev/null || true
        ip link set near up
        nsenter --net=/proc/$far/ns/net sh -c 'ip link set lo up; ip addr add 192.0.2.2/24 dev far; ip -6 addr add fd00::2/64 dev far nodad 2>/dev/null; \
        ip link set far up'
        echo $$ $far
        read -r _ || true
        """

    init() throws {
        let folder = try TemporaryFolder()
        holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/unshare")
        holder.arguments = ["--net", "sh", "-c", Self.script, "sh", folder.path.appending("ready").string]
        let output = Pipe()
        (holder.standardInput, holder.standardOutput, holder.standardError) = (input, output, FileHandle.nullDevice)
        try holder.run()
        let words = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        guard words.count == 2 else {
            holder.waitUntilExit()
            throw Errno.notPermitted
        }
        (near, far) = (NetworkNamespace(of: words[0]), NetworkNamespace(of: words[1]))
        // A thread of a process without the right cannot enter.
        try far.run {}
    }

    deinit {
        try? input.fileHandleForWriting.close()
        holder.waitUntilExit()
    }
}
