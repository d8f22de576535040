/// A selector that is invalid, with its text.
public struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of mistake.
    public enum Code: Hashable, Sendable {
        case empty, malformedVersion, malformedRange, emptyRange, malformedFlavour, malformedDistribution, unknownLayout, unknownDistribution
        case unknownDeployment, unknownProfile, unknownArchitecture
        /// What was named exists for other architectures only; `known` has the one asked for, then those.
        case otherArchitecture
        case emptyPattern, malformedDay, malformedShard
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
        switch code {
        case .empty:
            "the kernel selector is empty; use a series (6.1), a version, a range or all (kmatrix help selectors)"
        case .malformedVersion:
            "'\(text)' is not a kernel version; use a series (6.1), a version (6.1.192-2), a range ('>=5.10,<6.13'), all, or an image with a slash in "
                + "its path (kmatrix help selectors)"
        case .malformedRange:
            "'\(text)' is not a version range; join bounds (>=, >, <=, <, =) with commas, for example '>=5.10,<6.13'"
        case .emptyRange:
            "no version can satisfy '\(text)'; its lower bound is above its upper bound"
        case .malformedFlavour:
            "'\(text)' is not a kernel flavour; write it after a slash, for example 6.1/rt-\(Architecture.host.debianName)"
        case .malformedDistribution:
            "'\(text)' does not end with a distribution; write one after '@', for example 5.15@ubuntu-22.04 ('kmatrix distros list' lists them)"
        case .unknownLayout:
            "unknown cgroup layout '\(text)'; known are default, \(CgroupLayout.allCases.map(\.rawValue).joined(separator: ", ")) and all"
        case .unknownDistribution:
            "unknown distribution '\(text)'; known are \(known.joined(separator: ", ")), patterns such as 'debian-*', and all"
        case .unknownDeployment: "unknown deployment '\(text)'; known are \(known.joined(separator: ", ")) and all"
        case .unknownProfile: "unknown boot profile '\(text)'; known are \(known.joined(separator: ", ")), none and all"
        case .unknownArchitecture: "unknown architecture '\(text)'; known are \(known.joined(separator: ", ")) and all"
        case .otherArchitecture:
            "the catalogue has no '\(text)' for \(known.first ?? ""); there is one for \(known.dropFirst().joined(separator: " and ")) (--arch)"
        case .emptyPattern: "the pattern is empty; use a cell id with * for any text and ? for one character, for example '*/legacy'"
        case .malformedDay: "'\(text)' is not a day; write for example 2027-03-31"
        case .malformedShard: "'\(text)' is not a shard; write i/n with i from 1 to n, for example 2/3 (n at most \(Shard.maximum))"
        }
    }
}
