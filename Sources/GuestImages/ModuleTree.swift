import Foundation
import SystemPackage

/// A folder `lib/modules/<release>`: which modules there are and which are part of the kernel.
struct ModuleTree {
    let folder: FilePath
    /// Module files by name.
    let files: [String: FilePath]
    /// The names in `modules.builtin`.
    let builtIn: Set<String>
    /// What the tree looks like from outside: changes when a module is added, removed or replaced.
    let fingerprint: String

    private static let maximumModule = 64 << 20

    init(_ folder: FilePath) throws {
        self.folder = folder
        let manager = FileManager.default
        let list = folder.appending("modules.builtin")
        let builtInText = manager.fileExists(atPath: list.string) ? String(decoding: try FileContent.bytes(of: list, limit: 4 << 20), as: UTF8.self) : ""
        builtIn = Set(builtInText.split(separator: "\n").map { Self.name(of: String($0)) })
        guard let entries = manager.enumerator(atPath: folder.string), manager.fileExists(atPath: folder.string) else {
            throw GuestImageError(.unreadable, path: folder, errno: .noSuchFileOrDirectory)
        }
        var found: [String: FilePath] = [:]
        var marks: [String] = []
        // `build` and `source` are links out of the tree; the enumerator does not follow them.
        while let entry = entries.nextObject() as? String {
            guard Self.isModule(entry) else { continue }
            found[Self.name(of: entry)] = folder.appending(entry)
            let attributes = entries.fileAttributes
            let time = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            marks.append("\(entry) \((attributes?[.size] as? Int) ?? 0) \(time)")
        }
        files = found
        fingerprint = FileContent.digest(of: [builtInText] + marks.sorted())
    }

    /// The module's ELF file, unpacked.
    func content(of path: FilePath) async throws -> [UInt8] {
        let bytes = try FileContent.bytes(of: path, limit: Self.maximumModule)
        guard let format = CompressionFormat(bytes[...]) else { return bytes }
        return try await Decompression.decompress(bytes, as: format, of: path)
    }

    /// The kernel writes `-` as `_` in a module's name; files and dependencies have either.
    static func normalised(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

    private static func isModule(_ path: String) -> Bool { [".ko", ".ko.xz", ".ko.zst", ".ko.gz"].contains { path.hasSuffix($0) } }

    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return normalised(String(file.split(separator: ".", maxSplits: 1).first ?? ""))
    }
}
