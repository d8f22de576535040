internal import Glibc
internal import NIOPosix
internal import SystemPackage

/// The keyboard of `azure-proxy-agent console`, where Enter ends the agent.
enum ConsoleInput {
    /// Calls back at the end of the first line. The end of the input does not count: without a keyboard the agent ends only on a signal.
    /// - Parameter pool: A started pool. The waiting thread has the same signals blocked as its creator.
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
