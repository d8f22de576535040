/// A program of this machine, and the Debian package that has it.
public struct HostTool: Hashable, Sendable {
    /// A name that is looked for, or a whole path.
    public let name: String
    public let package: String

    public init(_ name: String, package: String? = nil) {
        self.name = name
        self.package = package ?? name
    }

    public static let curl = HostTool("curl")
    public static let dpkgDeb = HostTool("dpkg-deb", package: "dpkg")
    public static let gpg = HostTool("gpg")
    public static let gpgv = HostTool("gpgv")
    public static let gzip = HostTool("gzip")
    public static let bzip2 = HostTool("bzip2")
    public static let xz = HostTool("xz", package: "xz-utils")
    public static let zstd = HostTool("zstd")
    public static let lz4 = HostTool("lz4")
    public static let prlimit = HostTool("prlimit", package: "util-linux")
    public static let qemuImg = HostTool("qemu-img", package: "qemu-utils")
    public static let readelf = HostTool("readelf", package: "binutils")
    public static let rpm = HostTool("rpm")
    public static let rpmkeys = HostTool("rpmkeys", package: "rpm")
    public static let rpm2cpio = HostTool("rpm2cpio")
    public static let sfdisk = HostTool("sfdisk", package: "fdisk")
}
