/// The types of maps by their numbers (`enum bpf_map_type`), and since when mainline has each.
public enum BPFMapType {
    /// Nil for a number that the table does not know.
    public static func feature(number: Int) -> KernelFeature? {
        guard number > 0, number <= rows.count else { return nil }
        let row = rows[number - 1]
        return KernelFeature("\(row.name) maps", since: row.since.0, row.since.1, source: row.source)
    }

    /// The type that a line names: `BPF_MAP_TYPE_RINGBUF`, `type ringbuf`, `map type RingBuf`; nil for a line that names none.
    public static func named(in line: String) -> KernelFeature? {
        let text = line.lowercased()
        guard
            let range = text.firstRange(of: "bpf_map_type_") ?? text.firstRange(of: "map type ") ?? text.firstRange(of: "type=") ?? text.firstRange(of: "type ")
        else { return nil }
        let word = text[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let plain = word.filter { $0 != "_" }
        return rows.firstIndex { $0.name.filter { $0 != "_" } == plain }.flatMap { feature(number: $0 + 1) }
    }

    /// What programs usually call a map of one type: `rb` and `ringbuf` of libbpf's examples.
    public static func suggested(byName name: String) -> KernelFeature? {
        let plain = name.lowercased()
        return plain == "rb" || plain.contains("ringbuf") || plain.contains("ring_buf") ? feature(number: 27) : nil
    }

    /// In the order of their numbers, from 1.
    private static let rows: [(name: String, since: (Int, Int), source: String)] = [
        ("hash", (3, 19), "0f8e4bd8a1fc"), ("array", (3, 19), "28fbcfa08d8e"), ("prog_array", (4, 2), "04fd61ab36ec"),
        ("perf_event_array", (4, 3), "ea317b267e9d"),
        ("percpu_hash", (4, 6), "824bd0ce6c7c"), ("percpu_array", (4, 6), "a10423b87a7e"), ("stack_trace", (4, 6), "d5a3b1f69186"),
        ("cgroup_array", (4, 8), "4ed8ec521ed5"),
        ("lru_hash", (4, 10), "29ba732acbee"), ("lru_percpu_hash", (4, 10), "8f8449384ec3"), ("lpm_trie", (4, 11), "b95a5c4db09b"),
        ("array_of_maps", (4, 12), "56f668dfe00d"),
        ("hash_of_maps", (4, 12), "bcc6b1b7ebf8"), ("devmap", (4, 14), "546ac1ffb70d"), ("sockmap", (4, 14), "174a79ff9515"),
        ("cpumap", (4, 15), "6710e1126934"),
        ("xskmap", (4, 18), "fbfc504a24f5"), ("sockhash", (4, 18), "81110384441a"), ("cgroup_storage", (4, 19), "de9cbbaadba5"),
        ("reuseport_sockarray", (4, 19), "5dc4c4b7d4e8"),
        ("percpu_cgroup_storage", (4, 20), "b741f1630346"), ("queue", (4, 20), "f1a2e44a3aec"), ("stack", (4, 20), "f1a2e44a3aec"),
        ("sk_storage", (5, 2), "6ac99e8f23d4"),
        ("devmap_hash", (5, 4), "6f9d451ab1a3"), ("struct_ops", (5, 6), "85d33df357b6"), ("ringbuf", (5, 8), "457f44363a88"),
        ("inode_storage", (5, 10), "8ea636848aca"),
        ("task_storage", (5, 11), "4cf1bc1f1045"), ("bloom_filter", (5, 16), "9330986c0300"), ("user_ringbuf", (6, 1), "583c1f420173"),
        ("cgrp_storage", (6, 2), "c4bcfb38a95e"),
        ("arena", (6, 9), "317460317a02"),
    ]
}
