public import SystemPackage

/// A run cannot be taken up again.
public struct RunResumptionError: Error, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case noRun, merged, otherPart, otherPlan
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
        switch code {
        case .noRun: "'\(path)' is not a run folder: it contains no run.json and no plan; use the folder that 'kmatrix run' printed, or its --out"
        case .merged: "the run in '\(path)' is a merged run; resume its parts, and merge them again"
        case .otherPart: "the run in '\(path)' is part \(details[0]), not \(details[1]); use the same --shard as before"
        case .otherPlan:
            "the run in '\(path)' has a different plan "
                + "(\(details.prefix(6).joined(separator: ", "))\(details.count > 6 ? ", and \(details.count - 6) more" : "")); "
                + "use the same options as before, and the exact kernel version (--kernel 6.1.176-1) if a newer one was published since"
        }
    }
}
