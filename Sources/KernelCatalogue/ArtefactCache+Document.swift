import ArtefactCache
import Foundation
import SystemPackage

extension ArtefactCache {
    /// The part of a large file that is needed, cached in place of the file. If the cached document has an older format, it is made again.
    /// - Parameter make: Makes the document. It may use the folder for temporary files.
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
