public import SystemPackage

/// A report could not be written.
public struct ReportError: Error, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case notASite, notWritten
    }

    public let code: Code
    public let path: FilePath
    let detail: String

    init(_ code: Code, path: FilePath, detail: String = "") {
        self.code = code
        self.path = path
        self.detail = detail
    }

    public var description: String {
        switch code {
        case .notASite: "refusing to replace '\(path)': it holds files that are not a kmatrix site; name another folder with --out, or empty it"
        case .notWritten: "cannot write '\(path)': \(detail); name another path with --out"
        }
    }
}
