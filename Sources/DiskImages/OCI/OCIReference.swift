import Foundation
public import SystemPackage

/// Names an OCI image: in a registry, or in a layout on this machine (OCI Image Layout Specification; `oci:` and `oci-archive:` of skopeo).
public enum OCIReference: Hashable, Sendable, CustomStringConvertible {
    public enum Selection: Hashable, Sendable {
        case tag(String)
        /// `sha256:` and 64 digits.
        case digest(OCIDigest)
        /// No tag: the only image of a layout, or `latest` in a registry.
        case unsaid
    }

    case registry(host: String, repository: String, Selection)
    /// A layout's folder, or a tar archive of one.
    case layout(FilePath, Selection)

    /// Reads `host/repository:tag`, `host/repository@sha256:…`, `./folder`, `./archive.tar` and `./folder:tag`.
    /// - Throws: `DiskImageError` with `badReference`.
    public init(parsing text: String) throws(DiskImageError) {
        let bad = DiskImageError(.badReference, subject: text)
        if text.hasPrefix("/") || text.hasPrefix(".") || text.hasPrefix("~") {
            let (path, selection) = try Self.split(text, bad)
            let place = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath((path as NSString).expandingTildeInPath))
            self = .layout(place.lexicallyNormalized(), selection)
            return
        }
        guard let slash = text.firstIndex(of: "/") else { throw bad }
        let host = String(text[..<slash])
        let (repository, selection) = try Self.split(String(text[text.index(after: slash)...]), bad)
        // A first word without a dot or a port is not a host. There is no default registry here.
        guard host == "localhost" || host.contains(".") || host.contains(":"), host.utf8.allSatisfy({ Self.isPlain($0) || $0 == UInt8(ascii: ":") }),
            !repository.isEmpty, repository.utf8.allSatisfy({ Self.isPlain($0) || $0 == UInt8(ascii: "/") }), !repository.split(separator: "/").contains("..")
        else { throw bad }
        self = .registry(host: host, repository: repository, selection)
    }

    private static func split(_ text: String, _ bad: DiskImageError) throws(DiskImageError) -> (String, Selection) {
        if let at = text.range(of: "@") {
            guard let digest = OCIDigest(String(text[at.upperBound...])) else { throw bad }
            return (String(text[..<at.lowerBound]), .digest(digest))
        }
        // A colon before a slash belongs to a path.
        guard let colon = text.lastIndex(of: ":"), !text[colon...].contains("/") else { return (text, .unsaid) }
        let tag = text[text.index(after: colon)...]
        guard !tag.isEmpty, tag.utf8.count <= 128, tag.utf8.allSatisfy(isPlain) else { throw bad }
        return (String(text[..<colon]), .tag(String(tag)))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "._-".utf8.contains(byte)
        }
    }

    public var description: String {
        func with(_ place: String, _ selection: Selection) -> String {
            switch selection {
            case .tag(let tag): "\(place):\(tag)"
            case .digest(let digest): "\(place)@\(digest)"
            case .unsaid: place
            }
        }
        return switch self {
        case .registry(let host, let repository, let selection): with("\(host)/\(repository)", selection)
        case .layout(let path, let selection): with(path.string, selection)
        }
    }
}

/// The digest of a blob. Only SHA-256, which all registries use.
public struct OCIDigest: Hashable, Sendable, CustomStringConvertible {
    /// In lower case.
    public let hexadecimal: String

    /// Nil for another algorithm, or for a text that is not a digest.
    init?(_ text: String) {
        let prefix = "sha256:"
        let digits = text.dropFirst(prefix.count)
        guard text.hasPrefix(prefix), digits.utf8.count == 64, digits.allSatisfy({ $0.isHexDigit && $0.isASCII && !$0.isUppercase }) else { return nil }
        hexadecimal = String(digits)
    }

    public var description: String { "sha256:\(hexadecimal)" }
}
