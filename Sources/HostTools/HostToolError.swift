/// Why a program of this machine gave no result.
public struct HostToolError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case missing
        case noSpace
        /// It said, or wrote, more than it may.
        case tooLarge
        case failed
        case notStarted
    }

    public let code: Code
    public let tool: HostTool
    /// The tool's own words.
    public let detail: String

    public init(_ code: Code, _ tool: HostTool, detail: String = "") {
        self.code = code
        self.tool = tool
        self.detail = detail
    }

    public var description: String {
        switch code {
        case .missing: "'\(tool.name)' is not installed; install Debian's package \(tool.package)"
        case .noSpace: "the disk is full (\(detail))"
        case .tooLarge: "\(tool.name) gave too much (\(detail))"
        case .failed: "\(tool.name) failed: \(detail)"
        case .notStarted: "\(tool.name) could not be started: \(detail)"
        }
    }
}
