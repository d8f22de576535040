/// Why a run could not be started or carried on.
public struct RunnerError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case productMissing
        /// Nothing was built for guests of another architecture.
        case productsOfArchitectureMissing
        /// This machine's program is for another architecture than the guest.
        case shellToolOfArchitecture
        case unknownConfiguration, unknownProgram, notABPFObject, unknownScenario, scenarioUnreadable, shellNeedsOneCell, shellTool
        /// A distribution installs packages, and the agent is a folder.
        case noPackage
        /// An image that boots with its own loader has nothing that would start the runner.
        case noCloudInit
        case notForDistributions
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
        case .productMissing: "'\(subject)' is missing; run kmatrix as ci/kmatrix, or build it with ci/build"
        case .productsOfArchitectureMissing:
            "'\(subject)' is missing, which guests of \(detail) need; build it with ci/build --arch \(detail), or install the package of ci/package "
                + "--arch \(detail)"
        case .shellToolOfArchitecture: "'\(subject)' of this machine is not for \(detail) guests, which the guest's shell needs"
        case .unknownConfiguration: "unknown configuration '\(subject)' of a kernel's source; known are \(detail)"
        case .unknownProgram: "unknown BPF program '\(subject)'; known are \(detail), or the path of a .bpf.o file"
        case .notABPFObject: "'\(subject)' is not a readable BPF object file; compile one with clang -target bpf -g"
        case .unknownScenario: "unknown scenario '\(subject)'; known are \(detail), all, or the path of a .yml file"
        case .scenarioUnreadable: "cannot read the scenario '\(subject)'; check the path, or build with ci/build"
        case .shellNeedsOneCell: "shell needs one kernel and one layout, but '\(subject)' selects \(detail)"
        case .noPackage: "'\(subject)' is not a package, but distributions install the agent from its package; use a .deb, or remove --distro"
        case .noCloudInit: "'\(subject)' has no cloud-init, which a whole: image needs to start the runner; remove 'whole:'"
        case .notForDistributions: "\(subject) works only in the micro guest; remove --distro"
        case .shellTool: "'\(subject)' is missing, which the guest's shell needs; install Debian's package busybox-static"
        }
    }
}
