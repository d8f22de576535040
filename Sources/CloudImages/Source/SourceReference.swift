import Foundation
import MatrixModel
public import SystemPackage

/// Names a kernel's source: a release of kernel.org, or a tar archive in a file.
public enum SourceReference: Hashable, Sendable, CustomStringConvertible {
    /// `6.1.100`
    case release(String)
    case file(FilePath)

    /// Reads a version, or a path with a slash in it.
    /// - Throws: `CloudImageError` with `badReference`.
    public init(parsing text: String) throws(CloudImageError) {
        if text.contains("/") {
            let place = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath((text as NSString).expandingTildeInPath))
            self = .file(place.lexicallyNormalized())
            return
        }
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(numbers.count), numbers.allSatisfy({ !$0.isEmpty && $0.utf8.count < 6 && $0.allSatisfy { $0.isASCII && $0.isNumber } }) else {
            throw CloudImageError(.badReference, subject: text)
        }
        self = .release(text)
    }

    public var description: String {
        switch self {
        case .release(let version): version
        case .file(let path): path.string
        }
    }
}
