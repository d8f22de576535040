import Foundation
public import SystemPackage

/// A program that a test writes and then starts.
public enum ProgramFile {
    /// F_SETLEASE of linux/fcntl.h, which Glibc declares for GNU programs only.
    private static let setLease: Int32 = 1024

    /// Writes the program, and its folder where it lacks. It can be started when this returns: a process forked meanwhile, by whatever test,
    /// holds the file open for writing until it executes its own program, and nothing that is open for writing can be executed (ETXTBSY,
    /// execve(2)). A read lease is granted when nobody holds it so any more (F_SETLEASE, fcntl(2)).
    ///
    /// - Throws: `Errno.timedOut` when somebody writes to it for ten seconds; else what writing it throws.
    public static func write(_ text: String, to path: FilePath, permissions: Int = 0o755) throws {
        try FileManager.default.createDirectory(atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path.string))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path.string)
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while fcntl(file.rawValue, setLease, F_RDLCK) != 0 {
            guard errno == EAGAIN else { throw Errno(rawValue: errno) }
            guard ContinuousClock.now < deadline else { throw Errno.timedOut }
            usleep(1000)
        }
        // A lease ends with its last descriptor; ended here, it signals nobody who opens the file next.
        _ = fcntl(file.rawValue, setLease, F_UNLCK)
    }
}
