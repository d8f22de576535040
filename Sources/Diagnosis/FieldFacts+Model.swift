import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// What the API knows as modes (`HostEndpointSettings` of Microsoft.Compute).
    static let modes = ["Audit", "Enforce", "Disabled"]

    /// The protocol's settings in a model of the virtual machine: JSON of the CLI or of a template, Bicep, Terraform, or `az … --set` with a path.
    mutating func readModel(_ text: FieldText) {
        guard text.isComplete,
            ["proxyAgentSettings", "ProxyAgentSettings", "proxy_agent_settings", "-mode", "ImdsMode", "WireServerMode"].contains(where: {
                text.bytes.contains($0)
            })
        else { return }
        var reader = ModelReader()
        for line in text.lines where !line.text.isEmpty {
            // An error of the control plane names the property too.
            if let setting = Self.refusedMode(in: line.text) {
                note(setting, text.finding(line))
                continue
            }
            if line.text.contains("of parameter") || line.text.contains("of property") || line.text.contains("The property ")
                || line.text.contains("can only be incremented")
            {
                continue
            }
            for setting in reader.settings(in: line.text, isEnded: line.isEnded) {
                model = model ?? text.finding(line)
                note(setting, text.finding(line))
            }
        }
        for endpoint in reader.endpointsWithBoth {
            guard let row = ControlPlaneError.conflict(endpoint: endpoint), let model else { continue }
            add(ModelFault(summary: "The model gives \(endpoint) both a mode and a profile.", row: row, finding: model))
        }
    }

    /// `Error converting value "Enable" to type …. Path '….imds.mode'`, and similar: the value is the first quoted text.
    private static func refusedMode(in line: some StringProtocol) -> ModelReader.Setting? {
        guard line.contains("Error converting value") || line.contains("' of property '"), let path = line.firstRange(of: "roxyAgentSettings.") else {
            return nil
        }
        let place = line[path.upperBound...]
        guard let endpoint = ["imds", "wireServer"].first(where: { place.hasPrefix("\($0).mode") }) else { return nil }
        guard let mark = line.firstIndex(where: { $0 == "'" || $0 == "\"" }) else { return nil }
        let value = line[line.index(after: mark)...].prefix { $0.isLetter }
        return value.isEmpty ? nil : ModelReader.Setting(key: .mode, value: String(value), endpoint: endpoint)
    }

    private mutating func note(_ setting: ModelReader.Setting, _ finding: Finding) {
        guard setting.key == .mode, let row = ControlPlaneError.invalidMode(endpoint: setting.endpoint ?? "imds") else { return }
        guard !Self.modes.contains(where: { $0.lowercased() == setting.value.lowercased() }) else { return }
        let place = setting.endpoint.map { "\($0).mode" } ?? "mode"
        let slip = setting.value.lowercased() == "enable" ? " The article prints `Enable`, which is a slip for `Enforce`." : ""
        add(
            ModelFault(
                summary: "`\(Quote.line(setting.value))` is not a value of \(place); the API knows Audit, Enforce and Disabled.\(slip)", row: row,
                finding: finding))
    }

    private mutating func add(_ fault: ModelFault) {
        if modelFaults.count < 8, !modelFaults.contains(where: { $0.summary == fault.summary }) { modelFaults.append(fault) }
    }
}

/// Follows the braces of a model. Settings count within `proxyAgentSettings` only, and belong to the endpoint of the enclosing block.
struct ModelReader {
    struct Setting: Hashable {
        enum Key: Hashable { case mode, profile, other }

        let key: Key
        let value: String
        /// `imds` or `wireServer`; nil for a setting of both.
        let endpoint: String?
    }

    private var depth = 0
    private var settingsDepth: Int?
    private var endpoint: (name: String, depth: Int)?
    private var given: [String: Set<Setting.Key>] = [:]

    /// The endpoints that have a mode and a profile.
    var endpointsWithBoth: [String] { given.filter { $0.value.isSuperset(of: [.mode, .profile]) }.map(\.key).sorted() }

    private static let endpoints = ["imds": "imds", "wireserver": "wireServer", "wire_server": "wireServer"]

    /// - Parameter isEnded: Whether the line ends; the last word of one that breaks off may be half of one.
    mutating func settings(in line: String, isEnded: Bool) -> [Setting] {
        var found: [Setting] = []
        var pending: String?
        for token in Self.tokens(line, isEnded: isEnded) {
            switch token {
            case "{": open(pending)
            case "}": close()
            case ":", "=", ",", "[", "]": if token == "," { pending = nil }
            default:
                if let key = pending, Self.isKey(key), let setting = setting(key, token) {
                    found.append(setting)
                    pending = nil
                } else {
                    pending = token
                }
            }
            if token == "{" { pending = nil }
        }
        return found
    }

    private mutating func open(_ name: String?) {
        depth += 1
        let plain = (name ?? "").lowercased().filter { $0 != "_" }
        if plain.hasSuffix("proxyagentsettings"), settingsDepth == nil { settingsDepth = depth }
        if settingsDepth != nil, let found = Self.endpoints[plain] { endpoint = (found, depth) }
    }

    private mutating func close() {
        if settingsDepth == depth { settingsDepth = nil }
        if endpoint?.depth == depth { endpoint = nil }
        depth = max(0, depth - 1)
    }

    private static func isKey(_ word: String) -> Bool { key(of: word) != .other }

    /// Options of `az vm create` and of PowerShell's `Set-AzVMProxyAgentSetting`.
    private static let options = ["--imds-mode": "imds", "--wire-server-mode": "wireServer", "-imdsmode": "imds", "-wireservermode": "wireServer"]

    private static func key(of word: String) -> Setting.Key {
        if options[word.lowercased()] != nil { return .mode }
        let last = (word.split(separator: ".").last ?? "").lowercased().filter { $0 != "_" }
        return last == "mode" ? .mode : last == "invmaccesscontrolprofilereferenceid" ? .profile : .other
    }

    private mutating func setting(_ key: String, _ value: String) -> Setting? {
        let parts = key.lowercased().split(separator: ".").map(String.init)
        let isPath = parts.dropLast().contains { $0.filter { $0 != "_" } == "proxyagentsettings" }
        let option = Self.options[key.lowercased()]
        guard isPath || settingsDepth != nil || option != nil, !value.isEmpty else { return nil }
        let named = option ?? (isPath ? parts.dropLast().last.flatMap { Self.endpoints[$0] } : endpoint?.name)
        let kind = Self.key(of: key)
        if let named, value != "null" { given[named, default: []].insert(kind) }
        return value == "null" ? nil : Setting(key: kind, value: value, endpoint: named)
    }

    /// Words, quoted or not, and the signs between them.
    private static func tokens(_ line: String, isEnded: Bool) -> [String] {
        var out: [String] = []
        var word = ""
        var isQuoted = false
        for character in line.prefix(16_000) {
            if character == "\"" || character == "'" {
                if isQuoted { out.append(word) } else if !word.isEmpty { out.append(word) }
                word = ""
                isQuoted.toggle()
            } else if isQuoted {
                word.append(character)
            } else if "{}[]:=,".contains(character) || character.isWhitespace {
                if !word.isEmpty { out.append(word) }
                word = ""
                if !character.isWhitespace { out.append(String(character)) }
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty, isEnded, !isQuoted { out.append(word) }
        return out
    }
}
