internal import Glibc
internal import SystemPackage

/// A log file that is rotated when it is full. Old files have upstream's names, so that collectors of upstream's logs find them.
///
/// Nothing here throws: a full disk or a missing folder loses lines, but does not stop the agent.
struct RollingFile {
    /// The pause between attempts to open the file, in milliseconds.
    static let retryPause = 1_000

    let path: FilePath
    /// In bytes.
    let largest: Int
    /// The number of files, the current one included.
    let files: Int
    private var descriptor: FileDescriptor?
    private var nextAttempt: MonotonicTime?

    init(path: FilePath, largest: Int, files: Int) {
        self.path = path
        self.largest = largest
        self.files = files
    }

    /// Opens the file, so that an error is known before the first line.
    mutating func open() throws(Errno) {
        nextAttempt = .now + Self.retryPause
        try BoundedFile.makeFolder(path.removingLastComponent())
        do {
            // Non-blocking: a pipe in place of the file may have no reader.
            let opened = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .append, .closeOnExec, .noFollow, .nonBlocking],
                permissions: FilePermissions(rawValue: 0o640))
            // A file of an earlier version may be readable by everyone.
            var status = stat()
            if fstat(opened.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG { fchmod(opened.rawValue, 0o640) }
            descriptor = opened
            nextAttempt = nil
        } catch {
            throw (error as? Errno) ?? .ioError
        }
    }

    mutating func append(_ line: [UInt8]) {
        if let size = currentSize, size > 0, size + line.count > largest {
            // A file that cannot be renamed must not grow without limit.
            guard setAside() else { return }
            close()
        }
        if descriptor == nil {
            guard nextAttempt.map({ $0 <= .now }) ?? true, (try? open()) != nil else { return }
        }
        _ = try? descriptor?.writeAll(line)
    }

    /// Nil when the file does not exist any more.
    private var currentSize: Int? {
        mutating get {
            guard let descriptor else { return nil }
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0, status.st_nlink > 0 else {
                close()
                return nil
            }
            return Int(status.st_size)
        }
    }

    private mutating func close() {
        try? descriptor?.close()
        descriptor = nil
    }

    private func setAside() -> Bool {
        let time = WallClock.now.timestamp.map { $0 == ":" ? "." : String($0) }.joined()
        let name = "\(prefix)\(time)-\(WallClock.nanoseconds).log"
        guard rename(path.string, path.removingLastComponent().appending(name).string) == 0 else { return false }
        prune()
        return true
    }

    private var prefix: String { "\(path.lastComponent?.string ?? "")." }

    /// Names begin with the time, so the first ones are the oldest.
    private func prune() {
        let folder = path.removingLastComponent()
        guard let directory = opendir(folder.string) else { return }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name.hasPrefix(prefix), name.hasSuffix(".log") { names.append(name) }
        }
        for name in names.sorted().dropLast(files - 1) { unlink(folder.appending(name).string) }
    }
}
