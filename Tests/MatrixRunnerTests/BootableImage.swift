import ArtefactCache
import Foundation
import GuestImages
import KernelCatalogue
import Subprocess
import SystemPackage

/// A cloud image as its makers build one, made here without root: Debian with its kernel, GRUB for BIOS and for UEFI, cloud-init.
enum BootableImage {
    /// What its root can be. Its makers' tools fill it from a folder, so that nothing is mounted.
    enum FileSystem: String, CaseIterable {
        case ext4, xfs, btrfs
    }

    /// Built once and kept in the user's cache.
    static func make(_ distribution: Distribution, on fileSystem: FileSystem = .ext4, packages: KernelCatalogue, cache: ArtefactCache) async throws -> FilePath
    {
        let recipe = RootImageRecipe(
            suite: distribution.debianSuites[0].name, further: distribution.debianSuites.dropFirst().map(\.name),
            packages: distribution.packages + ["linux-image-cloud-amd64", "initramfs-tools", "zstd"])
        let root = try await RootImageBuilder(cache: cache).image(recipe) {
            let sources = try await packages.packageSources(of: distribution)
            return (sources.lines, sources.keyring)
        }
        let key = recipe.key + "-2" + (fileSystem == .ext4 ? "" : "-\(fileSystem.rawValue)")
        let folder = try await cache.entry(kind: "test-image", key: key) { folder in
            try await shell(script, folder.string, root.disk.string, fileSystem.rawValue, converting, prototype)
        }
        return folder.appending("image.qcow2")
    }

    /// What can be different in an image that somebody else built.
    enum Fault: String {
        /// Its boot sector is empty.
        case boot
        /// Its kernel is told to leave the network's driver alone.
        case network
        /// No fault: only UEFI's firmware finds a loader.
        case uefi
    }

    /// The same image with a fault; built once as well.
    static func make(_ distribution: Distribution, with fault: Fault, packages: KernelCatalogue, cache: ArtefactCache) async throws -> FilePath {
        let sound = try await make(distribution, packages: packages, cache: cache)
        let key = "\(sound.removingLastComponent().lastComponent?.string ?? "")-no-\(fault.rawValue)"
        let folder = try await cache.entry(kind: "test-image", key: key) { folder in
            try await shell(spoiling, folder.string, sound.string, fault.rawValue)
        }
        return folder.appending("image.qcow2")
    }

    /// $1 the folder, $2 the image, $3 the fault. The root begins where `script` puts it.
    private static let spoiling = """
        cd "$1"
        qemu-img convert -O raw "$2" disk.raw
        case $3 in
        boot) dd if=/dev/zero of=disk.raw bs=440 count=1 conv=notrunc status=none ;;
        network)
            root="disk.raw?offset=69206016"
            debugfs -R 'cat /boot/grub/grub.cfg' "$root" 2> /dev/null | sed 's/console=ttyS0/& modprobe.blacklist=virtio_net/' > grub.cfg
            grep -q blacklist grub.cfg
            printf 'cd /boot/grub\nrm grub.cfg\nwrite grub.cfg grub.cfg\n' > requests
            debugfs -w -f requests "$root" > /dev/null 2>&1 ;;
        uefi)
            dd if=/dev/zero of=disk.raw bs=440 count=1 conv=notrunc status=none
            sfdisk -q --part-type disk.raw 1 0FC63DAF-8483-4772-8E79-3D69D8477DE4 ;;
        esac
        qemu-img convert -q -O qcow2 disk.raw image.qcow2
        rm -f disk.raw
        """

    /// $1 the disk with the root as ext4, which gets another file system, $2 that, $3 `prototype`. Run under fakeroot.
    private static let converting = """
        mkdir tree
        debugfs -R "rdump / tree" "$1" 2> /dev/null
        size=$(stat -c %s "$1")
        rm "$1"
        truncate -s "$size" "$1"
        case $2 in
        xfs) perl -e "$3" "$PWD/tree" > prototype; mkfs.xfs -q -L root -p prototype "$1" ;;
        btrfs) mkfs.btrfs -q -L root --rootdir tree "$1" > /dev/null ;;
        esac
        chmod -R u+rwX tree
        rm -rf tree prototype
        """

