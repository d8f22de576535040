import Foundation
import MatrixModel
public import SystemPackage

/// Names a kernel's source: a release of kernel.org, Debian's package of a kernel's source, or a tar archive in a file.
public enum SourceReference: Hashable, Sendable, CustomStringConvertible {
    /// `6.1.100`
    case release(String)
    /// `linux-source-6.1`
    case package(String)
    case file(FilePath)

    /// Reads a version, a package's name, or a path with a slash in it.
    /// - Throws: `DiskImageError` with `badReference`.
    public init(parsing text: String) throws(DiskImageError) {
        if text.contains("/") {
            let place = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath((text as NSString).expandingTildeInPath))
            self = .file(place.lexicallyNormalized())
            return
        }
        let packagePrefix = "linux-source-"
        let version = text.hasPrefix(packagePrefix) ? text.dropFirst(packagePrefix.count) : text[...]
        let numbers = version.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(numbers.count), numbers.allSatisfy({ !$0.isEmpty && $0.utf8.count < 6 && $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
            throw DiskImageError(.badReference, subject: text)
        }
        self = version.startIndex == text.startIndex ? .release(text) : .package(text)
    }

    public var description: String {
        switch self {
        case .release(let version): version
        case .package(let name): name
        case .file(let path): path.string
        }
    }
}
