internal import NIOCore

/// Memory that the connections of one event loop use one after another, each within one call of its handler.
final class ProxyWorkspace {
    var signing = SigningScratch()
    /// What goes to a client next.
    var outgoing = ByteBuffer()

    /// Memory that is kept, in bytes.
    static let largestKept = 64 << 10
    /// Up to this length, in bytes, a copy costs less than a buffer of its own in the kernel's list.
    static let worthCopying = 16 << 10

    /// Makes the memory of what was written available again. Until it is sent, the channel holds on to it, and this is another piece.
    func prepareOutgoing() {
        if outgoing.readableBytes == 0, outgoing.writerIndex > 0 { outgoing.clear() }
    }

    /// One for each event loop of a group, made when its first connection comes.
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
