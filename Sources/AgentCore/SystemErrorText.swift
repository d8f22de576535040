internal import Glibc

/// An `errno` value with its text.
public struct SystemErrorText: Hashable, Sendable, CustomStringConvertible {
    public let code: Int32

    /// - Parameter code: An `errno` value, positive, or negative as kernel interfaces return it.
    public init(_ code: Int32) { self.code = code < 0 ? -code : code }

    /// The value of `errno` now.
    static var current: SystemErrorText { SystemErrorText(errno) }

    public var description: String {
        // The GNU version uses the buffer only for unknown codes, and returns the text's address.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else { return "error \(code)" }
            return String(cString: base)
        }
    }
}
