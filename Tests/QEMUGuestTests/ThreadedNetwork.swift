import Foundation
import Glibc
import SystemPackage

@testable import guest_network

/// The network of `guest-network` in a thread of the test, where its containment can be switched off.
enum ThreadedNetwork {
    /// - Parameters:
    ///   - forwards: As the program takes them.
    ///   - namespace: The network namespace that it runs in; nil for the test's own.
    static func run(
        isContained: Bool, forwards: [String] = [], namespace: NetworkNamespace? = nil, in folder: FilePath, _ body: (EthernetPeer) throws -> Void
    ) throws {
        let path = folder.appending("network.sock").string
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(listener) }
        unlink(path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard isBound == 0, listen(listener, 1) == 0 else { throw Errno(rawValue: errno) }
        defer { unlink(path) }
        let peer = try EthernetPeer("network.sock", in: folder)
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        let ended = DispatchSemaphore(value: 0)
        nonisolated(unsafe) let network = UserNetwork(forwards.compactMap(Forward.init(parsing:)), frames: FrameStream(descriptor), isContained: isContained)
        nonisolated(unsafe) var failure: (any Error)?
        Thread.detachNewThread {
            do {
                try namespace?.enter()
                try network.run()
            } catch {
                failure = error
                // The card does not wait for frames that never come.
                shutdown(descriptor, Int32(SHUT_RDWR))
            }
            ended.signal()
        }
        var isEnded = false
        func end() {
            guard !isEnded else { return }
            isEnded = true
            // It ends with the connection.
            shutdown(descriptor, Int32(SHUT_RDWR))
            ended.wait()
            close(descriptor)
        }
        defer { end() }
        try body(peer)
        end()
        if let failure { throw failure }
    }
}
