internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A file of lines, readable for its owner and group only, that is moved aside when it has grown large.
final class RolledFile: Sendable {
    private struct File {
        var descriptor: FileDescriptor
        var size: Int
    }

    private let path: FilePath
    private let largest: Int
    private let kept: Int
    private let file: Mutex<File?>

    /// - Parameters:
    ///   - largest: In bytes; then the file is rolled.
    ///   - kept: How many rolled files are kept beside the current one.
    init(_ path: FilePath, largest: Int, kept: Int) {
        self.path = path
        self.largest = largest
        self.kept = kept
        file = Mutex(Self.open(path))
    }

    deinit {
        file.withLock { file in
            try? file?.descriptor.close()
            file = nil
        }
    }

    /// A line that cannot be written is lost: the agent goes on without its logs.
    func append(_ line: [UInt8]) {
        file.withLock { file in
            if let size = file?.size, size + line.count > largest {
                try? file?.descriptor.close()
                roll()
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
        // The permissions above do not apply to a file that another program left.
        fchmod(descriptor.rawValue, permissions.rawValue)
        let size = (try? descriptor.seek(offset: 0, from: .end)) ?? 0
        return File(descriptor: descriptor, size: Int(size))
    }

    private func roll() {
        func rolled(_ index: Int) -> FilePath { FilePath("\(path).\(index)") }
        for index in stride(from: kept, to: 0, by: -1) {
            let source = index == 1 ? path : rolled(index - 1)
            // The oldest is overwritten; a gap in the row is nothing to do.
            _ = source.withPlatformString { old in rolled(index).withPlatformString { new in Glibc.rename(old, new) } }
        }
    }
}
