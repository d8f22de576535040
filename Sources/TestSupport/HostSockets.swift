import Glibc
public import SystemPackage

/// Unix sockets of this machine that no guest may reach: some in a folder, and one in the kernel's abstract namespace (unix(7)). Nothing
/// reads them, so the kernel counts who came.
public final class HostSockets: Sendable {
    /// The name of the abstract socket, without the NUL before it.
    public let abstractName: String
    private let descriptors: [Int32]

    /// - Parameters:
    ///   - names: Of the sockets in the folder.
    public init(_ names: [String], in folder: FilePath) throws {
        abstractName = "kmatrix-test-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let addresses = names.map { Array(folder.appending($0).string.utf8) } + [[0] + Array(abstractName.utf8)]
        descriptors = try addresses.map(Self.listen)
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// How many connections came since the last time: to each socket of the folder, and last to the abstract one.
    public var connections: [Int] {
        descriptors.map { descriptor in
            var count = 0
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                close(connection)
                count += 1
            }
            return count
        }
    }

    private static func listen(at name: [UInt8]) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { throw Errno.fileNameTooLong }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // An abstract name is as long as the address says.
        let length = socklen_t((MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0) + name.count)
        let isBound = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) } }
        guard isBound == 0, Glibc.listen(descriptor, 512) == 0 else {
            defer { close(descriptor) }
            throw Errno(rawValue: errno)
        }
        return descriptor
    }
}
