internal import NIOCore

/// Memory that the connections of one event loop share. Each uses it only within one call of its handler.
final class ProxyWorkspace {
    var signing = SigningScratch()
    /// The next output to a client.
    var outgoing = ByteBuffer()

    /// The memory that is kept, in bytes.
    static let largestKept = 64 << 10
    /// Up to this length, in bytes, a copy costs less than a separate buffer in the writev(2) list.
    static let worthCopying = 16 << 10

    /// Makes the memory available again. While the channel still holds what was written, a new buffer is allocated.
    func prepareOutgoing() {
        if outgoing.readableBytes == 0, outgoing.writerIndex > 0 { outgoing.clear() }
    }

    /// One workspace for each event loop of a group, created at its first connection.
    struct Set: Sendable {
        private let boxes: [ObjectIdentifier: NIOLoopBoundBox<ProxyWorkspace?>]

        init(_ group: any EventLoopGroup) {
            var boxes: [ObjectIdentifier: NIOLoopBoundBox<ProxyWorkspace?>] = [:]
            for loop in group.makeIterator() { boxes[ObjectIdentifier(loop)] = .makeEmptyBox(valueType: ProxyWorkspace.self, eventLoop: loop) }
            self.boxes = boxes
        }

        /// Called on the loop.
        func workspace(of loop: any EventLoop) -> ProxyWorkspace {
            let box = boxes[ObjectIdentifier(loop)]
            if let workspace = box?.value { return workspace }
            let workspace = ProxyWorkspace()
            box?.value = workspace
            return workspace
        }
    }
}
