import JSON

internal import CLibBPF
internal import Glibc
internal import SystemPackage

/// The redirection of connections to the platform. Exists only while its programs are attached and verified by a test connection.
final class Redirection: AuditSource {
    private let object: BPFObject
    private let maps: any RedirectionMaps
    private let proxy: Endpoint
    let cgroup: FilePath
    let attachment: BPFObject.Attachment

    private init(
        object: BPFObject, maps: any RedirectionMaps, proxy: Endpoint, cgroup: FilePath, attachment: BPFObject.Attachment
    ) {
        self.object = object
        self.maps = maps
        self.proxy = proxy
        self.cgroup = cgroup
        self.attachment = attachment
    }

    /// Loads and attaches the programs, and verifies them. `redirect` selects the services later.
    static func start(object path: FilePath, cgroup: FilePath, proxy: Endpoint, log: AgentLog) throws(RedirectorError) -> Redirection {
        let result = gpa_raise_memlock()
        // Only kernels before 5.11 need it, and they report the error when a map is created.
        if result < 0 { log.log(.debug, "Cannot lift RLIMIT_MEMLOCK: \(SystemErrorText(result))") }

        let object = try BPFObject(opening: path)
        let abi = try ABI(of: object)
        try object.load()
        let maps = try abi.maps(of: object)
        let processID = UInt32(getpid())
        try maps.introduce(processID: processID)
        let attachment = try attach(object, cgroup: cgroup)
        log.log(.info, "Attached \(path) (\(maps.abiName) ABI) to cgroup '\(cgroup)' by \(attachment.rawValue)")

        try SelfCheck(maps: maps).run()
        try maps.skip(processID: processID)
        return Redirection(object: object, maps: maps, proxy: proxy, cgroup: cgroup, attachment: attachment)
    }

    func consume(source: Endpoint) -> AuditEntry? { maps.consume(source: source) }

    func redirect(_ destination: Endpoint) throws(RedirectorError) { try maps.redirect(destination, to: proxy) }

    func stopRedirecting(_ destination: Endpoint) throws(RedirectorError) { try maps.stopRedirecting(destination) }

    /// The states for `status.json`.
    var states: [JSONValue.Member] {
        let counters = maps.counters()
        var states = [
            JSONValue.Member("abi", .string(maps.abiName)),
            JSONValue.Member("attach", .string(attachment.rawValue)),
            JSONValue.Member("cgroup", .string("\(cgroup)")),
        ]
        func add(_ name: String, _ of: [RedirectionCounter]) {
            let known = of.compactMap { counters[$0] }
            if known.count == of.count { states.append(.init(name, .string(String(known.reduce(0, &+))))) }
        }
        add("auditEntriesLost", [.pendingFailed, .auditFailed, .withoutConfiguration])
        add("redirected", [.redirected])
        add("published", [.published])
        add("foreignNamespace", [.foreignNamespace])
        add("stale", [.stale])
        return states
    }

    func stop() { object.detach() }

    // MARK: Parts

    private enum ABI {
        case native, upstream

        /// Detects the ABI from the object's maps and programs, not from its name.
        init(of object: BPFObject) throws(RedirectorError) {
            let maps = Set(object.maps.map(\.name))
            let kinds = Set(object.programs.map(\.kind))
            if maps.isSuperset(of: ["gpa_policy", "gpa_audit"]) {
                guard kinds.contains(.sockOps) else { throw .noProgram("publish") }
                self = .native
            } else if maps.isSuperset(of: ["policy_map", "audit_map"]) {
                guard kinds.contains(.kprobe) else { throw .noProgram("tcp_v4_connect") }
                self = .upstream
            } else {
                throw .unknownABI(object.path, found: maps.sorted())
            }
            guard kinds.contains(.cgroupConnect) else { throw .noProgram("connect4") }
        }

        func maps(of object: BPFObject) throws(RedirectorError) -> any RedirectionMaps {
            switch self {
            case .native: try NativeMaps(object: object)
            case .upstream: try UpstreamMaps(object: object)
            }
        }
    }

    private static func attach(_ object: BPFObject, cgroup path: FilePath) throws(RedirectorError) -> BPFObject.Attachment {
        let cgroup: FileDescriptor
        do {
            cgroup = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
        } catch {
            throw .cgroupOpen(path, SystemErrorText((error as? Errno)?.rawValue ?? EIO))
        }
        defer { try? cgroup.close() }
        var attachment = BPFObject.Attachment.link
        for program in object.programs {
            switch program.kind {
            case .cgroupConnect, .sockOps:
                if try object.attach(program, cgroup: path, descriptor: cgroup) == .multi { attachment = .multi }
            // The section names tcp_v4_connect. At its entry the source port is not yet chosen; at the entry of tcp_connect it is.
            case .kprobe: try object.attachKprobe(program, symbol: "tcp_connect")
            case .other(let type):
                throw .attachFailed(program.name, call: "attach", SystemErrorText(EOPNOTSUPP), hint: "program type \(type)")
            }
        }
        return attachment
    }
}
