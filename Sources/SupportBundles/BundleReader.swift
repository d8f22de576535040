import Archives
import Diagnosis
import Foundation
import HostTools
public import SystemPackage

/// Opens what people send: a file, a folder, or an archive, recognised by its first bytes and not by its name. Nothing is ever unpacked onto
/// the disk, so that no name in an archive can reach anything.
public struct BundleReader: Sendable {
    private let limits: BundleLimits

    public init(limits: BundleLimits = BundleLimits()) { self.limits = limits }

    /// - Throws: `SupportBundleError`, `CancellationError`.
    public func read(_ path: FilePath) async throws -> BundleContents {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw SupportBundleError(errno == ENOENT ? .notFound : .unreadable, path, "\(Errno(rawValue: errno))") }
        if status.st_mode & S_IFMT == S_IFDIR { return try folder(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SupportBundleError(.unreadable, path, "it is neither a file nor a folder") }
        let name = path.lastComponent?.string ?? path.string
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            defer { try? descriptor.close() }
            return try await contents(of: descriptor, name: name, path: path)
        } catch let error as Errno {
            throw SupportBundleError(.unreadable, path, "\(error)")
        }
    }

    /// Standard input, which is an archive or text.
    public func readStandardInput() async throws -> BundleContents {
        try await contents(of: .standardInput, name: "standard input", path: "-")
    }

    private static let piece = 1 << 20

    /// What an archive holds, or the one file that it is. The first bytes tell which.
    private func contents(of descriptor: FileDescriptor, name: String, path: FilePath) async throws -> BundleContents {
        let head = try read(descriptor, limit: Self.piece, path: path)
        var contents = BundleContents(limits: limits)
        let form = Compression(head)
        if form == .zip {
            let bytes = try whole(descriptor, head, path)
            try checked(path) { () throws(ArchiveError) in try zip(bytes, &contents) }
        } else if let tool = form?.tool {
            let intake = FormIntake(name, place: .unpacked)
            try await unpack(descriptor, head, with: tool, into: intake, path, &contents)
        } else {
            let intake = FormIntake(name, place: .alone)
            try take(descriptor, head: head, into: intake, limit: limits.plain, path: path, &contents)
        }
        return contents
    }

    /// Has an intake take a file piece by piece.
    /// - Returns: How long the file is.
    @discardableResult
    private func take(
        _ descriptor: FileDescriptor, head: [UInt8], into intake: some Intake, limit: Int, path: FilePath, _ contents: inout BundleContents
    ) throws -> Int {
        var size = head.count
        var next = head
        while !next.isEmpty {
            guard size < limit else { throw SupportBundleError(.tooLarge, path, "more than \(limit) bytes") }
            try checked(path) { () throws(ArchiveError) in try intake.add(next[...], to: &contents) }
            next = next.count < Self.piece ? [] : try read(descriptor, limit: Self.piece, path: path)
            size += next.count
        }
        try checked(path) { () throws(ArchiveError) in try intake.finish(&contents) }
        return size
    }

    /// The machine's own program unpacks. It reads the file itself, or receives what came through a pipe.
    private func unpack(
        _ descriptor: FileDescriptor, _ head: [UInt8], with tool: (program: HostTool, arguments: [String]), into intake: some Intake, _ path: FilePath,
        _ contents: inout BundleContents
    ) async throws {
        let isPipe = (try? descriptor.seek(offset: 0, from: .start)) == nil
        let input = isPipe ? ToolInput.bytes(try whole(descriptor, head, path)) : .file(descriptor)
        do {
            try await ToolLauncher().stream(tool.program, tool.arguments, input: input) { piece in
                try checked(path) { () throws(ArchiveError) in
                    try contents.count(unpacked: piece.count)
                    try intake.add(piece, to: &contents)
                }
            }
            try checked(path) { () throws(ArchiveError) in try intake.finish(&contents) }
        } catch let error as HostToolError {
            guard error.code == .missing else { throw SupportBundleError(.malformed, path, error.description) }
            throw SupportBundleError(.toolMissing, path, tool.program.name)
        }
    }

    private func zip(_ bytes: [UInt8], _ contents: inout BundleContents) throws(ArchiveError) {
        let archive = try ZipArchive(bytes, mostEntries: limits.members)
        for entry in archive.entries where !entry.isFolder {
            let intake = FormIntake(entry.name, place: .member)
            do throws(ArchiveError) {
                try archive.read(entry, limit: contents.left) { (piece) throws(ArchiveError) in
                    try contents.count(unpacked: piece.count)
                    try intake.add(piece, to: &contents)
                }
                try intake.finish(&contents)
            } catch {
                guard case .malformed(let reason) = error else { throw error }
                contents.warn("\(String(entry.name.prefix(200)).debugDescription) cannot be unpacked: \(reason)")
            }
        }
    }

    private func checked(_ path: FilePath, _ body: () throws(ArchiveError) -> Void) throws {
        do throws(ArchiveError) { try body() } catch {
            switch error {
            case .malformed(let reason): throw SupportBundleError(.malformed, path, reason)
            case .tooLarge(let reason): throw SupportBundleError(.tooLarge, path, reason)
            }
        }
    }

    // MARK: - Folders

    private func folder(_ path: FilePath) throws -> BundleContents {
        let cells = path.appending("cells")
        if FileManager.default.fileExists(atPath: path.appending("run.json").string),
            let names = try? FileManager.default.contentsOfDirectory(atPath: cells.string)
        {
            throw SupportBundleError(.isRun, path, "\(names.count)")
        }
        var contents = BundleContents(limits: limits)
        var left = limits.plain
        try walk(path, prefix: "", depth: 0, left: &left, &contents)
        return contents
    }

    /// In the names' order. Links are not followed: they lead anywhere.
    private func walk(_ path: FilePath, prefix: String, depth: Int, left: inout Int, _ contents: inout BundleContents) throws {
        guard depth <= limits.depth else { return contents.warn("\(prefix.debugDescription) is nested too deeply to be looked at") }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path.string).sorted() } catch {
            if depth == 0 { throw SupportBundleError(.unreadable, path, "\(error.localizedDescription)") }
            return contents.warn("\(prefix.debugDescription) cannot be read")
        }
        for name in names {
            let file = path.appending(name)
            var status = stat()
            guard lstat(file.string, &status) == 0 else { continue }
            // Earlier attempts of a cell failed through the harness's fault.
            if status.st_mode & S_IFMT == S_IFDIR, !name.hasPrefix("attempt-") {
                try walk(file, prefix: prefix + name + "/", depth: depth + 1, left: &left, &contents)
            }
            guard status.st_mode & S_IFMT == S_IFREG else { continue }
            guard contents.files.count < limits.members else { throw SupportBundleError(.tooLarge, path, "more than \(limits.members) files") }
            do {
                let descriptor = try FileDescriptor.open(file, .readOnly, options: [.closeOnExec, .nonBlocking])
                defer { try? descriptor.close() }
                let head = try read(descriptor, limit: Self.piece, path: file)
                left -= try take(descriptor, head: head, into: FormIntake(prefix + name, place: .member), limit: left, path: file, &contents)
            } catch is Errno {
                contents.warn("\((prefix + name).debugDescription) cannot be read")
            }
        }
    }

    // MARK: - Bytes

    /// A file that has to be in memory as a whole.
    private func whole(_ descriptor: FileDescriptor, _ head: [UInt8], _ path: FilePath) throws -> [UInt8] {
        let rest = head.count < Self.piece ? [] : try read(descriptor, limit: limits.packed + 1 - head.count, path: path)
        guard head.count + rest.count <= limits.packed else { throw SupportBundleError(.tooLarge, path, "more than \(limits.packed) bytes") }
        return head + rest
    }

    private func read(_ descriptor: FileDescriptor, limit: Int, path: FilePath) throws -> [UInt8] {
        var out: [UInt8] = []
        while out.count < limit {
            do {
                let most = min(Self.piece, limit - out.count)
                let next = try [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
                    count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if next.isEmpty { break }
                if out.isEmpty { out = next } else { out += next }
            } catch let error as Errno {
                throw SupportBundleError(.unreadable, path, "\(error)")
            }
        }
        return out
    }
}
