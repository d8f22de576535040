import Archives
import Diagnosis
import Foundation
public import SystemPackage

/// Opens what people send: a file, a folder, or an archive, told by its first bytes and not by its name. Nothing is ever unpacked onto
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
        guard status.st_size <= limits.archive else { throw SupportBundleError(.tooLarge, path, "\(status.st_size) bytes") }
        return try await contents(of: try bytes(of: path, limit: limits.archive), name: name, path: path)
    }

    /// Standard input, which is an archive or text.
    public func readStandardInput() async throws -> BundleContents {
        let path = FilePath("-")
        let bytes = try read(.standardInput, limit: limits.archive, path: path)
        guard bytes.count < limits.archive else { throw SupportBundleError(.tooLarge, path, "more than \(limits.archive) bytes") }
        return try await contents(of: bytes, name: "standard input", path: path)
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
        guard bytes.count > 262, bytes[257...].starts(with: Array("ustar".utf8)) else {
            let plain = [".gz", ".xz", ".zst"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
            return contents.add(plain, bytes)
        }
        var stream = TarStream(bytes, limit: limits.archive)
        var count = 0
        while true {
            let entry: TarEntry?
            do throws(ArchiveError) { entry = try stream.next() } catch {
                // What came before the break is as good as ever.
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
            guard let bytes = try? bytes(of: file, limit: min(limits.archive, left)) else {
                contents.warn("\((prefix + name).debugDescription) cannot be read")
                continue
            }
            left -= bytes.count
            do throws(ArchiveError) { try member(prefix + name, bytes, &contents) } catch { throw SupportBundleError(error, file) }
        }
    }

    // MARK: - Bytes

    private func bytes(of path: FilePath, limit: Int) throws -> [UInt8] {
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            return try descriptor.closeAfter { try read(descriptor, limit: limit, path: path) }
        } catch let error as Errno {
            throw SupportBundleError(.unreadable, path, "\(error)")
        }
    }

    private func read(_ descriptor: FileDescriptor, limit: Int, path: FilePath) throws -> [UInt8] {
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while out.count < limit {
            do {
                let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { break }
                out += buffer.prefix(min(count, limit - out.count))
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
