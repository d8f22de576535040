import MatrixModel

/// Why a kernel, or the list of kernels, cannot be had. Says what, why and what to do next.
public struct CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        enum Value: Hashable, Sendable {
            case notOffered, noMirror, unreachable, notFound, slow, badSignature, hashMismatch, sizeMismatch, brokenPackage, expired, noSpace
            case toolMissing, badConfiguration, badAddress, nothingThere, malformedIndex, offline, refused
            case interrupted, tooLarge, untrusted
        }
        let value: Value
        /// Nothing on offer satisfies the selector.
        public static let notOffered = Code(value: .notOffered)
        public static let noMirror = Code(value: .noMirror)
        public static let unreachable = Code(value: .unreachable)
        public static let notFound = Code(value: .notFound)
        public static let slow = Code(value: .slow)
        /// The release file is unsigned, wrongly signed, or signed by nobody in the keyring.
        public static let badSignature = Code(value: .badSignature)
        public static let hashMismatch = Code(value: .hashMismatch)
        public static let sizeMismatch = Code(value: .sizeMismatch)
        public static let brokenPackage = Code(value: .brokenPackage)
        public static let expired = Code(value: .expired)
        public static let noSpace = Code(value: .noSpace)
        public static let toolMissing = Code(value: .toolMissing)
        public static let badConfiguration = Code(value: .badConfiguration)
        /// A mirror's address is not one of the web.
        public static let badAddress = Code(value: .badAddress)
        /// The mirror has none of Debian's suites.
        public static let nothingThere = Code(value: .nothingThere)
        public static let malformedIndex = Code(value: .malformedIndex)
        /// Only the network has it, and the network may not be used.
        public static let offline = Code(value: .offline)
        /// The server answered, and not with the file.
        public static let refused = Code(value: .refused)
        /// The transfer began and ended early, as often as it was tried.
        public static let interrupted = Code(value: .interrupted)
        /// More came, or came out of it, than may.
        public static let tooLarge = Code(value: .tooLarge)
        /// Nobody said whose signature counts.
        public static let untrusted = Code(value: .untrusted)
    }

    public let code: Code
    /// The address, file, selector or tool it is about.
    public let subject: String
    public let detail: String

    init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    public var description: String {
        switch code.value {
        case .notOffered: "no kernel on offer matches '\(subject)': \(detail)"
        case .noMirror:
            "no Debian mirror is known; name one with --mirror debian=URL, KMATRIX_DEBIAN_MIRROR, or 'mirrors: { debian: URL }' in \(subject); this machine's apt sources name none"
        case .unreachable: "'\(subject)' cannot be reached (\(detail)); check the network or the proxy settings, name another mirror with --mirror NAME=URL, or use --offline"
        case .notFound: "'\(subject)' is not there (404); the mirror may be in the middle of an update: try again, or name another with --mirror NAME=URL"
        case .slow: "'\(subject)' came too slowly and was given up (\(detail)); try again, or name another mirror with --mirror NAME=URL"
        case .interrupted: "'\(subject)' broke off before its end (\(detail)); what came is kept: try again, or name another mirror with --mirror NAME=URL"
        case .badSignature: "'\(subject)' does not carry a good signature of the keys that count for it, so nothing it says is used: \(detail)"
        case .hashMismatch: "'\(subject)' is not the file its signed index describes (SHA256 \(detail)); it was thrown away: try again, or name another mirror"
        case .sizeMismatch: "'\(subject)' has not the size its signed index says (\(detail)); it was thrown away: try again, or name another mirror"
        case .tooLarge: "'\(subject)' is larger than it may be (\(detail)); it was thrown away: name another mirror with --mirror NAME=URL"
        case .brokenPackage: "'\(subject)' cannot be unpacked: \(detail)"
        case .expired: "'\(subject)' is past its Valid-Until date (\(detail)); name a mirror that is up to date, or accept it with --allow-expired"
        case .noSpace: "'\(subject)' could not be written into the cache (\(detail)); free some space, run 'kmatrix kernels gc', or set XDG_CACHE_HOME to another disk"
        case .toolMissing: "'\(subject)' is needed and not installed; install Debian's package \(detail) (ci/setup does)"
        case .badConfiguration: "the configuration file '\(subject)' cannot be used: \(detail)"
        case .badAddress: "'\(subject)' is no mirror's address; write one that starts with http:// or https://"
        case .nothingThere: "'\(subject)' has none of Debian's suites (\(detail)); the address must be the folder that holds 'dists' and 'pool'"
        case .malformedIndex: "'\(subject)' is no index of a repository: \(detail)"
        case .offline: "'\(subject)' is not in the cache, and --offline forbids fetching it"
        case .refused: "'\(subject)' was refused (\(detail)); name another mirror with --mirror NAME=URL"
        case .untrusted: "nothing of '\(subject)' is fetched, for \(detail); have its maker's public keys and name their file with --keyring \(subject)=FILE or 'keyrings: { \(subject): FILE }' in the configuration file"
        }
    }

    /// The same in a few words, for a list of failures.
    var reason: String {
        switch code.value {
        case .notFound: "404"
        case .unreachable, .slow, .interrupted, .refused: "\(subject): \(detail)"
        case .offline: "--offline, and not in the cache"
        default: description
        }
    }
}
