import Glibc
import SystemPackage

/// Reads files of folders that may come from elsewhere: only regular ones, and no more than a limit.
enum BoundedFile {
    /// - Returns: Nil when there is no such file.
    /// - Throws: `Errno`; `fileTooLarge` past the limit, `invalidArgument` for what is not a regular file.
    static func read(_ path: FilePath, limit: Int) throws -> [UInt8]? {
        let descriptor: FileDescriptor
        do {
            // A pipe would keep open(2) waiting, and a link may lead anywhere.
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
        } catch Errno.noSuchFileOrDirectory {
            return nil
        }
        return try descriptor.closeAfter {
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw Errno.invalidArgument }
            guard status.st_size <= limit else { throw Errno.fileTooLarge }
            let size = Int(status.st_size)
            return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                while count < size {
                    let got = try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
                    if got == 0 { break }
                    count += got
                }
            }
        }
    }
}
