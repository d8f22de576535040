import Foundation
import TestSupport

extension Repository {
    /// Every file below a folder with one of the given endings, with its path relative to the checkout.
    static func files(in folder: String, endings: [String]) throws -> [(path: String, text: String)] {
        let base = root.appending(path: folder)
        let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
        var files: [(String, String)] = []
        while let url = found?.nextObject() as? URL {
            guard !url.hasDirectoryPath, endings.contains(where: url.path().hasSuffix) else { continue }
            let path = String(url.path(percentEncoded: false).dropFirst(root.path(percentEncoded: false).count))
            files.append((path, try String(contentsOf: url, encoding: .utf8)))
        }
        return files.sorted { $0.0 < $1.0 }
    }
}
