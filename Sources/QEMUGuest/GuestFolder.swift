public import SystemPackage

/// A guest's folder held open, so that the sockets in it can be reached by a name that always fits.
///
/// A Unix socket's address takes 108 bytes (unix(7)), and a run's folder may be longer than that. The emulator works inside the
/// folder and uses relative names; the harness goes through `/proc/self/fd`.
public struct GuestFolder: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    public init(_ path: FilePath) throws {
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
        } catch {
            throw GuestError(.folder, subject: path.string, detail: "\(error)")
        }
    }

    deinit { try? descriptor.close() }

    /// The path by which this process reaches a name in the folder while the folder is held.
    public func shortPath(_ name: String) -> String { "/proc/self/fd/\(descriptor.rawValue)/\(name)" }
}
