internal import CAgentABI
internal import CLibBPF

/// The maps of `bpf/redirect.bpf.h`.
final class NativeMaps: RedirectionMaps {
    let abiName = "native"
    private let object: BPFObject
    private let policy, config, audit, counts: BPFObject.Map

    init(object: BPFObject) throws(RedirectorError) {
        self.object = object
        let endpoint = MemoryLayout<gpa_endpoint>.size
        policy = try object.map("gpa_policy", keySize: endpoint, valueSize: endpoint)
        config = try object.map("gpa_config", keySize: 4, valueSize: MemoryLayout<gpa_config>.size)
        audit = try object.map(
            "gpa_audit", keySize: MemoryLayout<gpa_audit_key>.size, valueSize: MemoryLayout<gpa_record>.size)
        counts = try object.map("gpa_counters", keySize: 4, valueSize: 8)
    }

    func introduce(processID: UInt32) throws(RedirectorError) {
        var value = gpa_config()
        value.agent_tgid = processID
        try BPFMapAccess.update(config, key: UInt32(0), value: value, action: "introduce pid: \(processID)")
    }

    func skip(processID: UInt32) throws(RedirectorError) {
        // The kernel side has written the agent's network namespace into it.
        var value = gpa_config()
        guard BPFMapAccess.lookUp(config, key: UInt32(0), into: &value), value.netns_cookie != 0 else {
            throw .selfCheck("the network namespace of the agent was not learnt from its own connection")
        }
        value.agent_tgid = processID
        value.skip_agent = 1
        try BPFMapAccess.update(config, key: UInt32(0), value: value, action: "insert pid: \(processID)")
    }

    func redirect(_ destination: Endpoint, to target: Endpoint) throws(RedirectorError) {
        try BPFMapAccess.update(
            policy, key: Self.encoded(destination), value: Self.encoded(target), action: "insert \(destination)")
    }

    func stopRedirecting(_ destination: Endpoint) throws(RedirectorError) {
        try BPFMapAccess.delete(policy, key: Self.encoded(destination), action: "delete \(destination)")
    }

    func consume(source: Endpoint) -> AuditEntry? {
        let key = gpa_audit_key(address: source.address.networkOrder, port: UInt32(source.port))
        var record = gpa_record()
        guard BPFMapAccess.lookUp(audit, key: key, into: &record) else { return nil }
        // An entry that was evicted in the meantime is gone too.
        try? BPFMapAccess.delete(audit, key: key, action: "delete \(source)")
        return Self.entry(record)
    }

    func counters() -> [RedirectionCounter: UInt64] {
        let processors = Int(libbpf_num_possible_cpus())
        guard processors > 0 else { return [:] }
        var result: [RedirectionCounter: UInt64] = [:]
        var values = [UInt64](repeating: 0, count: processors)
        for counter in RedirectionCounter.allCases {
            var key = UInt32(counter.rawValue)
            let found = values.withUnsafeMutableBytes { bpf_map_lookup_elem(counts.descriptor, &key, $0.baseAddress) }
            if found == 0 { result[counter] = values.reduce(0, &+) }
        }
        return result
    }

    static func encoded(_ endpoint: Endpoint) -> gpa_endpoint {
        gpa_endpoint(address: endpoint.address.networkOrder, port: endpoint.port.bigEndian, protocol: 6)
    }

    static func entry(_ record: gpa_record) -> AuditEntry {
        AuditEntry(
            destination: Endpoint(
                address: Endpoint.Address(networkOrder: record.address), port: UInt16(bigEndian: record.port)),
            processID: record.tgid, userID: record.uid, isRoot: record.uid == 0)
    }
}
