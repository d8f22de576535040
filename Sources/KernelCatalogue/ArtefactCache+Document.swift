import ArtefactCache
import Foundation
import SystemPackage

extension ArtefactCache {
    /// What was read out of a large file, kept in place of it. One that an older kmatrix wrote otherwise is made again.
    /// - Parameter make: Reads it, with a folder for the files that takes, which are not kept.
    func document<Value: Codable>(kind: String, key: String, make: (FilePath) async throws -> Value) async throws -> Value {
        func read(_ folder: FilePath) throws -> Value {
            try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(filePath: folder.appending("document.json").string)))
        }
        func filled(renews: Bool) async throws -> FilePath {
            try await entry(kind: kind, key: key, renews: renews) { folder in
                let value = try await make(folder)
                for name in try FileManager.default.contentsOfDirectory(atPath: folder.string) { unlink(folder.appending(name).string) }
                try JSONEncoder().encode(value).write(to: URL(filePath: folder.appending("document.json").string))
            }
        }
        let folder = try await filled(renews: false)
        if let value = try? read(folder) { return value }
        return try read(try await filled(renews: true))
    }
}
