import ArtefactCache
import SystemPackage

/// Writing into the cache, with a full disk said as the cache's error.
enum CacheFile {
    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try reporting(path) {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
            _ = try file.closeAfter { try file.writeAll(bytes) }
        }
    }

    static func write(_ archive: CpioArchive, to path: FilePath, alignment: Int) throws {
        try reporting(path) { try archive.write(to: path, alignment: alignment) }
    }

    private static func reporting(_ path: FilePath, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as Errno {
            throw CacheError(path: path, errno: error)
        }
    }
}
