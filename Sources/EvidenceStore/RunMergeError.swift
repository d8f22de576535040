/// Runs cannot be merged.
public struct RunMergeError: Error, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case nothing
        /// They were divided into different numbers of parts.
        case differentParts
        /// Two cells would share a folder.
        case sameFolder
        /// What is to be replaced was not merged.
        case occupied
    }

    public let code: Code
    public let detail: String

    init(_ code: Code, detail: String = "") {
        self.code = code
        self.detail = detail
    }

    public var description: String {
        switch code {
        case .nothing: "no run to merge; add run folders"
        case .differentParts: "these parts come from different divisions (into \(detail)); merge the parts of one run"
        case .sameFolder: "two cells have the same folder: \(detail); merge runs of one matrix"
        case .occupied: "'\(detail)' exists and is not a merged run; choose another folder, or remove it"
        }
    }
}
