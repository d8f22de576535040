internal import CAgentABI

/// The maps of Azure's own agent.
final class UpstreamMaps: RedirectionMaps {
    let abiName = "upstream"
    private let object: BPFObject
    private let skipped, policy, audit: BPFObject.Map

    init(object: BPFObject) throws(RedirectorError) {
        self.object = object
        let destination = MemoryLayout<upstream_destination>.size
        skipped = try object.map("skip_process_map", keySize: 4, valueSize: 4)
        policy = try object.map("policy_map", keySize: destination, valueSize: destination)
        audit = try object.map(
            "audit_map", keySize: MemoryLayout<upstream_audit_key>.size, valueSize: MemoryLayout<upstream_audit_event>.size)
    }

    /// That program needs no information beforehand.
    func introduce(processID: UInt32) {}

    func skip(processID: UInt32) throws(RedirectorError) {
        try BPFMapAccess.update(skipped, key: processID, value: processID, action: "insert pid: \(processID)")
    }

    func redirect(_ destination: Endpoint, to target: Endpoint) throws(RedirectorError) {
        try BPFMapAccess.update(
            policy, key: Self.encoded(destination), value: Self.encoded(target), action: "insert \(destination)")
    }

    func stopRedirecting(_ destination: Endpoint) throws(RedirectorError) {
        try BPFMapAccess.delete(policy, key: Self.encoded(destination), action: "delete \(destination)")
    }

    func consume(source: Endpoint) -> AuditEntry? {
        let key = upstream_audit_key(protocol: 6, source_port: UInt32(source.port))
        var event = upstream_audit_event()
        guard BPFMapAccess.lookUp(audit, key: key, into: &event) else { return nil }
        try? BPFMapAccess.delete(audit, key: key, action: "delete \(source)")
        return Self.entry(event)
    }

    /// That program has no counters.
    func counters() -> [RedirectionCounter: UInt64] { [:] }

    static func encoded(_ endpoint: Endpoint) -> upstream_destination {
        var result = upstream_destination()
        withUnsafeMutableBytes(of: &result.address) { $0.copyBytes(from: endpoint.address.octets) }
        result.port = UInt32(endpoint.port.bigEndian)
        result.protocol = 6
        return result
    }

    static func entry(_ event: upstream_audit_event) -> AuditEntry {
        AuditEntry(
            destination: Endpoint(
                address: Endpoint.Address(networkOrder: event.address),
                port: UInt16(bigEndian: UInt16(truncatingIfNeeded: event.port))),
            processID: event.process_id, userID: event.logon_id, isRoot: event.is_root == 1)
    }
}
