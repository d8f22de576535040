import ArtefactCache
import Digests
import Foundation
import SystemPackage

/// Writes files of the cache, and reports a full disk as the cache's error.
enum ImageFile {
    static func write(_ bytes: some Sequence<UInt8>, to path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
            _ = try file.closeAfter { try file.writeAll(bytes) }
        } catch let error as Errno {
            throw CacheError(path: path, errno: error)
        }
    }

    static func makeFolder(_ path: FilePath) throws {
        do {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        } catch {
            let code = ((error as? CocoaError)?.underlying as? POSIXError)?.code.rawValue
            throw CacheError(path: path, errno: Errno(rawValue: code ?? EIO))
        }
    }

    /// The hash of a file's content, in hexadecimal.
    static func hash(of path: FilePath, _ algorithm: DigestAlgorithm = .sha256) throws -> String {
        let file = try DiskFile(path)
        var running = RunningDigest(algorithm)
        var offset = 0
        while true {
            try Task.checkCancellation()
            let piece = try file.read(at: offset, count: 1 << 20)
            if piece.isEmpty { return running.digest.hexadecimal }
            running.update(piece)
            offset += piece.count
        }
    }

    static func hash(of text: String) -> String { Digest(of: text).hexadecimal }
    static func hash(of bytes: [UInt8]) -> String { Digest(of: bytes).hexadecimal }
}
