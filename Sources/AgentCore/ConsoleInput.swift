internal import Glibc
internal import NIOPosix
internal import SystemPackage

/// The keyboard of `azure-proxy-agent console`, where Enter ends the agent.
enum ConsoleInput {
    /// Calls back at the first line's end. The input's end is none: without a keyboard the agent ends on a signal alone.
    /// - Parameter pool: Started; one of its threads waits, which blocks the signals that its maker blocked.
    static func onEnter(from input: FileDescriptor = .standardInput, pool: NIOThreadPool, _ act: @escaping @Sendable () -> Void) {
        pool.submit { state in
            guard case .active = state else { return }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
            defer { buffer.deallocate() }
            while let count = try? input.read(into: buffer), count > 0 {
                if buffer.prefix(count).contains(0x0a) { return act() }
            }
        }
    }
}
