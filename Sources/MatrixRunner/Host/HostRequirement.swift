import Foundation
import MatrixModel
import QEMUGuest
import SystemPackage

/// A program or file that runs use, and the Debian package that contains it. `ci/dependencies` lists the same packages; a test compares the two.
public struct HostRequirement: Sendable {
    enum Item: Hashable, Sendable {
        /// A program in PATH, or where administrators' programs are.
        case program(String)
        /// Any of these files.
        case file([String])
    }

    let name: String
    let item: Item
    public let package: String
    /// What cannot be done without it; nil when no run is possible.
    public let purpose: String?

    private init(_ program: String, _ package: String, only purpose: String? = nil) {
        (name, item, self.package, self.purpose) = (program, .program(program), package, purpose)
    }

    private init(_ name: String, anyOf files: [String], _ package: String, only purpose: String? = nil) {
        (self.name, item, self.package, self.purpose) = (name, .file(files), package, purpose)
    }

    /// What the emulator's own check covers.
    public static let emulatorPackage = Architecture.host.emulatorPackage

    private static let images = "distributions as guests"
    private static let diskImages = "prebuilt disk images"
    private static let rpms = "rpm packages and the kernels in them"

    public static let all: [HostRequirement] = [
        HostRequirement("curl", "curl"), HostRequirement("gpg", "gpg"), HostRequirement("gpgv", "gpgv"),
        HostRequirement(
            "Debian's keyring", anyOf: ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"],
            "debian-archive-keyring"),
        HostRequirement("dpkg-deb", "dpkg"), HostRequirement("tar", "tar"), HostRequirement("cpio", "cpio"), HostRequirement("gzip", "gzip"),
        HostRequirement("bzip2", "bzip2"), HostRequirement("xz", "xz-utils"), HostRequirement("zstd", "zstd"), HostRequirement("lz4", "lz4"),
        HostRequirement("readelf", "binutils"), HostRequirement("setpriv", "util-linux"), HostRequirement("prlimit", "util-linux"),
        HostRequirement("findmnt", "util-linux"),
        HostRequirement("busybox", "busybox-static", only: "a shell in a guest and the conformance suite"),
        HostRequirement("mmdebstrap", "mmdebstrap", only: images), HostRequirement("newuidmap", "uidmap", only: images),
        HostRequirement("fakeroot", "fakeroot", only: images), HostRequirement("mke2fs", "e2fsprogs", only: images),
        HostRequirement("depmod", "kmod", only: images), HostRequirement("qemu-img", "qemu-utils", only: images),
        HostRequirement("sfdisk", "fdisk", only: diskImages),
        HostRequirement("xorriso", "xorriso", only: images), HostRequirement("grub-fstest", "grub-common", only: diskImages),
        HostRequirement(
            Architecture.host.uefi.name, anyOf: Architecture.host.uefiPlaces.map(\.string), Architecture.host.uefi.package,
            only: "disk images that boot through UEFI"),
        HostRequirement("gpg-agent", "gpg-agent", only: "kernels and images of other distributions"),
        HostRequirement("rpmkeys", "rpm", only: rpms), HostRequirement("rpm2cpio", "rpm2cpio", only: rpms),
    ]

    func check(path: String) -> HostCheck {
        if let found = found(path: path) { return HostCheck(name: name, outcome: .ok, detail: found) }
        return HostCheck(
            name: name, outcome: purpose == nil ? .missing : .note,
            detail: "not found; install Debian's package \(package)" + (purpose.map { "; needed for \($0) only" } ?? ""))
    }

    /// - Parameter path: The folders of programs, as in $PATH.
    /// - Returns: The path where it was found; nil when it is missing.
    private func found(path: String) -> String? {
        switch item {
        case .program(let name): Self.program(name, path: path)
        case .file(let places): places.first(where: FileManager.default.isReadableFile)
        }
    }

    /// A program in the folders of $PATH, or where administrators' programs are; nil where there is none.
    static func program(_ name: String, path: String) -> String? {
        (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]).map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
    }
}
