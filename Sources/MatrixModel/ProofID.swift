/// The name of a proof: one property of an agent that a cell shows or refutes.
///
/// An id is a code that other tools may rely on. A record of a later kmatrix may hold ids that this one does not know; they are kept as they are.
public struct ProofID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    private init(_ name: String) { rawValue = name }

    public var description: String { rawValue }

    /// Whether this kmatrix knows the proof.
    public var isKnown: Bool { Self.places[self] != nil }

    /// The conformance check that this id names, as in `conformance/B1a`; nil for a proof of a cell. Known defects name checks so.
    public var conformanceCheck: String? {
        let prefix = "conformance/"
        return rawValue.hasPrefix(prefix) ? String(rawValue.dropFirst(prefix.count)) : nil
    }

    // In the order of fundamentality: of several failures the first is the one the others may follow from.

    /// The kernel neither panics nor reports a fault of its own.
    public static let kernelHealthy = ProofID("kernel-healthy")
    /// The agent starts, stays alive and says something.
    public static let runs = ProofID("runs")
    /// The kernel loads the agent's programs.
    public static let load = ProofID("load")
    /// The programs attach to a cgroup v2 hierarchy.
    public static let attach = ProofID("attach")
    /// The proxy accepts connections.
    public static let listener = ProofID("listener")
    public static let redirectedIMDS = ProofID("redirected/imds")
    public static let redirectedWireServer = ProofID("redirected/wireserver")
    public static let redirectedHostGAPlugin = ProofID("redirected/hostga")
    /// Callers are reported with the right user.
    public static let attributedUser = ProofID("attributed/user")
    /// The agent latches the key that the platform offers.
    public static let keyLatched = ProofID("key-latched")
    /// The platform's answers reach the clients.
    public static let forwarded = ProofID("forwarded")
    public static let signed = ProofID("signed")
    /// Callers are reported with the right process.
    public static let attributedProcess = ProofID("attributed/process")
    /// What the rules deny is denied, and nothing else.
    public static let unprivilegedDenied = ProofID("unprivileged-denied")
    /// The platform refuses a request that bypasses the agent.
    public static let bypassRefused = ProofID("bypass-refused")
    /// The platform refuses requests over connections opened before the agent started.
    public static let earlyRefused = ProofID("early-refused")
    /// UDP, IPv6 and other addresses are not redirected.
    public static let leftAlone = ProofID("left-alone")
    public static let keyKept = ProofID("key-kept")
    public static let statusAgrees = ProofID("status-agrees")
    /// A deployment is reported to the platform, which records it.
    public static let provisioned = ProofID("provisioned")
    /// Clients that write the IPv4 address as IPv6 are redirected too.
    public static let dualStack = ProofID("dual-stack")
    /// Many clients at once are all served and attributed.
    public static let burst = ProofID("burst")
    public static let identityUserNotGroup = ProofID("identity/uid-not-gid")
    public static let identitySupplementaryGroup = ProofID("identity/supplementary-group")
    public static let identitySetuid = ProofID("identity/setuid")
    public static let identityShortLived = ProofID("identity/short-lived")
    public static let identityUserNamespace = ProofID("identity/user-namespace")
    public static let identityNetworkNamespace = ProofID("identity/network-namespace")

    /// Every proof this kmatrix knows, the most fundamental first.
    public static let known: [ProofID] = [
        .kernelHealthy, .runs, .load, .attach, .listener, .redirectedIMDS, .redirectedWireServer, .redirectedHostGAPlugin, .attributedUser, .keyLatched,
        .forwarded,
        .signed, .attributedProcess, .unprivilegedDenied, .bypassRefused, .earlyRefused, .leftAlone, .keyKept, .statusAgrees, .provisioned, .dualStack, .burst,
        .identityUserNotGroup, .identitySupplementaryGroup, .identitySetuid, .identityShortLived, .identityUserNamespace, .identityNetworkNamespace,
    ]

    private static let places = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })

    /// Known proofs in their order, then others by name.
    public static func < (left: ProofID, right: ProofID) -> Bool {
        switch (places[left], places[right]) {
        case (let first?, let second?): first < second
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): left.rawValue < right.rawValue
        }
    }
}

extension ProofID: Codable {
    public init(from decoder: any Decoder) throws { rawValue = try decoder.singleValueContainer().decode(String.self) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
