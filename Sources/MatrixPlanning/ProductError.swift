/// Why a product of the build, or a name that selects one, cannot be used.
public struct ProductError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case missing
        /// Nothing was built for guests of another architecture.
        case missingForArchitecture
        case unknownConfiguration, unknownProgram, notABPFObject, unknownScenario, scenarioUnreadable
    }

    public let code: Code
    /// The file or name it is about.
    public let subject: String
    public let detail: String

    public init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    public var description: String {
        switch code {
        case .missing: "'\(subject)' is missing; run kmatrix as ci/kmatrix, or build it with ci/build"
        case .missingForArchitecture:
            "'\(subject)' is missing, which guests of \(detail) need; build it with ci/build --arch \(detail), or install the package of ci/package "
                + "--arch \(detail)"
        case .unknownConfiguration: "unknown configuration '\(subject)' of a kernel's source; known are \(detail)"
        case .unknownProgram: "unknown BPF program '\(subject)'; known are \(detail), or the path of a .bpf.o file"
        case .notABPFObject: "'\(subject)' is not a readable BPF object file; compile one with clang -target bpf -g"
        case .unknownScenario: "unknown scenario '\(subject)'; known are \(detail), all, or the path of a .yml file"
        case .scenarioUnreadable: "cannot read the scenario '\(subject)'; check the path, or build with ci/build"
        }
    }
}
