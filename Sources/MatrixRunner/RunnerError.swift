/// Why a run could not be started or carried on.
public struct RunnerError: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable {
            case productMissing, unknownProgram, notABPFObject, unknownScenario, scenarioUnreadable, shellNeedsOneCell, shellTool, benchmarkFailed, noPackage, notForDistributions, noCloudInit
        }
        let value: Value
        public static let productMissing = Code(value: .productMissing)
        public static let unknownProgram = Code(value: .unknownProgram)
        public static let notABPFObject = Code(value: .notABPFObject)
        public static let unknownScenario = Code(value: .unknownScenario)
        public static let scenarioUnreadable = Code(value: .scenarioUnreadable)
        public static let shellNeedsOneCell = Code(value: .shellNeedsOneCell)
        public static let shellTool = Code(value: .shellTool)
        public static let benchmarkFailed = Code(value: .benchmarkFailed)
        /// A distribution installs packages, and the agent is a folder.
        public static let noPackage = Code(value: .noPackage)
        /// An image that boots by itself has nothing that would start the runner.
        public static let noCloudInit = Code(value: .noCloudInit)
        public static let notForDistributions = Code(value: .notForDistributions)
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
        switch code.value {
        case .productMissing: "'\(subject)' is missing; kmatrix needs what is built with it: run it as ci/kmatrix, or build with ci/build"
        case .unknownProgram: "there is no program variant '\(subject)'; there are: \(detail); or give the path of a .bpf.o file"
        case .notABPFObject: "'\(subject)' is no BPF object file that can be read; compile one with clang -target bpf -g"
        case .unknownScenario: "there is no scenario '\(subject)'; there are: \(detail); or give the path of a .yml file, or all"
        case .scenarioUnreadable: "the scenario '\(subject)' cannot be read; check the path, or build with ci/build"
        case .shellNeedsOneCell: "a shell needs exactly one kernel and one layout; '\(subject)' stands for \(detail)"
        case .benchmarkFailed: "there is nothing to measure: \(subject): \(detail)"
        case .noPackage: "'\(subject)' is no package, and a distribution installs the agent by its package: give a .deb, or leave --distro out"
        case .noCloudInit: "'\(subject)' has no cloud-init, by which the runner gets into an image that boots by itself; leave 'whole:' out, and the harness brings it up"
        case .notForDistributions: "\(subject) works with our own init alone; leave --distro out"
        case .shellTool: "'\(subject)' is missing, and the guest's shell comes from it; install Debian's package busybox-static"
        }
    }
}
