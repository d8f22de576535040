import MatrixModel

/// Why a kernel, a key or the list of kernels is not available. Says what, why and what to do next.
public struct CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Nothing on offer satisfies the selector.
        case notOffered
        case noMirror, unreachable, notFound
        /// The server answers 403, as object stores do for files that do not exist.
        case forbidden
        case slow
        /// The release file is unsigned, has a bad signature, or is signed by another key.
        case badSignature
        case hashMismatch, sizeMismatch, brokenPackage, expired, noSpace, toolMissing, badConfiguration
        /// The address of a mirror is not an http or https URL.
        case badAddress
        /// The address does not contain the repository.
        case nothingThere
        case malformedIndex
        /// The file is not cached, and the network may not be used.
        case offline
        /// The server answered, but not with the file.
        case refused
        /// The transfer started and was interrupted, in each attempt.
        case interrupted
        /// The file is larger than the limit, packed or unpacked.
        case tooLarge
        /// No trusted key is available for the vendor.
        case untrusted
        /// The repository requires a subscription, and no mirror is configured.
        case subscription
        /// A distribution has no disk image that can be used, and none can be built.
        case noImage
    }

    public let code: Code
    /// The address, file, selector, vendor or tool it is about.
    public let subject: String
    public let detail: String

    init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    /// Why no guest can be made from a distribution, and how to supply an image.
    public init(imageOf distribution: Distribution) {
        let detail =
            switch distribution.image {
            case .none(let reason): reason
            case .published(let image):
                image.signature == .unsigned
                    ? "\(image.address) is published without a signature; fetch it, check it by hand, and give it as a file: --distro ./FILE"
                    : "it is not built from packages; give an image as a file: --distro ./FILE"
            }
        self.init(.noImage, subject: distribution.name, detail: detail)
    }

    /// Whether the server reported that it does not have the file.
    var isAbsence: Bool { code == .notFound || code == .forbidden }

    /// Whether only the transfer failed, so that another address may serve it.
    var isOfTheWay: Bool { [.unreachable, .slow, .interrupted, .refused, .forbidden].contains(code) }

    public var description: String {
        switch code {
        case .notOffered: "\(subject): \(detail)"
        case .noMirror:
            "no Debian mirror is known: this machine's apt sources name none; name one with --mirror debian=URL, KMATRIX_DEBIAN_MIRROR, or 'mirrors: { "
                + "debian: URL }' in \(subject)"
        case .unreachable:
            "'\(subject)' cannot be reached (\(detail)); check the network or the proxy settings, name another mirror with --mirror NAME=URL, or use --offline"
        case .notFound: "'\(subject)' is not there (404); the mirror may be in the middle of an update: try again, or name another with --mirror NAME=URL"
        case .slow: "'\(subject)' came too slowly (\(detail)); try again, or name another mirror with --mirror NAME=URL"
        case .interrupted: "'\(subject)' broke off before its end (\(detail)); what came is kept: try again, or name another mirror with --mirror NAME=URL"
        case .badSignature: "'\(subject)' has no good signature: \(detail)"
        case .hashMismatch: "'\(subject)' is not the file that its index describes (\(detail)), and was discarded; try again, or name another mirror"
        case .sizeMismatch: "'\(subject)' has not the size that its index states (\(detail)), and was discarded; try again, or name another mirror"
        case .tooLarge: "'\(subject)' is larger than it may be (\(detail)), and was discarded; name another mirror with --mirror NAME=URL"
        case .brokenPackage: "'\(subject)' cannot be unpacked: \(detail)"
        case .expired: "'\(subject)' is past its Valid-Until date (\(detail)); name a mirror that is up to date, or accept it with --allow-expired"
        case .noSpace:
            "'\(subject)' could not be written into the cache (\(detail)); free some space, run 'kmatrix kernels gc', or set XDG_CACHE_HOME to another disk"
        case .toolMissing: "'\(subject)' is needed and not installed; install Debian's package \(detail) (ci/setup does)"
        case .badConfiguration: "the configuration file '\(subject)' cannot be used: \(detail)"
        case .badAddress: "'\(subject)' is not a mirror's address; write one that starts with http:// or https://"
        case .nothingThere: "'\(subject)' has no \(detail); the address must be the folder that holds them"
        case .malformedIndex: "'\(subject)' is not the index of a repository: \(detail)"
        case .offline: "'\(subject)' is not in the cache, and --offline forbids fetching it"
        case .refused, .forbidden: "'\(subject)' was refused (\(detail)); name another mirror with --mirror NAME=URL"
        case .untrusted:
            "no key of '\(subject)' can be used: \(detail); run 'kmatrix keys fetch', or name the file of its public keys with --keyring \(subject)=FILE "
                + "or 'keyrings: { \(subject): FILE }' in the configuration file"
        case .subscription: "'\(subject)' is for subscribers only; \(detail)"
        case .noImage: "there is no image of \(subject): \(detail)"
        }
    }

    /// The reason in a few words, for a list of failures.
    var reason: String {
        switch code {
        case .notFound: "404"
        case .unreachable, .slow, .interrupted, .refused, .forbidden: Self.short(detail)
        case .offline: "not in the cache, and --offline forbids fetching it"
        case .untrusted: detail
        case .badSignature: "bad signature: \(detail)"
        case .hashMismatch, .sizeMismatch: "not the file that its index describes"
        case .malformedIndex: "not an index: \(detail)"
        case .nothingThere: "it has no \(detail)"
        case .expired: "its index expired \(detail)"
        case .subscription: "for subscribers"
        case .toolMissing: "\(subject) is not installed"
        default: description
        }
    }

    /// curl's message without its prefix: "Connection refused" from "curl: (7) Failed to connect to … port 80 after 0 ms: Connection refused".
    private static func short(_ complaint: String) -> String {
        guard complaint.hasPrefix("curl: (") else { return complaint }
        if complaint.contains("Couldn't connect") || complaint.contains("onnection refused") { return "connection refused" }
        if complaint.contains("Could not resolve") { return "no such host" }
        let words = complaint.drop { $0 != ")" }.dropFirst().drop { $0 == " " }
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}