    /// Prints a folder's tree as mkfs.xfs takes it (mkfs.xfs(8), "-p protofile").
    private static let prototype = """
        sub mode { my ($type, $mode) = @_; $type . ($mode & 04000 ? "u" : "-") . ($mode & 02000 ? "g" : "-") . sprintf("%03o", $mode & 0777) }
        sub tree {
            my ($folder) = @_;
            opendir(my $list, $folder) or die "$folder: $!";
            for my $name (sort grep { $_ ne "." && $_ ne ".." } readdir $list) {
                my $path = "$folder/$name";
                die "$path: mkfs.xfs takes no spaces" if $path =~ /\\s/;
                my @status = lstat $path or die "$path: $!";
                my $owner = "$status[4] $status[5]";
                if (-l _) { print "$name ", mode("l", $status[2]), " $owner ", readlink($path), "\\n" }
                elsif (-d _) { print "$name ", mode("d", $status[2]), " $owner\\n"; tree($path); print "\\$\\n" }
                elsif (-f _) { print "$name ", mode("-", $status[2]), " $owner $path\\n" }
            }
        }
        print "/dev/null\\n0 0\\nd--755 0 0\\n";
        tree(@ARGV);
        print "\\$\\n";
        """

    /// $1 the folder, $2 the root, $3 its file system, $4 `converting`, $5 `prototype`. GRUB's boot sector holds where its core is, and the
    /// core's first sector where the rest of it is.
    private static let script = """
        cd "$1"
        release=$(debugfs -R 'ls -p /boot' "$2" 2>/dev/null | sed -n 's#.*/vmlinuz-\\([^/]*\\)/.*#\\1#p' | head -1)
        size=$(($(stat -c %s "$2") / 512))
        truncate -s $((size * 512 + 71303168)) disk.raw
        { echo 'label: gpt'
          echo 'start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649'
          echo 'start=4096, size=131072, type=uefi'
          echo "start=135168, size=$size, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"; } | sfdisk -q disk.raw
        cp --sparse=always "$2" root.img
        { echo 'search --no-floppy --label root --set=root'
          echo "linux /boot/vmlinuz-$release root=LABEL=root rw console=ttyS0"
          echo "initrd /boot/initrd.img-$release"
          echo boot; } > grub.cfg
        printf 'mkdir /boot/grub\\ncd /boot/grub\\nwrite grub.cfg grub.cfg\\n' > requests
        debugfs -w -f requests root.img > /dev/null 2>&1
        [ "$3" = ext4 ] || fakeroot -- sh -euc "$4" sh root.img "$3" "$5"
        dd if=root.img of=disk.raw bs=1M seek=66 conv=notrunc,sparse status=none
        { echo 'search --no-floppy --label root --set=root'
          echo 'set prefix=($root)/boot/grub'
          echo 'configfile $prefix/grub.cfg'; } > early.cfg
        modules="part_gpt $([ "$3" = ext4 ] && echo ext2 || echo "$3") normal linux search search_label configfile boot"
        grub-mkimage -O x86_64-efi -p /boot/grub -c early.cfg -o BOOTX64.EFI $modules
        truncate -s 64M esp.img
        mkfs.vfat esp.img > /dev/null
        mmd -i esp.img ::/EFI ::/EFI/BOOT
        mcopy -i esp.img BOOTX64.EFI ::/EFI/BOOT/BOOTX64.EFI
        dd if=esp.img of=disk.raw bs=1M seek=2 conv=notrunc,sparse status=none
        grub-mkimage -O i386-pc -p /boot/grub -c early.cfg -o core.img biosdisk $modules
        patch() { printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
        cp /usr/lib/grub/i386-pc/boot.img boot.img
        patch boot.img 92 '\\000\\010\\000\\000\\000\\000\\000\\000'
        patch boot.img 102 '\\220\\220'
        patch core.img 500 '\\001\\010\\000\\000\\000\\000\\000\\000'
        sectors=$((($(stat -c %s core.img) + 511) / 512 - 1))
        patch core.img 508 "\\\\$(printf %03o $((sectors % 256)))\\\\$(printf %03o $((sectors / 256)))"
        dd if=boot.img of=disk.raw bs=440 count=1 conv=notrunc status=none
        dd if=core.img of=disk.raw bs=512 seek=2048 conv=notrunc status=none
        qemu-img convert -q -f raw -O qcow2 disk.raw image.qcow2
        rm -f disk.raw root.img esp.img
        """

    static func shell(_ script: String, _ arguments: String...) async throws {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
        let result = try await Subprocess.run(
            .name("sh"), arguments: Arguments(["-euc", script, "sh"] + arguments), environment: .inherit.updating(["PATH": path, "LC_ALL": "C"]),
            output: .discarded, error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else { throw ScriptFailure(complaint: "\(result.terminationStatus): \(result.standardError)") }
    }

    struct ScriptFailure: Error { let complaint: String }
}
