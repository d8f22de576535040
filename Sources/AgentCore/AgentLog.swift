internal import Glibc
internal import Synchronization
public import SystemPackage

/// A log of the agent's: lines on standard output (standard error for errors and warnings) and in a file, which is rolled.
public final class AgentLog: Sendable {
    /// In bytes; then the file is rolled.
    static let largestFile = 10 << 20
    /// How many rolled files are kept beside the current one.
    static let rolledFiles = 4
    /// A longer line is cut, in bytes.
    static let longestLine = 64 << 10

    private struct File {
        var descriptor: FileDescriptor
        var size: Int
    }

    private let path: FilePath?
    private let fileLevel: LogLevel
    private let systemLevel: LogLevel?
    private let file = Mutex<File?>(nil)

    /// - Parameters:
    ///   - folder: Where the file goes; nil for none. One that cannot be made is said on standard error.
    ///   - name: The file's, without `.log`.
    ///   - systemLevel: What goes to standard output as well; nil for nothing.
    public init(folder: FilePath?, name: String = "ProxyAgent", fileLevel: LogLevel = .info, systemLevel: LogLevel? = .info) {
        self.path = folder?.appending("\(name).log")
        self.fileLevel = fileLevel
        self.systemLevel = systemLevel
        guard let folder, let path else { return }
        do {
            try BoundedFile.makeFolder(folder)
            file.withLock { $0 = Self.open(path) }
        } catch {
            log(.warn, "Failed to create the log folder '\(folder)': \(error); logging to standard output only")
        }
    }

    /// Whether a line of that level goes anywhere.
    func writes(_ level: LogLevel) -> Bool { level <= fileLevel && path != nil || systemLevel.map { level <= $0 } == true }

    public func log(_ level: LogLevel, _ message: String) {
        let header = "\(WallClock.now.timestamp) [\(level.name.uppercased())]"
        let padding = String(repeating: " ", count: max(0, 34 - header.utf8.count))
        var line = Array("\(header)\(padding)\(message)".utf8.prefix(Self.longestLine))
        line.append(0x0a)
        if let systemLevel, level <= systemLevel {
            let stream: FileDescriptor = level <= .warn ? .standardError : .standardOutput
            // Whoever read it may be gone; the agent goes on.
            _ = try? stream.writeAll(line)
        }
        guard let path, level <= fileLevel else { return }
        file.withLock { file in
            if let size = file?.size, size + line.count > Self.largestFile {
                try? file?.descriptor.close()
                Self.roll(path)
                file = Self.open(path)
            }
            guard let descriptor = file?.descriptor, (try? descriptor.writeAll(line)) != nil else { return }
            file?.size += line.count
        }
    }

    private static func open(_ path: FilePath) -> File? {
        let permissions = FilePermissions(rawValue: 0o640)
        guard
            let descriptor = try? FileDescriptor.open(
                path, .writeOnly, options: [.create, .append, .closeOnExec, .noFollow], permissions: permissions)
        else { return nil }
        let size = (try? descriptor.seek(offset: 0, from: .end)) ?? 0
        return File(descriptor: descriptor, size: Int(size))
    }

    /// Named as Azure's own agent names them, so that names sort by time; the oldest go.
    private static func roll(_ path: FilePath) {
        let folder = path.removingLastComponent()
        guard let stem = path.stem else { return }
        let stamp = String(WallClock.now.timestamp.map { $0 == ":" ? "." : $0 })
        _ = path.withPlatformString { old in
            folder.appending("\(stem).\(stamp)-\(WallClock.nanoseconds).log").withPlatformString { Glibc.rename(old, $0) }
        }
        let rolled = BoundedFile.names(in: folder).filter { $0.hasPrefix("\(stem).2") && $0.hasSuffix(".log") }.sorted()
        for name in rolled.dropLast(rolledFiles) { _ = folder.appending(name).withPlatformString { unlink($0) } }
    }
}
