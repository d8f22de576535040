/// Why a run could not be started or carried on.
public struct RunnerError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// This machine's program is for another architecture than the guest.
        case shellToolOfArchitecture
        case shellTool
        /// A command for one guest received a plan with none, or with several.
        case notOneCell
        /// A distribution installs the agent from a package, and this agent is a folder.
        case noPackage
        /// An image that boots with its own boot loader lacks the cloud-init that would start the guest runner.
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
        case .shellToolOfArchitecture: "'\(subject)' of this machine is not for \(detail) guests, which the guest's shell needs"
        case .notOneCell: "this needs one kernel and one layout, but '\(subject)' selects \(detail)"
        case .noPackage: "'\(subject)' is not a package, but distributions install the agent from its package; use a .deb, or remove --distro"
        case .noCloudInit: "'\(subject)' has no cloud-init, which a whole: image needs to start the runner; remove 'whole:'"
        case .notForDistributions: "\(subject) works only in the micro guest; remove --distro"
        case .shellTool: "'\(subject)' is missing, which the guest's shell needs; install Debian's package busybox-static"
        }
    }
}
