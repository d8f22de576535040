internal import Glibc
internal import Synchronization
public import SystemPackage

/// The agent's log: lines on standard output (standard error for errors and warnings) and in `ProxyAgent.log`, which is rolled.
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
    private let systemLevel: LogLevel
    private let file = Mutex<File?>(nil)

    /// - Parameter folder: Where `ProxyAgent.log` goes; nil for no file. One that cannot be made is said on standard error.
    public init(folder: FilePath?, fileLevel: LogLevel = .info, systemLevel: LogLevel = .info) {
        self.path = folder?.appending("ProxyAgent.log")
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

    public func log(_ level: LogLevel, _ message: String) {
        let header = "\(WallClock.now.timestamp) [\(level.name.uppercased())]"
        let padding = String(repeating: " ", count: max(0, 34 - header.utf8.count))
        var line = Array("\(header)\(padding)\(message)".utf8.prefix(Self.longestLine))
        line.append(0x0a)
        if level <= systemLevel {
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

    private static func roll(_ path: FilePath) {
        func rolled(_ index: Int) -> FilePath { FilePath("\(path).\(index)") }
        for index in stride(from: rolledFiles, to: 0, by: -1) {
            let source = index == 1 ? path : rolled(index - 1)
            // The oldest is overwritten; a gap in the row is nothing to do.
            _ = source.withPlatformString { old in rolled(index).withPlatformString { new in Glibc.rename(old, new) } }
        }
    }
}
