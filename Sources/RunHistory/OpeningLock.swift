import Glibc
import SystemPackage

/// Lets one process at a time create and migrate a database (flock(2)): SQLite's own locks begin only where the file is in order.
enum OpeningLock {
    static func with<Value>(_ path: FilePath, _ body: () throws -> Value) throws -> Value {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path.string + ".lock"), .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw HistoryError(.unwritable, path: path, detail: "\(error)")
        }
        return try descriptor.closeAfter {
            while flock(descriptor.rawValue, LOCK_EX) != 0 {
                let error = Errno(rawValue: errno)
                if error != .interrupted { throw HistoryError(.unwritable, path: path, detail: "\(error)") }
            }
            return try body()
        }
    }
}
