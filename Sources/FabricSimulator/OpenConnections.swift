import NIOCore
import Synchronization

/// The open connections. They are closed with the fabric, and their number is limited.
final class OpenConnections: Sendable {
    private struct Refused: Error {}

    /// nil once the fabric is closed.
    private let channels = Mutex<[ObjectIdentifier: any Channel]?>([:])

    /// - Throws: At the limit, or when the fabric is closed.
    func add(_ channel: any Channel) throws {
        let key = ObjectIdentifier(channel)
        try channels.withLock { channels in
            guard let count = channels?.count, count < FabricLimits.connections else { throw Refused() }
            channels?[key] = channel
        }
        channel.closeFuture.whenComplete { [self] _ in channels.withLock { _ = $0?.removeValue(forKey: key) } }
    }

    /// Closes all connections and rejects further ones.
    func close() async {
        let open = channels.withLock { channels in
            defer { channels = nil }
            return channels.map { Array($0.values) } ?? []
        }
        for channel in open { try? await channel.close() }
    }
}
