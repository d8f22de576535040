public import Foundation
public import SystemPackage

/// A folder of one test's own, removed with everything in it when its last reference goes.
public final class TemporaryFolder: Sendable {
    public let path: FilePath
    public var url: URL { URL(filePath: path.string, directoryHint: .isDirectory) }

    public init() throws {
        var template = Array(FilePath(NSTemporaryDirectory()).appending("kmatrix-test-XXXXXX").string.utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// Makes one for the time of a piece of work.
    public static func during<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
        let folder = try TemporaryFolder()
        return try withExtendedLifetime(folder) { try body(folder.path) }
    }

    /// Makes a folder below this one whose path is longer than a Unix socket's address may be (108 bytes, unix(7)).
    public func makeLongPath() throws -> FilePath {
        let long = path.appending(String(repeating: "a", count: 100)).appending(String(repeating: "b", count: 100))
        try FileManager.default.createDirectory(atPath: long.string, withIntermediateDirectories: true)
        return long
    }
}
