public import MatrixModel
public import SystemPackage

/// What a guest boots could not be built.
public struct GuestImageError: Error, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The file is not a Linux kernel image.
        case notAKernel
        /// The kernel is for another architecture than was asked for.
        case otherArchitecture
        /// Programs of another architecture do not run on this machine.
        case foreignPrograms
        /// An uncompressed kernel the emulator has no way to enter.
        case kernelWithoutEntry
        /// Modules a guest cannot do without are neither built into the kernel nor among its modules.
        case missingModules
        case brokenModule, unreadable, toolMissing, toolFailed, invalidPath, tooLarge
        /// A file grew or shrank while it was being packed.
        case changedMeanwhile
        case noSpace
        /// The tool that makes a root file system gave up.
        case buildFailed
    }

    public let code: Code
    /// The file or folder in question; nil where there is none.
    public let path: FilePath?
    /// What was found instead, or which tool or which modules.
    public let found: String
    public let errno: Errno?
    /// The architecture that was asked for.
    public let architecture: Architecture

    public init(_ code: Code, path: FilePath? = nil, found: String = "", errno: Errno? = nil, architecture: Architecture = .host) {
        self.architecture = architecture
        self.code = code
        self.path = path
        self.found = found
        self.errno = errno
    }

    public var description: String {
        let place = path.map { "'\($0)'" } ?? "the file"
        let cause = errno.map { " (\($0))" } ?? ""
        return switch code {
        case .notAKernel: "\(place) is not a bootable kernel but \(found); use \(architecture.kernelForms)"
        case .otherArchitecture: "\(place) is an \(found) kernel, but \(architecture.title) guests were asked for; name its architecture with --arch"
        case .foreignPrograms:
            "cannot build \(place): this machine does not run \(architecture.title) programs (binfmt_misc); install Debian's packages qemu-user-static, "
                + "binfmt-support and arch-test"
        case .kernelWithoutEntry: "QEMU cannot start \(place): an uncompressed kernel without a PVH entry; use its bzImage"
        case .missingModules:
            "the kernel lacks \(found), neither built in nor as modules below \(place); install its modules package, or choose another flavour"
        case .brokenModule: "cannot read the kernel module \(place): \(found)"
        case .unreadable: "cannot read \(place)\(cause)"
        case .toolMissing: "'\(found)' is missing, which \(place) needs; run ci/setup"
        case .toolFailed: "cannot decompress \(place): \(found)"
        case .invalidPath: "'\(found)' is not a valid path in an archive; it must be relative, unique, and without '.' and '..'"
        case .tooLarge: "\(place) is too large for a newc archive (\(found))"
        case .noSpace: "cannot build \(place): the disk is full (\(found)); free space, run 'kmatrix distros gc', or set XDG_CACHE_HOME to another disk"
        case .buildFailed: "cannot build \(place): \(found)"
        case .changedMeanwhile: "\(place) changed while it was packed; retry when nothing writes to it"
        }
    }
}
