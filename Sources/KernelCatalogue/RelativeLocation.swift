/// The location of a file in an index, which must be below the publisher's address.
enum RelativeLocation {
    /// Whether a path can be appended to an address: no scheme, no `..`, and no encoding that could hide one.
    static func isPlain(_ path: String) -> Bool {
        isHarmless(path) && !path.hasPrefix("/") && !path.contains("://") && !path.split(separator: "/").contains { $0 == ".." || $0 == "." }
    }

    /// The address of a location; nil when it is outside of the publisher's tree.
    /// - Parameters:
    ///   - base: The location's own `xml:base`, where it has one.
    ///   - folder: The address of the repository.
    ///   - root: The address of the publisher's tree.
    static func resolve(_ location: String, base: String? = nil, against folder: String, within root: String) -> String? {
        guard isHarmless(location), base.map(isHarmless) ?? true else { return nil }
        var start = folder
        if let base, !base.isEmpty {
            guard let resolved = base.contains("://") ? base : join(base, folder, root) else { return nil }
            start = resolved
        }
        guard let address = location.contains("://") ? location : join(location, start, root) else { return nil }
        guard address.hasPrefix("http://") || address.hasPrefix("https://"), address.hasPrefix(root + "/"), !address.split(separator: "/").contains("..") else {
            return nil
        }
        return address
    }

    /// Appends a relative path to an address and resolves `..`, but not above the root.
    private static func join(_ path: String, _ folder: String, _ root: String) -> String? {
        guard !path.hasPrefix("/"), folder == root || folder.hasPrefix(root + "/") else { return nil }
        var parts = folder.dropFirst(root.count).split(separator: "/")
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": if parts.popLast() == nil { return nil }
            default: parts.append(part)
            }
        }
        return ([Substring(root)] + parts).joined(separator: "/")
    }

    /// No blanks, control characters or encoded separators, and no query.
    private static func isHarmless(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count < 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x3F && $0 != 0x23 }) else {
            return false
        }
        let small = text.lowercased()
        return !["%2e", "%2f", "%5c", "%00"].contains(where: small.contains)
    }
}
