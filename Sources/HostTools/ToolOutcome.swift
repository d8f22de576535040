import Subprocess

/// How a program ended, and what it said.
public struct ToolOutcome: Sendable {
    public enum Ending: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        public var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let signal): "ended by signal \(signal)"
            }
        }
    }

    public let ending: Ending
    public let output: [UInt8]
    public let stderr: String

    public var isSuccess: Bool { ending == .exited(0) }
    public var stdout: String { String(decoding: output, as: UTF8.self) }

    /// The last line of its complaints, cut to a length that can be quoted.
    public var complaint: String { stderr.split(whereSeparator: \.isNewline).last.map { String($0.prefix(300)) } ?? ending.description }

    /// The line with which a tool says that the disk is full.
    var fullDisk: String? {
        stderr.split(whereSeparator: \.isNewline).first { line in
            ["No space left on device", "Disk quota exceeded", "Could not allocate block"].contains(where: line.contains)
        }.map { String($0.prefix(300)) }
    }
}

extension ToolOutcome.Ending {
    init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .exited(code)
        case .signaled(let signal): self = .signalled(signal)
        }
    }
}
