import ArtefactCache
import Crypto
import Foundation
import SystemPackage

/// Files of the cache, with a full disk said as the cache's error.
enum ImageFile {
    static func write(_ bytes: some Sequence<UInt8>, to path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
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
    static func hash(of path: FilePath, _ algorithm: ChecksumList.Algorithm) throws -> String {
        let file = try DiskFile(path)
        return switch algorithm {
        case .sha256: try hash(of: file, SHA256())
        case .sha512: try hash(of: file, SHA512())
        }
    }

    static func hash(of text: String) -> String { hash(of: Array(text.utf8)) }
    static func hash(of bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

    private static func hash<Function: HashFunction>(of file: DiskFile, _ start: Function) throws -> String {
        var function = start
        var offset = 0
        while true {
            try Task.checkCancellation()
            let piece = try file.read(at: offset, count: 1 << 20)
            if piece.isEmpty { return hexadecimal(function.finalize()) }
            function.update(data: piece)
            offset += piece.count
        }
    }

    private static func hexadecimal(_ digest: some Digest) -> String {
        digest.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
