import ArtefactCache
import Foundation
import HostTools
import Subprocess
import SystemPackage
import TestSupport

@testable import DiskImages

/// Disks as image makers build them, made here without root by the tools they use.
struct DiskFixture {
    static let release = "6.1.0-9-cloud-amd64"
    static let older = "6.1.0-7-cloud-amd64"

    /// What lies on a system's root, by path.
    static let system: [String: String] = [
        "usr/lib/os-release": "ID=debian\n",
        "boot/vmlinuz-\(release)": "a kernel\n", "boot/vmlinuz-\(older)": "an older kernel\n", "boot/vmlinuz-rescue": "no version\n",
        "usr/lib/modules/\(release)/modules.dep":
            "kernel/fs/xfs/xfs.ko: kernel/lib/libcrc32c.ko\nkernel/lib/libcrc32c.ko:\nkernel/drivers/virtio/virtio_blk.ko: "
            + "kernel/drivers/virtio/virtio.ko\nkernel/drivers/virtio/virtio.ko:\nkernel/drivers/other.ko:\n",
        "usr/lib/modules/\(release)/modules.softdep": "# made up\nsoftdep libcrc32c pre: crc32c_generic\n",
        "usr/lib/modules/\(release)/modules.builtin": "kernel/fs/ext4/ext4.ko\n",
        "usr/lib/modules/\(release)/kernel/fs/xfs/xfs.ko": "xfs", "usr/lib/modules/\(release)/kernel/lib/libcrc32c.ko": "crc",
        "usr/lib/modules/\(release)/kernel/drivers/virtio/virtio_blk.ko": "blk", "usr/lib/modules/\(release)/kernel/drivers/virtio/virtio.ko": "virtio",
        "usr/lib/modules/\(release)/kernel/drivers/other.ko": "nobody asks for this",
        "var/lib/dpkg/status": "Package: systemd\nStatus: install ok installed\nVersion: 252.1\n\nPackage: base-files\nVersion: 12\n",
    ]

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var cache: ArtefactCache { ArtefactCache(root: folder.path.appending("cache")) }
    var store: DiskImageStore { DiskImageStore(cache: cache, settings: DownloadSettings(stallTimeout: 1, retries: 0)) }

