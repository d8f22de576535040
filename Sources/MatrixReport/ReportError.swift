public import SystemPackage

/// A report cannot be put where it should go.
public struct ReportError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable { case notASite, notWritten }
        let value: Value
        public static let notASite = Code(value: .notASite)
        public static let notWritten = Code(value: .notWritten)
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
        switch code.value {
        case .notASite: "'\(path)' holds something that is no site of kmatrix and will not be replaced; choose another place with --out, or empty it"
        case .notWritten: "'\(path)' cannot be written: \(detail); choose another place with --out"
        }
    }
}
