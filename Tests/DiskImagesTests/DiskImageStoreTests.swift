import DiskImages
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("An image that others built")
struct DiskImageStoreTests {
    static let wanted = ["virtio-blk"]

    private func text(_ path: FilePath?) -> String? { path.flatMap { try? String(contentsOfFile: $0.string, encoding: .utf8) } }

    @Test("gives its newest kernel, the modules a guest needs before its root, and its root's place", arguments: ["ext4", "xfs", "btrfs"])
    func extraction(type: String) async throws {
        let fixture = try DiskFixture()
        let system = try await fixture.store.open(.file(fixture.image(type: type)), modules: Self.wanted)
        #expect(system.partition == 2)
        #expect(system.fileSystem == type)
        let kernel = try system.kernel()
        #expect(kernel.release == DiskFixture.release)
        #expect(text(kernel.image) == "a kernel\n")
        let modules = try #require(kernel.modules)
        let names = try FileManager.default.subpathsOfDirectory(atPath: modules.string).filter { $0.hasSuffix(".ko") }.map {
            FilePath($0).lastComponent?.string ?? ""
        }
        #expect(Set(names) == Set(["virtio.ko", "virtio_blk.ko"] + (type == "xfs" ? ["xfs.ko", "libcrc32c.ko"] : [])))
        #expect(text(modules.appending("modules.builtin")) == "kernel/fs/ext4/ext4.ko\n")
        #expect(text(system.packages) == "base-files\t12\nsystemd\t252.1\n")
    }

    @Test(
        "may be of any form that is published",
        arguments: [
            "cp disk.raw image", "qemu-img convert -q -f raw -O vpc -o subformat=fixed disk.raw image",
            "qemu-img convert -q -f raw -O vpc -o subformat=dynamic disk.raw image",
            "xz -0c disk.raw > image", "gzip -1c disk.raw > image", "bzip2 -1c disk.raw > image", "zstd -qc disk.raw > image",
            "qemu-img convert -q -f raw -O vpc -o subformat=fixed disk.raw image.vhd; xz -0c image.vhd > image", "xz -0c image.qcow2 > image",
        ])
    func forms(making: String) async throws {
        let fixture = try DiskFixture()
        _ = try await fixture.image()
        try await fixture.shell("cd \"$1\"; \(making)", fixture.folder.path.string)
        let system = try await fixture.store.open(.file(fixture.folder.path.appending("image")), modules: Self.wanted)
        #expect(system.partition == 2)
        #expect(try system.kernel().release == DiskFixture.release)
        // What a guest gets is raw, and the disk that was published up to its end; a VHD is rounded up to whole cylinders.
        try await fixture.shell("cmp -n $(stat -c %s \"$1\") \"$1\" \"$2\"", fixture.folder.path.appending("disk.raw").string, system.disk.string)
    }

    @Test("is taken apart once")
    func once() async throws {
        let fixture = try DiskFixture()
        let image = try await fixture.image()
        let first = try await fixture.store.open(.file(image), modules: Self.wanted)
        let second = try await fixture.store.open(.file(image), modules: Self.wanted)
        #expect(first.folder == second.folder)
        #expect(fixture.cached("disk-image") == [first.folder.lastComponent?.string])
        #expect(try await fixture.store.open(.file(image), modules: []).folder != first.folder)
    }

    @Test("may be a file system as a whole")
    func whole() async throws {
        let fixture = try DiskFixture()
        let system = try await fixture.store.open(.file(fixture.wholeDisk()), modules: Self.wanted)
        #expect(system.partition == nil)
        #expect(try system.kernel().release == DiskFixture.release)
        #expect(system.firmware == .bios)
        #expect(!system.hasCloudInit)
    }

