import Archives
import Diagnosis
import Foundation
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

    /// An archive is read whole, and a text piece by piece. The first bytes tell which it is.
    private func contents(of descriptor: FileDescriptor, name: String, path: FilePath) async throws -> BundleContents {
        let head = try read(descriptor, limit: Self.piece, path: path)
        guard Compression(head) == nil, !Self.isTar(head) else {
            let rest = head.count < Self.piece ? [] : try read(descriptor, limit: limits.archive + 1 - head.count, path: path)
            guard head.count + rest.count <= limits.archive else { throw SupportBundleError(.tooLarge, path, "more than \(limits.archive) bytes") }
            return try await contents(of: head + rest, name: name, path: path)
        }
        var contents = BundleContents(limits: limits)
        let size = try add(descriptor, head: head, name: name, limit: limits.plain, path: path, &contents)
        guard size < limits.plain else { throw SupportBundleError(.tooLarge, path, "more than \(limits.plain) bytes") }
        return contents
    }

    private static let piece = 1 << 20

    private static func isTar(_ bytes: [UInt8]) -> Bool { bytes.count > 262 && bytes[257...].starts(with: "ustar".utf8) }

    /// - Returns: How long the text is.
    private func add(_ descriptor: FileDescriptor, head: [UInt8], name: String, limit: Int, path: FilePath, _ contents: inout BundleContents) throws -> Int {
        guard let name = contents.accepted(name) else { return head.count }
        var text = BundleText(limit: limits.file)
        text.add(head)
        var size = head.count
        while size >= Self.piece, size < limit {
            let next = try read(descriptor, limit: Self.piece, path: path)
            if next.isEmpty { break }
            text.add(next)
            size += next.count
        }
        contents.append(name, text)
        return size
    }

    /// What an archive holds, or the one file that bytes are.
    private func contents(of bytes: [UInt8], name: String, path: FilePath) async throws -> BundleContents {
        var contents = BundleContents(limits: limits)
        do throws(ArchiveError) {
            switch Compression(bytes) {
            case .gzip: try unpacked(try Inflate.gunzip(bytes, limit: limits.archive), name, &contents)
            case .zip: try zip(bytes, &contents)
            case .xz, .zstd: break
            case nil: try unpacked(bytes, name, &contents)
            }
        } catch {
            throw SupportBundleError(error, path)
        }
        guard let tool = Compression(bytes)?.tool else { return contents }
        let plain = try await tool.unpack(bytes, limit: limits.archive, path: path)
        do throws(ArchiveError) { try unpacked(plain, name, &contents) } catch { throw SupportBundleError(error, path) }
        return contents
    }

    /// A tar archive's members, or a file that was compressed alone.
    private func unpacked(_ bytes: [UInt8], _ name: String, _ contents: inout BundleContents) throws(ArchiveError) {
        guard Self.isTar(bytes) else {
            let plain = [".gz", ".xz", ".zst"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
            return contents.add(plain, bytes)
        }
        var stream = TarStream(bytes, limit: limits.archive)
        var count = 0
        while true {
            let entry: TarEntry?
            do throws(ArchiveError) { entry = try stream.next() } catch {
                // The members before the damage are still usable.
                guard case .malformed(let reason) = error, count > 0 else { throw error }
                return contents.warn("the bundle is damaged (\(reason)); what comes before is considered")
            }
            guard let entry else { return }
            count += 1
            guard count <= limits.members else { throw .tooLarge("more than \(limits.members) members") }
            if entry.kind == .file { try member(entry.name, Array(bytes[entry.content]), &contents) }
        }
    }

    private func zip(_ bytes: [UInt8], _ contents: inout BundleContents) throws(ArchiveError) {
        let archive = try ZipArchive(bytes, mostEntries: limits.members)
        var left = limits.archive
        for entry in archive.entries where !entry.isFolder {
            do throws(ArchiveError) {
                let content = try archive.content(of: entry, limit: left)
                left -= content.count
                try member(entry.name, content, &contents)
            } catch {
                guard case .malformed(let reason) = error else { throw error }
                contents.warn("\(String(entry.name.prefix(200)).debugDescription) cannot be unpacked: \(reason)")
            }
        }
    }

    /// Rotated logs are compressed within their bundle.
    private func member(_ name: String, _ bytes: [UInt8], _ contents: inout BundleContents) throws(ArchiveError) {
        guard Compression(bytes) == .gzip, name.hasSuffix(".gz") else { return contents.add(name, bytes) }
        contents.add(String(name.dropLast(3)), try Inflate.gunzip(bytes, limit: limits.archive / 8))
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
        var left = limits.archive
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
                left -= try add(file, name: prefix + name, limit: min(limits.archive, left), &contents)
            } catch is Errno {
                contents.warn("\((prefix + name).debugDescription) cannot be read")
            }
        }
    }

    /// One file of a folder. Rotated logs are compressed.
    /// - Returns: How many bytes were read.
    private func add(_ file: FilePath, name: String, limit: Int, _ contents: inout BundleContents) throws -> Int {
        let descriptor = try FileDescriptor.open(file, .readOnly, options: [.closeOnExec, .nonBlocking])
        defer { try? descriptor.close() }
        let head = try read(descriptor, limit: min(limit, Self.piece), path: file)
        guard Compression(head) == .gzip, name.hasSuffix(".gz") else { return try add(descriptor, head: head, name: name, limit: limit, path: file, &contents) }
        let bytes = head + (try read(descriptor, limit: limit - head.count, path: file))
        do throws(ArchiveError) { try member(name, bytes, &contents) } catch { throw SupportBundleError(error, file) }
        return bytes.count
    }

    // MARK: - Bytes

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

extension SupportBundleError {
    fileprivate init(_ error: ArchiveError, _ path: FilePath) {
        switch error {
        case .malformed(let reason): self.init(.malformed, path, reason)
        case .tooLarge(let reason): self.init(.tooLarge, path, reason)
        }
    }
}
