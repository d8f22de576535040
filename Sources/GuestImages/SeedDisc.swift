public import ArtefactCache
import Foundation
import GuestProtocol
public import SystemPackage

/// What brings the runner into a distribution that boots with its own loader, from an image that others built: a disc that cloud-init's NoCloud
/// data source reads (its documentation, "NoCloud"), with the runner on it and a boot command that starts it.
///
/// The image must have cloud-init, and must not forbid that data source. Other ways were left aside: systemd reads units out of
/// credentials only since 256, and SMBIOS strings are credentials only since 252.
public struct SeedDisc: Hashable, Sendable {
    /// The static `guest-runner`.
    public let runner: FilePath

    public init(runner: FilePath) { self.runner = runner }

    /// - Throws: `GuestImageError` (`unreadable`, `toolMissing`, `noSpace`, `buildFailed`), `CacheError`, `CancellationError`.
    public func build(in cache: ArtefactCache) async throws -> FilePath {
        let documents = [("user-data", Self.userData), ("meta-data", Self.metaData), ("network-config", Self.networkConfig)]
        let key = FileContent.digest(of: ["1", try FileContent.digest(of: runner)] + documents.map(\.1))
        let folder = try await cache.entry(kind: Self.kind, key: key) { folder in
            let content = folder.appending("content")
            try FileManager.default.createDirectory(atPath: content.string, withIntermediateDirectories: true)
            for (name, text) in documents { try CacheFile.write(Array(text.utf8), to: content.appending(name)) }
            try CacheFile.write(try FileContent.bytes(of: runner, limit: 256 << 20), to: content.appending("guest-runner"))
            let disc = folder.appending(Self.name)
            try await BuildTool.run("xorriso", ["-as", "mkisofs", "-quiet", "-V", "CIDATA", "-J", "-r", "-o", disc.string, content.string], building: disc)
            try FileManager.default.removeItem(atPath: content.string)
        }
        return folder.appending(Self.name)
    }

    /// The sort of artefact it keeps in the cache.
    public static let kind = "seed"
    private static let name = "seed.iso"

    /// A unit of its own, so that cloud-init does not wait for it and its end does not end it; it is started once the boot is over, for under an
    /// emulator the agent and its clients would have to share a slow processor with it. /run may forbid programs.
    private static let start = """
        set -e; mkdir -p /run/kmatrix/seed \(InstalledRunner.folder); mount -o ro /dev/disk/by-id/virtio-\(GuestDisk.seed.rawValue) /run/kmatrix/seed; \
        cp /run/kmatrix/seed/guest-runner \(InstalledRunner.path); chmod 755 \(InstalledRunner.path); umount /run/kmatrix/seed; \
        systemd-run --no-block --unit=kmatrix-runner --property=After=cloud-final.service --property=StandardOutput=journal+console \
        --property=StandardError=journal+console \
        \(InstalledRunner.path) \(InstalledRunner.argument)
        """

    static let userData = """
        #cloud-config
        bootcmd:
          - [sh, -c, "\(start)"]
        ssh_deletekeys: false
        ssh_genkeytypes: []
        package_update: false

        """

    private static let metaData = "instance-id: kmatrix\nlocal-hostname: kmatrix-guest\n"

    /// The runner brings the network up, so nothing is to wait for it.
    private static let networkConfig = "version: 1\nconfig: []\n"
}
