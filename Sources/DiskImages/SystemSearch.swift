import MatrixModel
import SystemPackage

/// Searches a disk for the root of an installed system and for its newest kernel.
struct SystemSearch {
    /// The folder of the disk, and the disk's name there.
    let folder: FilePath
    let disk: String
    let tools: ImageTools

    struct Found {
        let root: Volume
        let reader: any VolumeReader
        /// Whether the volume is /usr only, as in Flatcar.
        let isUsr: Bool
        let firmware: FirmwareKind
        /// The newest kernel, or why there is none.
        let kernel: Result<Kernel, DiskImageError>
    }

    struct Kernel {
        let release: String
        /// The volume with the kernel's image.
        let reader: any VolumeReader
        let path: String
        /// Its modules' folder on the root; nil when there is none.
        let modules: String?
    }

    /// - Throws: `DiskImageError` (`noRoot`, `damaged`, `toolMissing`), `CancellationError`.
    func find() async throws -> Found {
        let file = try DiskFile(folder.appending(disk))
        let table = try await PartitionTable.read(file, tools: tools)
        let volumes = try Volume.all(on: file, table: table)
        guard let (root, reader, isUsr) = try await root(among: volumes) else {
            let seen = volumes.map { "\($0.number == 0 ? "the whole disk" : "partition \($0.number)"): \($0.fileSystem.rawValue)" }
            let partitions = table.map { "\($0.partitions.count) partitions" } ?? "no partition table"
            throw DiskImageError(
                .noRoot, subject: file.path.string,
                detail:
                    "it has \(partitions)\(seen.isEmpty ? ", and no file system that is known here" : ", with \(seen.joined(separator: ", "))"); what is "
                    + "read is ext4, xfs and btrfs, and neither LVM nor encryption"
            )
        }
        let others = volumes.filter { $0 != root && $0.fileSystem != .vfat }.map(reader(of:))
        let firmwareVolumes = volumes.filter { $0.fileSystem == .vfat }.map(reader(of:))
        let kernel: Result<Kernel, DiskImageError>
        do {
            if isUsr, let slot = try await slotKernel(reader, on: firmwareVolumes) {
                kernel = .success(slot)
            } else {
                kernel = .success(try await newestKernel(reader, besides: others))
            }
        } catch let error as DiskImageError where error.code == .noKernel {
            kernel = .failure(error)
        }
        return Found(root: root, reader: reader, isUsr: isUsr, firmware: table?.firmware ?? .bios, kernel: kernel)
    }

    private func reader(of volume: Volume) -> any VolumeReader {
        switch volume.fileSystem {
        case .ext4: ExtVolume(folder: folder, disk: disk, offset: volume.offset, tools: tools)
        case .xfs, .btrfs, .vfat: GrubVolume(folder: folder, disk: disk, volume: volume, tools: tools)
        }
    }

    /// The root among the volumes. A partition with the type of a root comes first, but only a volume with a system on it is accepted.
    private func root(among volumes: [Volume]) async throws -> (Volume, any VolumeReader, isUsr: Bool)? {
        let candidates = volumes.filter { $0.fileSystem != .vfat }
        let ordered = candidates.filter { $0.type == PartitionTable.rootType } + candidates.filter { $0.type != PartitionTable.rootType }
        for volume in ordered {
            let reader = reader(of: volume)
            for place in ["/usr/lib", "/etc"] where try await reader.entries(in: place).contains(where: { $0.name == "os-release" }) {
                return (volume, reader, false)
            }
        }
        // Flatcar's root is empty before the first boot. Its system is in a separate volume for /usr.
        for volume in candidates {
            let reader = reader(of: volume)
            if try await reader.entries(in: "/lib").contains(where: { $0.name == "os-release" }) { return (volume, reader, true) }
        }
        return nil
    }

    /// Flatcar's kernel: its image is on the EFI system partition, named by the slot of /usr, and its release is that of the modules in /usr.
    private func slotKernel(_ usr: any VolumeReader, on volumes: [any VolumeReader]) async throws -> Kernel? {
        let releases = try await usr.entries(in: "/lib/modules").filter { $0.kind == .folder }.map(\.name)
        guard let release = releases.compactMap({ name in Self.version(of: name).map { (name, $0) } }).max(by: { $0.1 < $1.1 })?.0 else { return nil }
        for volume in volumes {
            for path in ["/flatcar/vmlinuz-a", "/flatcar/vmlinuz-b", "/coreos/vmlinuz-a", "/coreos/vmlinuz-b"] where try await volume.file(path) != nil {
                return Kernel(release: release, reader: volume, path: path, modules: "/lib/modules/\(release)")
            }
        }
        return nil
    }

    private func newestKernel(_ root: any VolumeReader, besides others: [any VolumeReader]) async throws -> Kernel {
        var found: [(version: KernelVersion, kernel: Kernel)] = []
        for (reader, folder) in [(root, "/boot/")] + others.map({ ($0, "/") }) {
            for entry in try await reader.entries(in: folder) where entry.kind == .file && entry.name.hasPrefix("vmlinuz-") {
                let release = String(entry.name.dropFirst("vmlinuz-".count))
                guard let version = Self.version(of: release) else { continue }
                found.append((version, Kernel(release: release, reader: reader, path: folder + entry.name, modules: try await modules(release, on: root))))
            }
        }
        // Some distributions keep the image with the modules, with at most a link in /boot.
        for folder in ["/usr/lib/modules", "/lib/modules"] where found.isEmpty {
            for entry in try await root.entries(in: folder) where entry.kind == .folder {
                let path = "\(folder)/\(entry.name)/vmlinuz"
                guard let version = Self.version(of: entry.name), try await root.file(path) != nil else { continue }
                found.append((version, Kernel(release: entry.name, reader: root, path: path, modules: "\(folder)/\(entry.name)")))
            }
        }
        // A kernel whose modules were removed is not booted any more.
        let usable = found.contains { $0.kernel.modules != nil } ? found.filter { $0.kernel.modules != nil } : found
        guard let newest = usable.max(by: { $0.version < $1.version }) else {
            throw DiskImageError(
                .noKernel, subject: disk,
                detail:
                    "looked for vmlinuz-VERSION in /boot and in boot partitions, and for vmlinuz in /lib/modules/VERSION; of UEFI's partition only "
                    + "Flatcar's kernels are read; name another with --kernel"
            )
        }
        return newest.kernel
    }

    private func modules(_ release: String, on root: any VolumeReader) async throws -> String? {
        try await root.firstFilled(["/usr/lib/modules/\(release)", "/lib/modules/\(release)"])
    }

    private static func version(of release: String) -> KernelVersion? { try? KernelVersion(parsing: release.replacing("_", with: "-")) }
}
