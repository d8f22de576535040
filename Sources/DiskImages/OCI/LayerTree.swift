import Archives

/// The files of an image after all of its layers (OCI Image Layer Specification, "Whiteouts").
///
/// Nothing is unpacked. A layer's links are not followed. Its reader rejects a layer with devices, or with paths that lead out of it.
struct LayerTree: Hashable {
    struct File: Hashable {
        let layer: Int
        /// The range of the content in the layer's archive.
        let content: Range<Int>
    }

    private(set) var files: [String: File] = [:]

    private static let whiteout = ".wh."
    private static let opaque = ".wh..wh..opq"

    /// Adds a layer on top of the layers before it.
    mutating func add(_ members: [PackageMember], layer: Int) {
        // A whiteout removes files of the layers below, independent of its position in the archive.
        for member in members {
            let (folder, name) = Self.split(member.path)
            if name == Self.opaque {
                remove(below: folder)
            } else if name.hasPrefix(Self.whiteout) {
                let path = folder + name.dropFirst(Self.whiteout.count)
                files[path] = nil
                remove(below: path + "/")
            }
        }
        for member in members where !Self.split(member.path).name.hasPrefix(Self.whiteout) {
            // A file or a link in place of a folder removes the folder's content.
            if member.kind != .folder { remove(below: member.path + "/") }
            files[member.path] = member.kind == .file ? File(layer: layer, content: member.content) : nil
        }
    }

    private mutating func remove(below folder: String) { files = files.filter { !$0.key.hasPrefix(folder) } }

    private static func split(_ path: String) -> (folder: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path[...]) }
        return (String(path[...slash]), path[path.index(after: slash)...])
    }
}

extension LayerTree {
    /// A kernel among the files.
    struct Kernel: Hashable {
        let image: String
        /// The folder of its modules, `…/lib/modules/<release>`; nil when there is none.
        let modules: String?
    }

    /// The kernel of the image, by its file name. A compressed kernel is preferred: an uncompressed one is for debuggers.
    var kernel: Kernel? {
        func candidates(_ prefixes: [String]) -> [String] {
            files.keys.filter { path in
                let name = path.split(separator: "/").last ?? ""
                return prefixes.contains { name == $0 || name.hasPrefix($0 + "-") }
            }
        }
        // The shortest path, because copies are in deeper folders.
        func first(_ paths: [String]) -> String? { paths.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) } }
        guard let image = first(candidates(["vmlinuz", "bzImage"])) ?? first(candidates(["vmlinux"])) else { return nil }
        let marker = "lib/modules/"
        let folders = Set(
            files.keys.compactMap { path -> String? in
                guard let range = path.firstRange(of: marker), range.lowerBound == path.startIndex || path[..<range.lowerBound].hasSuffix("/") else {
                    return nil
                }
                let release = path[range.upperBound...].prefix { $0 != "/" }
                return release.endIndex == path.endIndex ? nil : String(path[..<release.endIndex])
            })
        let name = image.split(separator: "/").last.map(String.init) ?? ""
        // The folder whose release is in the image's name; otherwise only a single folder is accepted.
        let named = folders.filter { folder in name.hasSuffix("-" + (folder.split(separator: "/").last ?? "")) || image.hasPrefix(folder + "/") }
        return Kernel(image: image, modules: named.sorted().first ?? (folders.count == 1 ? folders.first : nil))
    }
}
