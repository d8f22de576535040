public import SystemPackage

/// What was sent cannot be read, or may not be.
public struct SupportBundleError: Error, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case notFound, unreadable, malformed, tooLarge, toolMissing, isRun, exists
    }

    public let code: Code
    public let path: FilePath
    public let detail: String

    init(_ code: Code, _ path: FilePath, _ detail: String = "") {
        self.code = code
        self.path = path
        self.detail = detail
    }

    public var description: String {
        switch code {
        case .notFound: "there is no '\(path)'; name a status.json, an evidence folder, a log bundle, or - for standard input"
        case .unreadable: "'\(path)' cannot be read (\(detail)); copy it to where you may read it"
        case .malformed: "'\(path)' cannot be unpacked: \(detail); ask for it again, or unpack it and name the folder"
        case .tooLarge: "'\(path)' is too large: \(detail); unpack what matters and name the folder"
        case .toolMissing: "'\(detail)' is needed to unpack '\(path)' and is not installed; install it, or unpack the bundle and name the folder"
        case .isRun: "'\(path)' is a run of \(detail) cells; name one of the folders below \(path)/cells"
        case .exists: "'\(path)' exists already; choose another file with --out"
        }
    }
}
