/// Runs cannot be merged.
public struct RunMergeError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable { case nothing, differentParts, sameFolder, occupied }
        let value: Value
        public static let nothing = Code(value: .nothing)
        /// They were divided into different numbers of parts.
        public static let differentParts = Code(value: .differentParts)
        /// Two cells would share a folder.
        public static let sameFolder = Code(value: .sameFolder)
        /// What is to be replaced was not merged.
        public static let occupied = Code(value: .occupied)
    }

    public let code: Code
    public let detail: String

    init(_ code: Code, detail: String = "") {
        self.code = code
        self.detail = detail
    }

    public var description: String {
        switch code.value {
        case .nothing: "no run to merge; add run folders"
        case .differentParts: "these parts come from different divisions (into \(detail)); merge the parts of one run"
        case .sameFolder: "two cells have the same folder: \(detail); merge runs of one matrix"
        case .occupied: "'\(detail)' exists and is not a merged run; choose another folder, or remove it"
        }
    }
}
