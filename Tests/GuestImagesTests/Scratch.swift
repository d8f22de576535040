import ArtefactCache
import Foundation
import GuestImages
import SystemPackage
import TestSupport
import Testing

/// A folder of the test's own that is gone afterwards.
func withScratch<Result>(_ body: (Scratch) async throws -> Result) async throws -> Result {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    return try await body(Scratch(root: folder.path))
}

struct Scratch {
    let root: FilePath
    var cache: ArtefactCache { ArtefactCache(root: root.appending("cache")) }

    /// Writes a file below the folder and returns its path.
    @discardableResult
    func file(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
        let path = root.appending(name)
        try FileManager.default.createDirectory(atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path.string))
        return path
    }

    func builder() throws -> GuestImageBuilder { GuestImageBuilder(cache: cache, runner: try file("guest-runner", Array("#!runner".utf8))) }

    static func bytes(_ path: FilePath) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path.string))) }
}

/// Runs `body` and returns the code of the `GuestImageError` it throws.
func code(_ body: () async throws -> Void) async throws -> GuestImageError? {
    do {
        try await body()
        return nil
    } catch let error as GuestImageError {
        return error
    }
}

func expectError(_ expected: GuestImageError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void) async throws {
    let error = try await code(body)
    #expect(error?.code == expected, sourceLocation: sourceLocation)
}
