import Foundation
import NIOCore
import NIOPosix
import SystemPackage

/// Gives an emulator the state of its devices.
enum SnapshotDelivery {
    /// Hundreds of kilobytes are usual. In bytes.
    private static let maximumSize = 64 << 20

    /// - Parameter socket: On which the emulator listens.
    /// - Throws: `GuestError` when the file cannot be read. An emulator that hangs up says so on its monitor.
    static func send(_ state: FilePath, to socket: String) async throws {
        let bytes: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: state.string)[.size] as? Int ?? 0
            guard size <= maximumSize else { throw Errno.fileTooLarge }
            bytes = try Data(contentsOf: URL(filePath: state.string))
        } catch {
            throw GuestError(.monitor, subject: state.string, detail: "\(error)")
        }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(unixDomainSocketPath: socket).get()
        try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        try? await channel.close()
    }
}
