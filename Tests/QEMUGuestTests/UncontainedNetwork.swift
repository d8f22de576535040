import Foundation
import Glibc
import SystemPackage

@testable import guest_network

/// The network of `guest-network` with its containment switched off, in a thread of the test.
enum UncontainedNetwork {
    static func run(in folder: FilePath, _ body: (EthernetPeer) throws -> Void) throws {
        let path = folder.appending("network.sock").string
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard isBound == 0, listen(listener, 1) == 0 else { throw Errno(rawValue: errno) }
        let peer = try EthernetPeer("network.sock", in: folder)
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        let ended = DispatchSemaphore(value: 0)
        nonisolated(unsafe) let network = UserNetwork([], frames: FrameStream(descriptor), isContained: false)
        Thread.detachNewThread {
            try? network.run()
            ended.signal()
        }
        defer {
            // It ends with the connection.
            shutdown(descriptor, Int32(SHUT_RDWR))
            ended.wait()
            close(descriptor)
        }
        try body(peer)
    }
}
