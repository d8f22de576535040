import Digests
import MatrixModel
import StrictYAML

/// The platform's end of one guest's secure channel: what it offers, which keys it issued, which one is latched. A state machine without a
/// clock; its caller reports the events.
struct SecureChannel {
    /// A key as the platform keeps it.
    struct Key {
        let guid: String
        let incarnation: UInt32
        let secret: SecretKey
    }

    /// A refused call: the status code and why.
    struct Refusal: Error, Hashable {
        let status: Int
        let reason: String
    }

    private let settings: Scenario.Channel
    private let acceptsAttestation: Bool
    private var isEnabled: Bool
    private var isOffering: Bool
    private var incarnation: UInt32
    /// Issued, but not attested yet.
    private(set) var pending: Key?
    private(set) var latched: Key?

    init(_ scenario: Scenario) {
        settings = scenario.channel
        acceptsAttestation = scenario.key.acceptsAttestation
        isEnabled = scenario.channel.isEnabled
        isOffering = scenario.key.isOffered
        incarnation = scenario.key.incarnation
        if scenario.key.isLatchedElsewhere { latched = Self.makeKey(incarnation) }
    }

    // MARK: Calls

    mutating func acquire() throws(Refusal) -> Key {
        guard isOffering else { throw Refusal(status: 403, reason: "the platform does not issue a key") }
        guard latched == nil else { throw Refusal(status: 403, reason: "a key is already latched; only a reset issues another") }
        let key = Self.makeKey(incarnation)
        pending = key
        return key
    }

    /// - Parameter isVerified: Whether the call is signed with the key that it attests.
    mutating func attest(guid: String, isVerified: Bool) throws(Refusal) {
        guard let key = pending, key.guid == guid else { throw Refusal(status: 404, reason: "no key with this id was issued") }
        guard isVerified else { throw Refusal(status: 401, reason: "the attestation is not signed with its key") }
        guard acceptsAttestation else { throw Refusal(status: 403, reason: "this platform rejects attestations") }
        latched = key
        pending = nil
    }

    // MARK: Events

    mutating func happen(_ action: Scenario.Event.Action) {
        switch action {
        case .reset:
            incarnation += 1
            latched = nil
            pending = nil
        case .offer: isOffering = true
        case .withdraw:
            isOffering = false
            latched = nil
            pending = nil
        case .enable: isEnabled = true
        case .disable: isEnabled = false
        // These do not concern the channel.
        case .down, .up: break
        }
    }

    // MARK: What follows from the state

    /// Whether unsigned requests to a service are rejected.
    func demandsSignature(_ endpoint: FabricRequest.Endpoint) -> Bool {
        latched != nil && enforces(endpoint)
    }

    /// Whether a service is available only to guests whose agent has the key.
    func enforces(_ endpoint: FabricRequest.Endpoint) -> Bool {
        switch settings.version {
        case .second: return isEnabled && (endpoint == .imds ? settings.imds : settings.wireServer).mode.lowercased() == "enforce"
        case .first:
            let state = isEnabled ? settings.state.lowercased() : "disabled"
            return endpoint == .imds ? state == "wireserverandimds" : state != "disabled"
        }
    }

    /// The answer of `GET /secure-channel/status`.
    var statusDocument: String {
        var members = [
            #""authorizationScheme":"Azure-HMAC-SHA256""#, #""keyDeliveryMethod":"http""#,
            "\"keyGuid\":\(latched.map { "\"\($0.guid)\"" } ?? "null")", "\"keyIncarnationId\":\(incarnation)",
            #""requiredClaimsHeaderPairs":["isRoot"]"#, "\"version\":\"\(settings.version.rawValue)\"",
        ]
        switch settings.version {
        case .first: members.append("\"secureChannelState\":\(YAMLNode.quoted(isEnabled ? settings.state : "disabled"))")
        case .second:
            members.append("\"secureChannelEnabled\":\(isEnabled)")
            let items = [("imds", settings.imds), ("wireserver", settings.wireServer), ("hostga", settings.wireServer)]
            members.append("\"authorizationRules\":{\(items.map { "\"\($0.0)\":\(Self.document($0.1))" }.joined(separator: ","))}")
        }
        return "{\(members.joined(separator: ","))}"
    }

    static func document(_ key: Key) -> String {
        let digits = key.secret.withUnsafeBytes { Hexadecimal.text($0).uppercased() }
        return #"{"authorizationScheme":"Azure-HMAC-SHA256","incarnationId":\#(key.incarnation),"guid":"\#(key.guid)","#
            + #""issued":"2026-01-01T00:00:00Z","key":"\#(digits)"}"#
    }

    private static func document(_ item: Scenario.Item) -> String {
        let rules = item.rules.map { ",\"rules\":\($0)" } ?? ""
        return "{\"defaultAccess\":\(YAMLNode.quoted(item.defaultAccess)),\"mode\":\(YAMLNode.quoted(item.mode)),"
            + "\"id\":\(YAMLNode.quoted(item.id))\(rules)}"
    }

    private static func makeKey(_ incarnation: UInt32) -> Key {
        let digits = (0..<32).map { _ in String(UInt8.random(in: 0...15), radix: 16) }
        let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
        return Key(guid: parts.map { $0.joined() }.joined(separator: "-"), incarnation: incarnation, secret: .random(byteCount: 32))
    }
}
