import Foundation
import Glibc
import SystemPackage

/// Reads whole small files that nobody vouches for.
enum BoundedRead {
    /// A regular file's content; nil when it is none, cannot be read, or is larger than the limit.
    static func bytes(of path: FilePath, limit: Int) -> Data? {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec]) else { return nil }
        defer { try? descriptor.close() }
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) <= limit else { return nil }
        return try? FileHandle(fileDescriptor: descriptor.rawValue, closeOnDealloc: false).read(upToCount: Int(status.st_size)) ?? Data()
    }
}

/// Why JSON was refused, in one line.
enum DamagedJSON {
    static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is no whole JSON" : "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is not what it must be"
        default: "\(error)"
        }
    }
}
