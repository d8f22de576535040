public import JSON

/// The platform's status of the secure channel.
public struct KeyStatus: Hashable, Sendable {
    /// Version 1.0 has one state for all services, 2.0 an authorisation item for each.
    public enum Channel: Hashable, Sendable {
        case first(state: String)
        case second(isEnabled: Bool)
    }

    /// The key that is latched on the platform; nil when none is.
    public let keyGuid: String?
    public let channel: Channel
    /// The services' items, unchanged. HostGAPlugin follows WireServer's.
    public let rules: [PlatformService: JSONValue]

    /// Why an answer is not a status.
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    public init(_ document: JSONValue) throws(Malformed) {
        guard case .object = document else { throw Malformed(description: "the document is \(document.typeName)") }
        let version = try Self.text(document, "version")
        _ = try Self.text(document, "authorizationScheme")
        _ = try Self.text(document, "keyDeliveryMethod")
        keyGuid = try Self.optionalText(document, "keyGuid").flatMap { $0.isEmpty ? nil : $0 }
        let state = try Self.optionalText(document, "secureChannelState")
        let isEnabled = try Self.optionalFlag(document, "secureChannelEnabled")
        var problems: [String] = []
        if state == nil, isEnabled == nil {
            problems.append("Both secureChannelEnabled and secureChannelState are missing in version: \(version)")
        }
        if let state, !["disabled", "wireserver", "wireserverandimds"].contains(state.lowercased()) {
            problems.append("secureChannelState '\(state.prefix(64))' is invalid; ")
        }
        if version == "2.0" {
            if isEnabled == nil { problems.append("secureChannelEnabled is missing in version: 2.0") }
            channel = .second(isEnabled: isEnabled ?? false)
        } else {
            if state == nil { problems.append("secureChannelState is missing in version: \(version.prefix(16))") }
            channel = .first(state: state?.lowercased() ?? "disabled")
        }
        guard problems.isEmpty else {
            throw Malformed(description: "Key error: Key status validation failed with the error: \(problems.joined(separator: " "))")
        }
        var rules: [PlatformService: JSONValue] = [:]
        if case .object? = document["authorizationRules"] {
            for service in [PlatformService.wireServer, .imds] {
                guard let item = document["authorizationRules"]?[service.rawValue], item != .null else { continue }
                rules[service] = item
                if service == .wireServer { rules[.hostGAPlugin] = item }
            }
        }
        self.rules = rules
    }

    // MARK: What follows from it

    /// The state in the wording of Azure's own agent, with two blanks before IMDS.
    public var stateText: String {
        switch channel {
        case .first(let state): state
        case .second(let isEnabled):
            isEnabled && !rules.isEmpty ? "WireServer \(mode(.wireServer)) -  IMDS \(mode(.imds)) - HostGA \(mode(.hostGAPlugin))" : "disabled"
        }
    }

    public var isDisabled: Bool { stateText == "disabled" }

    /// The services whose connections are redirected to the agent.
    public var redirected: Set<PlatformService> {
        guard !isDisabled else { return [] }
        switch channel {
        // A state that names only WireServer means that IMDS is audited, not enforced.
        case .first: return Set(PlatformService.allCases)
        case .second: return Set(PlatformService.allCases.filter { mode($0) != "Disabled" })
        }
    }

    /// `Enforce`, `Audit` or `Disabled`.
    public func mode(_ service: PlatformService) -> String {
        guard case .string(let text)? = rules[service]?["mode"] else { return "Disabled" }
        return ["enforce": "Enforce", "audit": "Audit"][text.lowercased()] ?? "Disabled"
    }

    public func ruleID(_ service: PlatformService) -> String {
        guard case .string(let text)? = rules[service]?["id"] else { return "" }
        return text
    }

    private static func text(_ document: JSONValue, _ name: String) throws(Malformed) -> String {
        guard let text = try optionalText(document, name) else { throw Malformed(description: "missing field `\(name)`") }
        return text
    }

    private static func optionalText(_ document: JSONValue, _ name: String) throws(Malformed) -> String? {
        switch document[name] {
        case nil, .null: return nil
        case .string(let text): return text
        case .some(let other): throw Malformed(description: "`\(name)` is \(other.typeName) instead of a string")
        }
    }

    private static func optionalFlag(_ document: JSONValue, _ name: String) throws(Malformed) -> Bool? {
        switch document[name] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        case .some(let other): throw Malformed(description: "`\(name)` is \(other.typeName) instead of a boolean")
        }
    }
}
