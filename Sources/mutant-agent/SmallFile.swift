import SystemPackage

/// The beginning of a file, as much as matters here.
enum SmallFile {
    static func bytes(of path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        return try file.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in count = try file.read(into: UnsafeMutableRawBufferPointer(buffer)) }
        }
    }
}
