import Glibc
import Subprocess
import SystemPackage

/// The process that is one guest's network: TCP/IP in user space, behind a Unix socket in the guest's folder that QEMU connects to.
///
/// QEMU can do the same on its own, but starts two processes for each connection that it forwards to a command, and each start stops the
/// guest and takes its memory's pages from it: two hundred connections took three times as long. Beside it, QEMU needs to start nothing.
struct NetworkProcess: Sendable {
    let network: GuestNetwork
    private let listener: FileDescriptor

    /// What is kept of what it says, in bytes.
    private static let logLimit = 64 << 10

    /// Opens the socket: QEMU may connect before the process listens to it.
    /// - Parameter path: Of the socket; short enough for an address.
    /// - Throws: `GuestError`.
    init(_ network: GuestNetwork, listeningAt path: String) throws {
        guard access(network.program.string, X_OK) == 0 else { throw GuestError(.networkMissing, subject: network.program.string) }
        self.network = network
        do {
            listener = try Self.listen(at: path)
        } catch {
            throw GuestError(.socket, subject: path, detail: "\(error)")
        }
    }

    /// Lives until QEMU hangs up, or the task is cancelled.
    /// - Throws: `GuestError` (`networkFailed`) when it ends in any other way: what the guest then misses is not a fault of anything in it.
    func run(in folder: FilePath) async throws {
        let result = try await Subprocess.run(
            .path(FilePath(HostProcess.launcher)), arguments: HostProcess.arguments(network.program, network.forwards), environment: HostProcess.environment,
            workingDirectory: folder, platformOptions: HostProcess.options(), input: .fileDescriptor(listener, closeAfterSpawningProcess: true),
            output: .discarded,
            error: .string(limit: Self.logLimit))
        try Task.checkCancellation()
        guard result.terminationStatus.isSuccess else {
            throw GuestError(.networkFailed, subject: folder.string, detail: "\(result.terminationStatus); output: \(result.standardError.suffix(500))")
        }
    }

    private static func listen(at path: String) throws(Errno) -> FileDescriptor {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .fileNameTooLong }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        unlink(path)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard isBound == 0, Glibc.listen(descriptor, 1) == 0 else {
            defer { close(descriptor) }
            throw Errno(rawValue: errno)
        }
        return FileDescriptor(rawValue: descriptor)
    }
}

extension GuestNetwork {
    /// What the platform's addresses lead to.
    var forwards: [String] { ["168.63.129.16:80=\(wireServer)", "168.63.129.16:32526=\(hostGAPlugin)", "169.254.169.254:80=\(imds)"] }
}
