internal import Synchronization
public import JSON
public import SystemPackage

/// The rules in force, from the platform and from local files. Decides on requests by them.
public final class CurrentRules: Authoriser, RuleSink {
    /// The inputs of a service's rules, to detect changes.
    private struct Source: Hashable {
        let remote: JSONValue
        let file: LocalRuleSource.State
        /// Whether reading succeeded. After an error the file is read again at every pass.
        var isSettled = true
    }

    private let localFolder: FilePath?
    private let snapshots: RuleSnapshots?
    private let log: AgentLog
    private let pause: UInt32
    private let rules = Mutex<[PlatformService: CompiledRules]>([:])
    /// Held while files are read. Decisions do not wait for it.
    private let sources = Mutex<[PlatformService: Source]>([:])

    /// - Parameters:
    ///   - localFolder: Where `WireServer_Rules.json` and `IMDS_Rules.json` may be.
    ///   - snapshotFolder: Where the rules in force are written whenever they change.
    ///   - pause: The pause before an invalid file is read again, in microseconds.
    public init(localFolder: FilePath?, snapshotFolder: FilePath?, log: AgentLog, pause: UInt32 = 50_000) {
        self.localFolder = localFolder
        self.pause = pause
        snapshots = snapshotFolder.map(RuleSnapshots.init)
        self.log = log
    }

    public func decision(service: PlatformService, target: @autoclosure () -> String, caller: CallerClaims) -> AuthorisationDecision {
        guard service == .imds || caller.isRoot else { return .deny }
        guard let rules = rules.withLock({ $0[service] }), rules.item.mode != .disabled else { return .allow }
        // Without privileges the target is irrelevant.
        let isAllowed = rules.grants.isEmpty ? rules.item.allowsByDefault : rules.allows(RuleTarget(target()), caller)
        if isAllowed { return .allow }
        return rules.item.mode == .audit ? .audit : .deny
    }

    public func update(remote: [PlatformService: JSONValue]) {
        sources.withLock { sources in
            let before = rules.withLock { $0 }
            var after = before
            for service in PlatformService.allCases { update(service, remote[service], &sources, &after) }
            guard after != before else { return }
            rules.withLock { $0 = after }
            do throws(Errno) {
                try snapshots?.write(inputs: remote, computed: after)
            } catch {
                log.log(.warn, "Failed to write the rules in force: \(error)")
            }
        }
    }

    private func update(
        _ service: PlatformService, _ remote: JSONValue?, _ sources: inout [PlatformService: Source], _ rules: inout [PlatformService: CompiledRules]
    ) {
        guard let remote else {
            sources[service] = nil
            rules[service] = nil
            return
        }
        let file = LocalRuleSource(service, folder: localFolder)
        var source = Source(remote: remote, file: file.state)
        let last = sources[service]
        guard last != source else { return }
        let (item, problem) = effective(remote, file, isFresh: last?.file != source.file)
        source.isSettled = problem == nil
        sources[service] = source
        let compiled = CompiledRules(item)
        guard rules[service] != compiled else { return }
        rules[service] = compiled
        if let problem { log.log(.error, "The rules for \(service.rawValue) cannot be used, so nothing passes: \(problem)") }
        for problem in compiled.problems { log.log(.warn, "Rules for \(service.rawValue): \(problem)") }
        log.log(.info, "Rules for \(service.rawValue) are now '\(item.id)', mode \(item.mode.rawValue)")
    }

    /// The item in force, and the error that prevents the intended one.
    private func effective(_ remote: JSONValue, _ file: LocalRuleSource, isFresh: Bool) -> (AuthorizationItem, String?) {
        var item: AuthorizationItem
        do { item = try AuthorizationItem(remote) } catch { return (.closed(remote), error.description) }
        // An id for a service without a local file is used unchanged.
        guard !item.id.isEmpty, file.path != nil else { return (item, nil) }
        let (logical, usesFile) = LocalRuleID.parse(item.id)
        item.id = "\(logical)-useLocalFileRules-\(usesFile)"
        guard usesFile else { return (item, nil) }
        do {
            guard let file = try file.read(isFresh: isFresh, pause: pause) else { return (item, nil) }
            if let id = file.id { item.id += "_\(id)" }
            item.allowsByDefault = file.allowsByDefault ?? item.allowsByDefault
            if let local = file.rules { item.rules = item.rules.map { $0.merged(with: local) } ?? local }
            return (item, nil)
        } catch {
            return (AuthorizationItem(id: item.id, mode: item.mode, allowsByDefault: false, rules: nil), error.description)
        }
    }
}
