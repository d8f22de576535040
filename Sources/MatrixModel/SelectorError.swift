/// Why a selector could not be understood, with the text that was given.
public struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of mistake.
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable { case empty, malformedVersion, malformedRange, emptyRange, malformedFlavour, malformedDistribution, unknownLayout, unknownDistribution, unknownDeployment, unknownProfile, emptyPattern, malformedDay, malformedShard }
        let value: Value
        public static let empty = Code(value: .empty)
        public static let malformedVersion = Code(value: .malformedVersion)
        public static let malformedRange = Code(value: .malformedRange)
        public static let emptyRange = Code(value: .emptyRange)
        public static let malformedFlavour = Code(value: .malformedFlavour)
        public static let malformedDistribution = Code(value: .malformedDistribution)
        public static let unknownLayout = Code(value: .unknownLayout)
        public static let unknownDistribution = Code(value: .unknownDistribution)
        public static let unknownDeployment = Code(value: .unknownDeployment)
        public static let unknownProfile = Code(value: .unknownProfile)
        public static let emptyPattern = Code(value: .emptyPattern)
        public static let malformedDay = Code(value: .malformedDay)
        public static let malformedShard = Code(value: .malformedShard)
    }

    public let code: Code
    public let text: String
    /// What it could have been, where that depends on what is installed.
    public let known: [String]

    public init(_ code: Code, text: String, known: [String] = []) {
        self.code = code
        self.text = text
        self.known = known
    }

    public var description: String {
        switch code.value {
        case .empty:
            "the selector is empty; give a series (6.1), an exact version (6.1.192-2), a range ('>=5.10,<6.13'), all, or a path to a kernel image"
        case .malformedVersion:
            "'\(text)' is not a kernel version; give a series (6.1), an exact version (6.1.192-2), a range ('>=5.10,<6.13'), all, or a path to a kernel image (with a slash in it)"
        case .malformedRange:
            "'\(text)' is not a version range; write bounds with >=, >, <=, < or = and join them with commas, as in '>=5.10,<6.13'"
        case .emptyRange:
            "no version can satisfy '\(text)'; its lower bound lies above its upper bound"
        case .malformedFlavour:
            "'\(text)' is not a kernel flavour; write it after a slash, as in 6.1/cloud-amd64 or 6.1/rt-amd64"
        case .malformedDistribution:
            "'\(text)' does not end in a distribution's name; write it after an at sign, as in 5.15@ubuntu-22.04 ('kmatrix distros list' shows the names)"
        case .unknownLayout:
            "'\(text)' is not a cgroup layout; choose among default, \(CgroupLayout.allCases.map(\.rawValue).joined(separator: ", ")), or all"
        case .unknownDistribution:
            "'\(text)' is no distribution of the catalogue; choose among \(known.joined(separator: ", ")), a pattern such as 'debian-*', or all"
        case .unknownDeployment: "'\(text)' is no deployment; choose among \(known.joined(separator: ", ")), or all"
        case .unknownProfile: "'\(text)' is no boot profile; choose among \(known.joined(separator: ", ")), none, or all"
        case .emptyPattern: "the pattern is empty; give a cell's id, with * for any text and ? for one character, as in '*/legacy'"
        case .malformedDay: "'\(text)' is no day; write it as 2027-03-31"
        case .malformedShard: "'\(text)' is no part of a run; write which of how many, counted from 1, as in 2/3 (at most \(Shard.maximum))"
        }
    }
}