    /// What the cache holds of a sort.
    func cached(_ kind: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache.root.appending(kind).string)) ?? []
        return names.filter { !$0.hasSuffix(".lock") }
    }

    /// A qcow2 image with UEFI's partition and then a root.
    func image(_ files: [String: String] = system, type: String = "ext4", named name: String = "image.qcow2") async throws -> FilePath {
        let tree = try write(files)
        try await shell(
            """
            cd "$1"; rm -f disk.raw root.img; truncate -s 400M disk.raw; truncate -s 320M root.img
            printf 'label: gpt\\nstart=2048, size=16384, type=uefi\\nstart=20480, size=655360, type=linux\\n' | sfdisk -q disk.raw
            case "$3" in
            ext4) mke2fs -q -F -t ext4 -d "$2" root.img ;;
            btrfs) mkfs.btrfs -q --rootdir "$2" root.img ;;
            vfat) mkfs.vfat root.img ;;
            none) ;;
            xfs) { printf '/none\\n0 0\\nd--755 0 0\\n'
                   walk() { for entry in "$1"/*; do if [ -d "$entry" ]; then echo "${entry##*/} d--755 0 0"; walk "$entry"; else echo "${entry##*/} \
                   ---644 0 0 $entry"; fi; done; echo '$'; }
                   walk "$2"; } > proto; mkfs.xfs -q -p proto root.img ;;
            esac
            dd if=root.img of=disk.raw bs=1M seek=10 conv=notrunc,sparse status=none
            qemu-img convert -q -f raw -O qcow2 disk.raw "$4"
            """, folder.path.string, tree.string, type, name)
        return folder.path.appending(name)
    }

    /// A disk in the form of Flatcar's (sdk, `build_library/disk_layout.json`): UEFI's partition with a kernel for each slot, /usr twice, of
    /// which the second is empty, and a root without a system.
    func flatcar(release: String, type: String = "ext4") async throws -> FilePath {
        let usr = Self.system.filter { $0.key.hasPrefix("usr/") }
        let files = usr.map {
            (String($0.key.dropFirst("usr/".count)).replacing(Self.release, with: release), $0.value.replacing("ID=debian", with: "ID=flatcar"))
        }
        let tree = try write(Dictionary(uniqueKeysWithValues: files))
        try await shell(
            """
            cd "$1"; rm -f disk.raw; truncate -s 400M disk.raw; truncate -s 32M efi.img; truncate -s 160M usr.img root.img
            printf 'label: gpt\\nstart=4096, size=65536, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=EFI-SYSTEM\\n3: start=71680, size=327680, \
            type=5DFBF5F4-2848-4BAC-AA5E-0D9A20B745A6, name=USR-A\\n4: start=401408, size=8192, type=5DFBF5F4-2848-4BAC-AA5E-0D9A20B745A6, \
            name=USR-B\\n9: start=411648, size=327680, type=3884DD41-8582-4404-B9A8-E9B84F2DF50E, name=ROOT\\n' | sfdisk -q disk.raw
            mkfs.vfat efi.img > /dev/null; printf 'the kernel of slot a\\n' > vmlinuz-a
            mmd -i efi.img ::flatcar ::flatcar/grub; mcopy -i efi.img vmlinuz-a ::flatcar/vmlinuz-a
            case "$3" in ext4) mke2fs -q -F -t ext4 -d "$2" usr.img ;; btrfs) mkfs.btrfs -q --rootdir "$2" usr.img ;; esac
            mke2fs -q -F -t ext4 root.img
            dd if=efi.img of=disk.raw bs=1M seek=2 conv=notrunc,sparse status=none
            dd if=usr.img of=disk.raw bs=1M seek=35 conv=notrunc,sparse status=none
            dd if=root.img of=disk.raw bs=1M seek=201 conv=notrunc,sparse status=none
            qemu-img convert -q -f raw -O qcow2 disk.raw flatcar.qcow2
            """, folder.path.string, tree.string, type)
        return folder.path.appending("flatcar.qcow2")
    }

    /// A file system without a partition table around it.
    func wholeDisk() async throws -> FilePath {
        try await shell(
            "cd \"$1\"; truncate -s 64M whole.img; mke2fs -q -F -t ext4 -d \"$2\" whole.img; qemu-img convert -q -f raw -O qcow2 whole.img whole.qcow2",
            folder.path.string,
            try write(Self.system).string)
        return folder.path.appending("whole.qcow2")
    }

    func write(_ files: [String: String]) throws -> FilePath {
        let tree = folder.path.appending("tree")
        try? FileManager.default.removeItem(atPath: tree.string)
        try FileManager.default.createDirectory(atPath: tree.string, withIntermediateDirectories: true)
        for (path, content) in files {
            let place = tree.appending(path)
            try FileManager.default.createDirectory(atPath: place.removingLastComponent().string, withIntermediateDirectories: true)
            try Data(content.utf8).write(to: URL(filePath: place.string))
        }
        return tree
    }

    @discardableResult
    func shell(_ script: String, _ arguments: String...) async throws -> String {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
        let result = try await Subprocess.run(
            .name("sh"), arguments: Arguments(["-euc", script, "sh"] + arguments), environment: .inherit.updating(["PATH": path, "LC_ALL": "C"]),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else { throw ScriptFailure(complaint: "\(result.terminationStatus): \(result.standardError)") }
        return result.standardOutput
    }
}

struct ScriptFailure: Error { let complaint: String }

/// Runs `body` and returns the `DiskImageError` it throws.
func cloudImageError(_ body: () async throws -> Void) async throws -> DiskImageError? {
    do {
        try await body()
        return nil
    } catch let error as DiskImageError {
        return error
    }
}
