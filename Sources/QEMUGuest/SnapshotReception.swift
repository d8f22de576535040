import NIOCore
import NIOPosix

/// Takes the state of an emulator's devices, over a socket that QEMU connects to once.
struct SnapshotReception {
    /// Hundreds of kilobytes are usual. In bytes.
    static let maximumSize = 64 << 20

    private typealias Connection = NIOAsyncChannel<ByteBuffer, Never>

    private let server: NIOAsyncChannel<Connection, Never>

    /// - Parameter path: Where QEMU is to connect.
    /// - Throws: An input/output error when no socket can be opened there.
    init(listeningAt path: String) async throws {
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
    }

    /// What the first to connect sends until it hangs up. Nothing listens any more afterwards.
    /// - Throws: `GuestError` (`monitor`) when that is too much; `CancellationError`.
    func state() async throws -> ByteBuffer {
        try await server.executeThenClose { connections in
            for try await connection in connections {
                return try await connection.executeThenClose { parts, _ in
                    var state = ByteBuffer()
                    for try await part in parts {
                        state.writeImmutableBuffer(part)
                        guard state.readableBytes <= Self.maximumSize else {
                            throw GuestError(.monitor, subject: "migrate", detail: "the device state exceeds \(Self.maximumSize) bytes")
                        }
                    }
                    return state
                }
            }
            throw CancellationError()
        }
    }
}
