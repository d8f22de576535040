/// Why something is no agent that a guest could run.
public struct AgentBundleError: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable { case unreadable, noAgent, notExecutable, tooLarge, badPackage, unsafePackage, toolMissing, libraryMissing, programMissing, badConfiguration }
        let value: Value
        public static let unreadable = Code(value: .unreadable)
        public static let noAgent = Code(value: .noAgent)
        public static let notExecutable = Code(value: .notExecutable)
        public static let tooLarge = Code(value: .tooLarge)
        public static let badPackage = Code(value: .badPackage)
        public static let unsafePackage = Code(value: .unsafePackage)
        public static let toolMissing = Code(value: .toolMissing)
        public static let libraryMissing = Code(value: .libraryMissing)
        /// A program that an agent needs in its guest.
        public static let programMissing = Code(value: .programMissing)
        public static let badConfiguration = Code(value: .badConfiguration)
    }

    public let code: Code
    /// The bundle, or the tool.
    public let subject: String
    public let detail: String

    init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    public var description: String {
        switch code.value {
        case .unreadable: "the agent '\(subject)' cannot be read: \(detail); give a .deb, an .rpm or a folder"
        case .noAgent: "there is no agent in '\(subject)'; looked for \(detail)"
        case .notExecutable: "the agent in '\(subject)' is no program for 64-bit x86 Linux: \(detail)"
        case .tooLarge: "'\(subject)' holds more than an agent can be made of: \(detail)"
        case .badPackage: "'\(subject)' cannot be read as a package: \(detail)"
        case .unsafePackage: "'\(subject)' is not taken, for \(detail)"
        case .toolMissing: "'\(subject)' is needed to read this bundle and is missing; install Debian's package \(detail)"
        case .libraryMissing: "the agent in '\(subject)' needs shared libraries that this machine does not have: \(detail); give a static build"
        case .programMissing: "the agent needs '\(subject)' in its guest and this machine does not have it; install Debian's package \(detail)"
        case .badConfiguration: "the configuration in '\(subject)' is not a JSON object: \(detail)"
        }
    }
}