    @Test("keeps its kernel in a boot partition, or with its modules")
    func places() async throws {
        let fixture = try DiskFixture()
        var files = DiskFixture.system.filter { !$0.key.hasPrefix("boot/") }
        files["usr/lib/modules/\(DiskFixture.release)/vmlinuz"] = "beside its modules"
        let beside = try await fixture.store.open(.file(fixture.image(files)), modules: [])
        #expect(text(try beside.kernel().image) == "beside its modules")
        #expect(beside.firmware == .uefi)
        let image = try await fixture.image(DiskFixture.system.filter { !$0.key.hasPrefix("boot/") })
        let tree = try fixture.write(["vmlinuz-\(DiskFixture.release)": "apart"])
        try await fixture.shell(
            "cd \"$1\"; truncate -s 8M boot.img; mke2fs -q -F -t ext4 -d \"$2\" boot.img; dd if=boot.img of=disk.raw bs=1M seek=1 conv=notrunc "
                + "status=none; qemu-img convert -q -f raw -O qcow2 disk.raw \"$3\"",
            fixture.folder.path.string, tree.string, image.string)
        let apart = try await fixture.store.open(.file(image), modules: [])
        #expect(text(try apart.kernel().image) == "apart")
    }

    @Test("of Flatcar's form gives the kernel of UEFI's partition with the modules of /usr, and says that /usr is all there is", arguments: ["ext4", "btrfs"])
    func flatcar(type: String) async throws {
        let fixture = try DiskFixture()
        let system = try await fixture.store.open(.file(fixture.flatcar(release: "6.12.59-flatcar", type: type)), modules: Self.wanted)
        #expect(system.isUsr && system.partition == 3 && system.fileSystem == type && system.firmware == .uefi)
        let kernel = try system.kernel()
        #expect(kernel.release == "6.12.59-flatcar")
        #expect(text(kernel.image) == "the kernel of slot a\n")
        let modules = try FileManager.default.subpathsOfDirectory(atPath: #require(kernel.modules).string)
        #expect(modules.contains { $0.hasSuffix("virtio_blk.ko") } && modules.contains("modules.builtin"))
        #expect(!(try await fixture.store.open(.file(fixture.image()), modules: Self.wanted)).isUsr)
    }

    @Test(
        "that cannot be used says why, and leaves nothing",
        arguments: [
            ("no system", DiskImageError.Code.noRoot, "partition 2: ext4"), ("no file system", .noRoot, "no file system that is known"),
            ("no partitions", .noRoot, "no partition table"), ("cut off", .damaged, "qemu-img check"), ("huge file", .tooLarge, "vmlinuz"),
            ("broken table", .damaged, "checksum"),
        ])
    func unusable(what: String, code: DiskImageError.Code, words: String) async throws {
        let fixture = try DiskFixture()
        let image = try await unusableImage(what, fixture)
        let error = try #require(try await cloudImageError { _ = try await fixture.store.open(.file(image), modules: Self.wanted) })
        #expect(error.code == code, "\(error)")
        #expect(error.description.contains(words), "\(error)")
        #expect(fixture.cached("disk-image") == [])
        #expect(!error.isOurs)
    }

    @Test("without a kernel can be booted with another, and says where its own was sought")
    func withoutKernel() async throws {
        let fixture = try DiskFixture()
        var files = DiskFixture.system.filter { !$0.key.contains("vmlinuz-6") }
        files["usr/bin/cloud-init"] = "#!/usr/bin/python3"
        let system = try await fixture.store.open(.file(fixture.image(files)), modules: Self.wanted)
        #expect(system.partition == 2)
        #expect(system.hasCloudInit)
        let error = try await cloudImageError { _ = try system.kernel() }
        #expect(error?.code == .noKernel)
        #expect(error?.description.contains("/boot") == true)
        #expect(error?.description.contains("--kernel") == true)
    }

    private func unusableImage(_ what: String, _ fixture: DiskFixture) async throws -> FilePath {
        switch what {
        case "no system": return try await fixture.image(["some": "file"])
        case "no file system": return try await fixture.image(type: "none")
        case "no partitions":
            try await fixture.shell("cd \"$1\"; qemu-img create -q -f qcow2 empty.qcow2 64M", fixture.folder.path.string)
            return fixture.folder.path.appending("empty.qcow2")
        case "cut off":
            let image = try await fixture.image()
            try await fixture.shell("truncate -s $(($(stat -c %s \"$1\") / 2)) \"$1\"", image.string)
            return image
        case "huge file":
            let image = try await fixture.image()
            // A file of a terabyte, of which nothing is there.
            try await fixture.shell(
                "cd \"$1\"; debugfs -w -R \"sif /boot/vmlinuz-$3 size 1099511627776\" 'disk.raw?offset=10485760' 2>/dev/null; qemu-img convert -q -f raw "
                    + "-O qcow2 disk.raw \"$2\"",
                fixture.folder.path.string, image.string, DiskFixture.release)
            return image
        default:
            let image = try await fixture.image()
            try await fixture.shell(
                "cd \"$1\"; printf x | dd of=disk.raw bs=1 seek=1100 conv=notrunc status=none; qemu-img convert -q -f raw -O qcow2 disk.raw \"$2\"",
                fixture.folder.path.string, image.string)
            return image
        }
    }

    @Test(
        "that would make this machine's files part of a guest is refused before any tool sees it",
        arguments: [
            "qemu-img create -q -f qcow2 -F raw -b /etc/passwd evil.qcow2 64M", "qemu-img create -q -f qcow2 -o data_file=secret.raw evil.qcow2 64M",
            "qemu-img create -q -f qcow2 -o data_file=secret.raw,data_file_raw=on evil.qcow2 64M",
        ])
    func disclosure(making script: String) async throws {
        let fixture = try DiskFixture()
        try await fixture.shell("cd \"$1\"; \(script)", fixture.folder.path.string)
        let error = try #require(
            try await cloudImageError { _ = try await fixture.store.open(.file(fixture.folder.path.appending("evil.qcow2")), modules: []) })
        #expect(error.code == .unsafeDisk)
        #expect(error.description.contains("read from this machine"))
    }

