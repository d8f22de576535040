import HostTools
import ArtefactCache
import Foundation
import SystemPackage

/// Reads the cores and memory of this host, from the kernel and from the control groups of this process. The lowest limit counts.
struct HostReader: Sendable {
    /// Where `proc` and `sys` are.
    var root: FilePath = "/"
    /// What the scheduler lets this process use (sched_getaffinity(2)).
    var usableProcessors = UsableProcessors.count

    func read() -> HostResources {
        let groups = HostText.groups(text("proc/self/cgroup") ?? "")
        let cores =
            Self.places(groups[""] ?? "/", below: ["sys/fs/cgroup", "sys/fs/cgroup/unified"]).compactMap {
                text($0.appending("cpu.max")).flatMap(HostText.cores(cpuMax:))
            }
            + Self.places(groups["cpu"] ?? "/", below: ["sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"]).compactMap { place in
                text(place.appending("cpu.cfs_quota_us")).flatMap { quota in
                    text(place.appending("cpu.cfs_period_us")).flatMap { HostText.cores(cpuMax: "\(quota) \($0)") }
                }
            }
        let rooms =
            Self.places(groups[""] ?? "/", below: ["sys/fs/cgroup", "sys/fs/cgroup/unified"]).compactMap {
                room(in: $0, limit: "memory.max", used: "memory.current", cache: "inactive_file")
            }
            + Self.places(groups["memory"] ?? "/", below: ["sys/fs/cgroup/memory"]).compactMap {
                room(in: $0, limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes", cache: "total_inactive_file")
            }
        let available = text("proc/meminfo").flatMap(HostText.available(meminfo:))
        return HostResources(
            cores: ([usableProcessors] + cores).min() ?? 1, memory: ([available].compactMap(\.self) + rooms).min(),
            pressure: text("proc/pressure/memory").flatMap(HostText.pressure))
    }

    /// The folders of a group and its ancestors, each of which may have a limit. In a container the path may be the host's, but only the group
    /// is mounted.
    private static func places(_ group: String, below mounts: [FilePath]) -> [FilePath] {
        let names = group.split(separator: "/").filter { $0 != ".." }.map(String.init)
        return mounts.flatMap { mount in (0...names.count).map { names.prefix($0).reduce(mount) { $0.appending($1) } } }
    }

    /// The memory that a group may still use, in bytes. Inactive page cache counts as free.
    private func room(in group: FilePath, limit: String, used: String, cache: String) -> Int? {
        guard let limit = text(group.appending(limit)).flatMap(HostText.number), let used = text(group.appending(used)).flatMap(HostText.number) else {
            return nil
        }
        return max(0, limit - max(0, used - (HostText.value(cache, in: text(group.appending("memory.stat")) ?? "") ?? 0)))
    }

    private func text(_ path: FilePath) -> String? {
        FileManager.default.contents(atPath: root.pushing(path).string).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What the kernel's files say: proc_meminfo(5), cgroups(7), the kernel's cgroup-v2.rst and psi.rst.
enum HostText {
    /// `MemAvailable`, in bytes.
    static func available(meminfo: String) -> Int? { value("MemAvailable:", in: meminfo).map { $0 << 10 } }

    /// A number alone; nil for `max` and for what version 1 writes in its place.
    static func number(_ text: String) -> Int? {
        guard let number = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), number < 1 << 60 else { return nil }
        return number
    }

    /// The number after a name at the beginning of a line.
    static func value(_ name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.first.map(String.init) == name, words.count > 1 { return Int(words[1]) }
        }
        return nil
    }

    /// The whole cores of a quota (`QUOTA PERIOD`), at least one; nil without a quota.
    static func cores(cpuMax text: String) -> Int? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let quota = Int(words[0]), let period = Int(words[1]), quota > 0, period > 0 else { return nil }
        return max(1, quota / period)
    }

    /// `some avg10`, in percent.
    static func pressure(_ text: String) -> Double? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("some ") }
        return line?.split(separator: " ").first { $0.hasPrefix("avg10=") }.flatMap { Double($0.dropFirst("avg10=".count)) }
    }

    /// The group of each controller of version 1, and of version 2 under the empty name.
    static func groups(_ text: String) -> [String: String] {
        var groups: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) { groups[String(controller)] = String(parts[2]) }
        }
        return groups
    }
}
