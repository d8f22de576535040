/// Why a prebuilt image cannot be used. Says what, why and what to do next.
public struct DiskImageError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case unreachable
        /// The server answered, but not with the file.
        case refused
        case notFound
        /// The file is not cached, and the network may not be used.
        case offline
        /// The checksums are not signed by a required key.
        case badSignature
        /// The list of checksums does not contain the file.
        case notListed
        case hashMismatch, tooLarge, unreadable
        /// The file is not a disk image of a known format.
        case notADisk
        /// The image refers to other files of this machine, or cannot be read without a secret.
        case unsafeDisk
        /// An archive contains devices, or paths that lead out of it.
        case unsafeContent
        case badReference, damaged
        /// No partition has a root file system that can be read here.
        case noRoot
        case noKernel
        /// The system is on a partition with /usr only, and its root is created at the first boot.
        case splitRoot
        case noSpace, toolMissing, toolFailed, buildFailed
        /// None of the keys that may sign is available.
        case noKey
    }

    public let code: Code
    /// The address, file or tool it is about.
    public let subject: String
    public let detail: String

    public init(_ code: Code, subject: String, detail: String = "") {
        self.code = code
        self.subject = subject
        self.detail = detail
    }

    /// Whether the failure is this machine's, and says nothing about the image.
    public var isOurs: Bool { [.noSpace, .toolMissing].contains(code) }
    /// Whether obtaining the image failed, rather than using it.
    public var isOfTransfer: Bool { [.unreachable, .refused, .notFound, .offline, .badSignature, .notListed, .hashMismatch, .noKey].contains(code) }

    public var description: String {
        switch code {
        case .unreachable: "'\(subject)' cannot be reached (\(detail)); check the network or the proxy settings, give the image as a file, or use --offline"
        case .refused: "'\(subject)' was refused (\(detail)); check the address in the catalogue, or give the image as a file"
        case .notFound: "'\(subject)' is not there (\(detail.isEmpty ? "404" : detail)); check the address, or give the image as a file"
        case .offline: "'\(subject)' is not in the cache, and --offline forbids fetching it"
        case .badSignature: "'\(subject)' does not carry a good signature of the key it must be signed by, so nothing it says is used: \(detail)"
        case .notListed: "'\(subject)' lists no checksum of '\(detail)'; check the image's name in the catalogue"
        case .hashMismatch: "'\(subject)' is not the file its signed checksum describes (\(detail)); it was thrown away: try again, or name another mirror"
        case .tooLarge: "'\(subject)' is larger than an image may be (\(detail))"
        case .unreadable: "'\(subject)' cannot be read (\(detail))"
        case .notADisk:
            "'\(subject)' is not a disk image (qcow2, VHD, or raw, also packed with xz, gzip, bzip2 or zstd) but \(detail); convert it with qemu-img "
                + "convert -O qcow2"
        case .unsafeDisk, .unsafeContent: "'\(subject)' is refused: \(detail)"
        case .badReference:
            "'\(subject)' is none; write oci:HOST/REPOSITORY:TAG, oci:HOST/REPOSITORY@sha256:DIGEST, oci:./LAYOUT:TAG or oci:./ARCHIVE.tar for an OCI "
                + "image, source:6.1.100, source:linux-source-6.1 or source:./linux.tar.xz for a kernel's source, with +NAME for one of its configurations"
        case .damaged: "'\(subject)' is damaged: \(detail); fetch it again"
        case .noRoot: "'\(subject)' has no root file system that can be read here: \(detail)"
        case .noKernel: "'\(subject)' holds no kernel that can be started: \(detail)"
        case .splitRoot:
            "'\(subject)' keeps its system in a partition that is /usr alone, and makes its root at the first boot: no guest is started on it; its "
                + "kernel can be tested: \(detail)"
        case .noSpace:
            "'\(subject)' could not be written, for the disk is full (\(detail)); free some space, run 'kmatrix distros gc', or set XDG_CACHE_HOME to "
                + "another disk"
        case .toolMissing: "'\(subject)' is needed and not installed; install Debian's package \(detail) (ci/setup does)"
        case .buildFailed: "\(subject) could not be built: \(detail)"
        case .noKey: "'\(subject)' cannot be verified: \(detail)"
        case .toolFailed: "\(subject) failed: \(detail)"
        }
    }
}
