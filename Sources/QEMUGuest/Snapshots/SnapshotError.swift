public import SystemPackage

/// Why there is no snapshot.
public struct SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case notForThisGuest, unreadable
    }

    public let code: Code
    public let path: FilePath
    public let errno: Errno?

    init(_ code: Code, path: FilePath = "", errno: Errno? = nil) {
        self.code = code
        self.path = path
        self.errno = errno
    }

    public var description: String {
        switch code {
        case .notForThisGuest: "snapshots need a guest that waits for its test plan, without a terminal or deployment"
        case .unreadable: "cannot read '\(path)' (\(errno.map { "\($0)" } ?? "")), which a snapshot needs; check the path and its permissions"
        }
    }
}