    @Test("of absurd size is refused by what its header says")
    func absurd() async throws {
        let fixture = try DiskFixture()
        try await fixture.shell("cd \"$1\"; qemu-img create -q -f qcow2 -o cluster_size=2M huge.qcow2 500T", fixture.folder.path.string)
        let error = try await cloudImageError { _ = try await fixture.store.open(.file(fixture.folder.path.appending("huge.qcow2")), modules: []) }
        #expect(error?.code == .tooLarge)
    }

    @Test("in another format, or of no format, is named", arguments: [("vmdk", "a VMware disk"), ("none", "no such file")])
    func formats(format: String, words: String) async throws {
        let fixture = try DiskFixture()
        _ = try await fixture.image()
        let place = fixture.folder.path.appending("other")
        if format != "none" { try await fixture.shell("cd \"$1\"; qemu-img convert -q -f raw -O \"$2\" disk.raw other", fixture.folder.path.string, format) }
        let error = try #require(try await cloudImageError { _ = try await fixture.store.open(.file(place), modules: []) })
        #expect(error.description.lowercased().contains(words.lowercased()), "\(error)")
    }

    @Test("whose disk does not fit is this machine's trouble, and nothing is known of the image")
    func fullDisk() async throws {
        // A tool that says what the real one says: a full disk of one's own takes root to make.
        let fixture = try DiskFixture()
        let image = try await fixture.image()
        let tools = fixture.folder.path.appending("tools")
        try await fixture.shell(
            "mkdir \"$1\"; printf '#!/bin/sh\\ncase $1 in convert) echo \"qemu-img: error while writing: No space left on device\" >&2; exit 1;; "
                + "esac\\n' > \"$1/qemu-img\"; chmod 755 \"$1/qemu-img\"",
            tools.string)
        let store = DiskImageStore(cache: fixture.cache, searchPath: "\(tools):\(ProcessInfo.processInfo.environment["PATH"] ?? "")")
        let error = try #require(try await cloudImageError { _ = try await store.open(.file(image), modules: []) })
        #expect(error.code == .noSpace)
        #expect(error.isOurs)
        #expect(error.description.contains("XDG_CACHE_HOME"))
        #expect(fixture.cached("disk-image") == [])
    }
}
