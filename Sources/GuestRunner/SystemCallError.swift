import Glibc

/// A failed system call, with the operation and its subject.
public struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted, as `mount cgroup2 on`.
    public let operation: String
    /// A path, an interface or an address; empty where there is none.
    public let subject: String
    /// The positive errno.
    public let code: Int32

    public init(_ operation: String, _ subject: String = "", code: Int32) {
        self.operation = operation
        self.subject = subject
        self.code = code
    }

    public var description: String {
        let what = subject.isEmpty ? operation : "\(operation) \(subject)"
        return "\(what): \(String(cString: strerror(code))) (errno \(code))"
    }

    /// Throws if the shim returned a negated errno; returns the result otherwise.
    @discardableResult
    static func check(_ result: Int32, _ operation: String, _ subject: String = "") throws(SystemCallError) -> Int32 {
        guard result >= 0 else { throw SystemCallError(operation, subject, code: -result) }
        return result
    }
}
