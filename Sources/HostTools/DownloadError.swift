/// Why a file could not be fetched.
public struct DownloadError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Only the network has it, and the network may not be used.
        case offline
        case unreachable
        /// The server says 404 or 410.
        case notFound
        /// The server says 403. Object stores say so of what they do not have.
        case forbidden
        /// The server answered otherwise, and not with the file.
        case refused
        case slow
        /// The transfer began and ended early, as often as it was tried.
        case interrupted
        case tooLarge
        case noSpace
        /// Not the size, or not the digest, that is due.
        case wrongSize, wrongDigest
        case badAddress
    }

    public let code: Code
    public let address: String
    public let detail: String

    public init(_ code: Code, _ address: String, detail: String = "") {
        self.code = code
        self.address = address
        self.detail = detail
    }

    /// Whether the server says that it does not have the file.
    public var isAbsence: Bool { code == .notFound || code == .forbidden }

    public var description: String {
        switch code {
        case .offline: "'\(address)' is not in the cache, and --offline forbids fetching it"
        case .unreachable: "'\(address)' cannot be reached (\(detail))"
        case .notFound: "'\(address)' is not there (404)"
        case .forbidden: "'\(address)' is refused (HTTP 403)"
        case .refused: "'\(address)' is refused (\(detail))"
        case .slow: "'\(address)' came too slowly (\(detail))"
        case .interrupted: "'\(address)' broke off (\(detail))"
        case .tooLarge: "'\(address)' is larger than it may be (\(detail))"
        case .noSpace: "'\(address)' could not be written (\(detail))"
        case .wrongSize: "'\(address)' has the wrong size (\(detail))"
        case .wrongDigest: "'\(address)' has the wrong digest (\(detail))"
        case .badAddress: "'\(address)' is not an http or https address"
        }
    }
}

/// The challenge of a server that demands authentication (status 401).
public struct DownloadChallenge: Error, Hashable, Sendable {
    public let address: String
    /// The header `WWW-Authenticate`.
    public let text: String
}
