internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The names of users and their groups, read directly from `/etc/passwd` and `/etc/group`, because a static program cannot load libc's name
/// services. A changed file is read again.
public final class UserDatabase: Sendable {
    struct User: Hashable, Sendable {
        let name: String
        let groups: [String]
    }

    private struct State {
        var stamps: [[Int]?] = []
        var users: [UInt32: User] = [:]
    }

    static let largestFile = 4 << 20

    private let passwd: FilePath
    private let group: FilePath
    private let state = Mutex(State())

    init(passwd: FilePath = "/etc/passwd", group: FilePath = "/etc/group") {
        self.passwd = passwd
        self.group = group
    }

    /// Nil for an id that no user has.
    func user(_ id: UInt32) -> User? {
        let stamps = [passwd, group].map { (path) in (try? BoundedFile.signature(of: path)) ?? nil }
        return state.withLock { state in
            if state.stamps != stamps { state = State(stamps: stamps, users: read()) }
            return state.users[id]
        }
    }

    private func read() -> [UInt32: User] {
        var groupNames: [UInt32: String] = [:]
        var memberships: [String: [String]] = [:]
        for fields in lines(of: group) where fields.count >= 4 {
            if let id = UInt32(fields[2]), groupNames[id] == nil { groupNames[id] = fields[0] }
            for member in fields[3].split(separator: ",") { memberships[String(member), default: []].append(fields[0]) }
        }
        var users: [UInt32: User] = [:]
        for fields in lines(of: passwd) where fields.count >= 4 {
            guard let id = UInt32(fields[2]), users[id] == nil else { continue }
            let primary = UInt32(fields[3]).flatMap { groupNames[$0] }
            var groups = primary.map { [$0] } ?? []
            groups += (memberships[fields[0]] ?? []).filter { !groups.contains($0) }
            users[id] = User(name: fields[0], groups: groups)
        }
        return users
    }

    private func lines(of path: FilePath) -> [[String]] {
        guard let bytes = try? BoundedFile.read(path, limit: Self.largestFile) else { return [] }
        return bytes.split(separator: 0x0a).map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
