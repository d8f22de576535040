import Foundation
import SystemPackage

/// Extracts the files that a guest needs before its root is mounted: the kernel, a few modules, and the list of packages.
struct SystemExtraction {
    let folder: FilePath
    let wanted: [String]
    let tools: ImageTools

    /// In bytes. A kernel with a built-in initramfs may be large; modules are not.
    private static let largestKernel = 512 << 20
    private static let largestModule = 64 << 20
    private static let largestList = 64 << 20

    /// - Throws: `DiskImageError`, `CacheError`, `CancellationError`.
    func carryOut() async throws -> InstalledSystem.Record {
        let found = try await SystemSearch(folder: folder, disk: DiskImageStore.disk, tools: tools).find()
        try await writePackages(found.reader)
        var (release, hasModules, missing): (String?, Bool, String) = (nil, false, "")
        switch found.kernel {
        case .failure(let error): missing = error.detail
        case .success(let kernel):
            release = kernel.release
            _ = try await copy(kernel.path, of: kernel.reader, to: DiskImageStore.kernel, limit: Self.largestKernel)
            hasModules = try await copyModules(kernel, found)
        }
        let programs = try await found.reader.entries(in: found.isUsr ? "/bin" : "/usr/bin")
        return InstalledSystem.Record(
            partition: UInt32(found.root.number), fileSystem: found.root.fileSystem.rawValue, release: release, kernelIsMissing: missing,
            hasModules: hasModules,
            firmware: found.firmware, hasCloudInit: programs.contains { $0.name == "cloud-init" }, isUsr: found.isUsr)
    }

    /// - Returns: False when there is no such file.
    private func copy(_ path: String, of reader: any VolumeReader, to name: String, limit: Int) async throws -> Bool {
        guard let entry = try await reader.file(path) else { return false }
        // Checked before the copy: a file may claim to be larger than this machine's disk.
        guard entry.size <= limit else { throw DiskImageError(.tooLarge, subject: path, detail: "\(entry.size) bytes, and \(limit) are allowed") }
        try await reader.copy(path, to: name)
        return true
    }

    private func text(_ path: String, of reader: any VolumeReader) async throws -> String? {
        let name = "text"
        guard try await copy(path, of: reader, to: name, limit: Self.largestList) else { return nil }
        defer { try? FileManager.default.removeItem(atPath: folder.appending(name).string) }
        return FileManager.default.contents(atPath: folder.appending(name).string).map { String(decoding: $0, as: UTF8.self) }
    }

    private func copyModules(_ kernel: SystemSearch.Kernel, _ found: SystemSearch.Found) async throws -> Bool {
        guard let source = kernel.modules, let dependencies = try await text("\(source)/modules.dep", of: found.reader) else { return false }
        let index = ModuleIndex(dependencies: dependencies, softDependencies: try await text("\(source)/modules.softdep", of: found.reader) ?? "")
        try ImageFile.makeFolder(folder.appending(DiskImageStore.modules))
        _ = try await copy("\(source)/modules.builtin", of: found.reader, to: "\(DiskImageStore.modules)/modules.builtin", limit: Self.largestList)
        for path in index.files(for: wanted + [found.root.fileSystem.rawValue]) {
            let place = "\(DiskImageStore.modules)/\(path)"
            try ImageFile.makeFolder(folder.appending(place).removingLastComponent())
            _ = try await copy("\(source)/\(path)", of: found.reader, to: place, limit: Self.largestModule)
        }
        return true
    }

    private func writePackages(_ reader: any VolumeReader) async throws {
        var packages: [String] = []
        var name: Substring?
        for line in try await text("/var/lib/dpkg/status", of: reader)?.split(separator: "\n") ?? [] {
            if line.hasPrefix("Package: ") { name = line.dropFirst("Package: ".count) }
            if line.hasPrefix("Version: "), let name { packages.append("\(name)\t\(line.dropFirst("Version: ".count))\n") }
        }
        try ImageFile.write(Array(packages.sorted().joined().utf8), to: folder.appending(DiskImageStore.packages))
    }
}
