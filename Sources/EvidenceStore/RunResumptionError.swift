public import SystemPackage

/// A run cannot be taken up again.
public struct RunResumptionError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable { case noRun, merged, otherPart, otherPlan }
        let value: Value
        public static let noRun = Code(value: .noRun)
        public static let merged = Code(value: .merged)
        public static let otherPart = Code(value: .otherPart)
        public static let otherPlan = Code(value: .otherPlan)
    }

    public let code: Code
    public let path: FilePath
    /// Of another plan: the cells that the folder has and the plan has not (`- id`), and the reverse (`+ id`).
    public let details: [String]

    init(_ code: Code, path: FilePath, details: [String] = []) {
        self.code = code
        self.path = path
        self.details = details
    }

    public var description: String {
        switch code.value {
        case .noRun: "'\(path)' is no run's folder: it has neither run.json nor a plan; name the folder that 'kmatrix run' was given with --out"
        case .merged: "the run in '\(path)' was merged; resume the runs it was made of, and merge them again"
        case .otherPart: "the run in '\(path)' is \(details[0]) of a run, and \(details[1]) was asked for; give the same --shard as then"
        case .otherPlan:
            "the run in '\(path)' has another plan (\(details.prefix(6).joined(separator: ", "))\(details.count > 6 ? ", and \(details.count - 6) more" : "")); "
                + "give the same options as then, and where a newer kernel was published since, its version (--kernel 6.1.176-1)"
        }
    }
}
