import SystemPackage

/// What `/proc` says of a process's user and groups, beyond what a correct agent asks for.
struct ProcessIdentity {
    let effectiveUser: UInt32
    let supplementaryGroups: [UInt32]

    /// Nil for a process that has exited.
    init?(_ process: UInt32) {
        guard let status = Self.text("/proc/\(process)/status") else { return nil }
        // Real, effective, saved and file system user (proc_pid_status(5)).
        guard let users = Self.numbers(of: "Uid:", in: status), users.count == 4 else { return nil }
        effectiveUser = users[1]
        supplementaryGroups = Self.numbers(of: "Groups:", in: status) ?? []
    }

    /// A user's id as the process's own user namespace sees it; nil where that namespace has none for it.
    static func userInOwnNamespace(of process: UInt32, _ user: UInt32) -> UInt32? {
        guard let map = text("/proc/\(process)/uid_map") else { return nil }
        // First id inside, first id outside, count (user_namespaces(7)).
        for line in map.split(separator: "\n") {
            let fields = line.split(separator: " ").compactMap { UInt32($0) }
            if fields.count == 3, user >= fields[1], user - fields[1] < fields[2] { return fields[0] + (user - fields[1]) }
        }
        return nil
    }

    private static func numbers(of name: String, in status: String) -> [UInt32]? {
        status.split(separator: "\n").first { $0.hasPrefix(name) }?.dropFirst(name.count).split { $0 == " " || $0 == "\t" }.compactMap { UInt32($0) }
    }

    private static func text(_ path: String) -> String? {
        (try? SmallFile.bytes(of: FilePath(path))).map { String(decoding: $0, as: UTF8.self) }
    }
}
