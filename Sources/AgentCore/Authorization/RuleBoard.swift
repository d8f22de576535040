internal import Synchronization
public import SystemPackage

/// The rules in force, from the platform and from local files, and the decisions by them.
public final class RuleBoard: Authoriser, RuleSink {
    private struct State {
        /// What the rules of a service were made of, to see whether anything changed.
        var sources: [PlatformService: Source] = [:]
        var rules: [PlatformService: CompiledRules] = [:]
    }

    private struct Source: Hashable {
        let remote: JSONValue
        let file: [Int]?
        /// A file that failed is read again at every pass.
        var isSettled = true
    }

    private let localFolder: FilePath?
    private let snapshots: RuleSnapshots?
    private let log: AgentLog
    private let state = Mutex(State())

    /// - Parameters:
    ///   - localFolder: Where `WireServer_Rules.json` and `IMDS_Rules.json` may be.
    ///   - snapshotFolder: Where the rules in force are written whenever they change.
    public init(localFolder: FilePath?, snapshotFolder: FilePath?, log: AgentLog) {
        self.localFolder = localFolder
        snapshots = snapshotFolder.map(RuleSnapshots.init)
        self.log = log
    }

    public func decision(service: PlatformService, target: String, caller: CallerClaims) -> AuthorisationDecision {
        guard service == .imds || caller.isRoot else { return .deny }
        guard let rules = state.withLock({ $0.rules[service] }), rules.item.mode != .disabled else { return .allow }
        // Without privileges the target says nothing.
        let isAllowed = rules.grants.isEmpty ? rules.item.allowsByDefault : rules.allows(RuleTarget(target), caller)
        if isAllowed { return .allow }
        return rules.item.mode == .audit ? .audit : .deny
    }

    public func update(remote: [PlatformService: JSONValue]) {
        let changed = state.withLock { state -> State? in
            let before = state.rules
            for service in PlatformService.allCases { Self.update(service, remote[service], localFolder, &state, log) }
            return state.rules == before ? nil : state
        }
        guard let changed else { return }
        do throws(Errno) {
            try snapshots?.write(inputs: remote, computed: changed.rules)
        } catch {
            log.log(.warn, "Failed to write the rules in force: \(error)")
        }
    }

    private static func update(_ service: PlatformService, _ remote: JSONValue?, _ folder: FilePath?, _ state: inout State, _ log: AgentLog) {
        guard let remote else {
            state.sources[service] = nil
            state.rules[service] = nil
            return
        }
        let path = service == .hostGAPlugin ? nil : folder?.appending(service == .imds ? "IMDS_Rules.json" : "WireServer_Rules.json")
        var source = Source(remote: remote, file: path.flatMap(BoundedFile.signature))
        guard state.sources[service] != source else { return }
        let (item, problem) = effective(remote, path)
        source.isSettled = problem == nil
        let rules = CompiledRules(item)
        if let problem, state.rules[service] != rules { log.log(.error, "The rules for \(service.rawValue) cannot be used, so nothing passes: \(problem)") }
        for problem in rules.problems where state.rules[service] != rules { log.log(.warn, "Rules for \(service.rawValue): \(problem)") }
        if state.rules[service] != rules { log.log(.info, "Rules for \(service.rawValue) are now '\(item.id)', mode \(item.mode.rawValue)") }
        state.sources[service] = source
        state.rules[service] = rules
    }

    /// The item in force, and what kept it from being what it should be.
    private static func effective(_ remote: JSONValue, _ path: FilePath?) -> (AuthorizationItem, String?) {
        var item: AuthorizationItem
        do { item = try AuthorizationItem(remote) } catch { return (.closed(remote), error.description) }
        // An id that says nothing of local files stands for itself.
        guard !item.id.isEmpty, let path else { return (item, nil) }
        let (logical, usesFile) = LocalRuleID.parse(item.id)
        item.id = "\(logical)-useLocalFileRules-\(usesFile)"
        guard usesFile, BoundedFile.signature(of: path) != nil else { return (item, nil) }
        do {
            let file = try LocalRuleFile(parsing: try BoundedFile.read(path, limit: LocalRuleFile.largestFile))
            if let id = file.id { item.id += "_\(id)" }
            item.allowsByDefault = file.allowsByDefault ?? item.allowsByDefault
            if let local = file.rules { item.rules = item.rules.map { $0.merged(with: local) } ?? local }
            return (item, nil)
        } catch {
            return (AuthorizationItem(id: item.id, mode: item.mode, allowsByDefault: false, rules: nil), "'\(path)': \(error)")
        }
    }
}

/// A rule id that may say whether local files count: base64 of `{"id": "...", "useLocalFileRules": true}`.
enum LocalRuleID {
    static func parse(_ text: String) -> (id: String, usesFile: Bool) {
        guard let bytes = Base64.decode(text), let document = try? JSONValue(parsing: bytes), case .string(let id)? = document["id"] else {
            return (text, false)
        }
        return (id, document["useLocalFileRules"] == .bool(true))
    }
}

/// RFC 4648 section 4.
enum Base64 {
    /// Nil for what is none.
    static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard !characters.isEmpty, characters.count % 4 == 0, characters.count <= 1 << 16 else { return nil }
        let padding = characters.suffix(2).count { $0 == UInt8(ascii: "=") }
        var bits: UInt32 = 0
        var result: [UInt8] = []
        for (index, character) in characters.enumerated() {
            let value: UInt32
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(character - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(character - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(character - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "=") where index >= characters.count - padding: value = 0
            default: return nil
            }
            bits = bits << 6 | value
            if index % 4 == 3 {
                result += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits)]
                bits = 0
            }
        }
        return Array(result.dropLast(padding))
    }
}
