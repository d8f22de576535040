public import SystemPackage

/// A folder cannot be read as a run at all. What is wrong with one of its cells is no error: that cell says so.
public struct PublishableRunError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable { case notARun, unreadable, damaged, unknownSchema }
        let value: Value
        public static let notARun = Code(value: .notARun)
        public static let unreadable = Code(value: .unreadable)
        public static let damaged = Code(value: .damaged)
        public static let unknownSchema = Code(value: .unknownSchema)
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
        case .notARun: "'\(path)' is no run's folder: it has no run.json; give the folder that `kmatrix run --out` filled"
        case .unreadable: "'\(path)' cannot be read: \(detail)"
        case .damaged: "'\(path)' is damaged: \(detail); restore it, or run the cells again into a new folder"
        case .unknownSchema: "'\(path)' is of schema \(detail), which this kmatrix does not know (it reads \(RunRecord.schema)); use the kmatrix that wrote it"
        }
    }
}
