internal import CLibBPF
internal import Glibc

/// The maps of one ABI, by purpose.
protocol RedirectionMaps: AuditSource {
    /// `native` or `upstream`, for the status.
    var abiName: String { get }

    /// Registers the agent's process before the programs are attached.
    func introduce(processID: UInt32) throws(RedirectorError)
    /// From now on the process's own connections are not redirected.
    func skip(processID: UInt32) throws(RedirectorError)
    func redirect(_ destination: Endpoint, to target: Endpoint) throws(RedirectorError)
    func stopRedirecting(_ destination: Endpoint) throws(RedirectorError)
    /// The kernel's own counters; empty if it keeps none.
    func counters() -> [RedirectionCounter: UInt64]
}

/// The counters of the kernel side.
enum RedirectionCounter: Int, CaseIterable {
    case redirected, published, pendingFailed, auditFailed, foreignNamespace, stale, withoutConfiguration
}

/// System calls on a map's descriptor. Keys and values are passed as their memory layout.
enum BPFMapAccess {
    static func update<Key: BitwiseCopyable, Value: BitwiseCopyable>(
        _ map: BPFObject.Map, key: Key, value: Value, action: @autoclosure () -> String
    ) throws(RedirectorError) {
        let result = withUnsafePointer(to: key) { key in
            withUnsafePointer(to: value) { bpf_map_update_elem(map.descriptor, key, $0, UInt64(BPF_ANY)) }
        }
        guard result == 0 else { throw .mapUpdate(map.name, action: action(), SystemErrorText(result)) }
    }

    /// Deletes an entry, if it exists.
    static func delete<Key: BitwiseCopyable>(_ map: BPFObject.Map, key: Key, action: @autoclosure () -> String) throws(RedirectorError) {
        let result = withUnsafePointer(to: key) { bpf_map_delete_elem(map.descriptor, $0) }
        guard result == 0 || result == -ENOENT else { throw .mapUpdate(map.name, action: action(), SystemErrorText(result)) }
    }

    static func lookUp<Key: BitwiseCopyable, Value: BitwiseCopyable>(
        _ map: BPFObject.Map, key: Key, into value: inout Value
    ) -> Bool {
        withUnsafePointer(to: key) { key in
            withUnsafeMutablePointer(to: &value) { bpf_map_lookup_elem(map.descriptor, key, $0) }
        } == 0
    }
}
