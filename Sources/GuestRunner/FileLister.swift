import CGuestSystem
import GuestProtocol

/// Describes what lies below a path, without following links.
enum FileLister {
    static func list(_ path: String) -> FileListing {
        var entries: [FileListing.Entry] = []
        var waiting = [path]
        while let place = waiting.popLast(), entries.count < FileListing.maximumEntries {
            var (mode, user, group): (UInt32, UInt32, UInt32) = (0, 0, 0)
            var size: UInt64 = 0
            guard gs_describe(place, &mode, &user, &group, &size) == 0 else { continue }
            let entry = FileListing.Entry(path: place, mode: mode, user: user, group: group, size: size)
            entries.append(entry)
            if entry.isFolder { waiting += SmallFile.names(in: place).reversed().map { "\(place)/\($0)" } }
        }
        return FileListing(path: path, entries: entries)
    }
}
