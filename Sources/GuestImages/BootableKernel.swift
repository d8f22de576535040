public import SystemPackage

/// A kernel in the form the emulator is to start.
public struct BootableKernel: Hashable, Sendable {
    public enum Image: Hashable, Sendable {
        /// Uncompressed, entered through PVH: saves the guest the decompression.
        case elf(FilePath)
        case bzImage(FilePath, reason: CompressedReason)
        /// Uncompressed, entered at its start. The size of its pages in KiB, where it says so: not every processor has each.
        case raw(FilePath, pageSize: Int?)

        public var path: FilePath {
            switch self {
            case .elf(let path), .bzImage(let path, _), .raw(let path, _): path
            }
        }
    }

    /// Why a kernel is started as it came.
    public enum CompressedReason: Hashable, Sendable, CustomStringConvertible {
        /// Its boot protocol is older than 2.08 and does not say where the compressed kernel is.
        case oldProtocol
        case unknownCompression
        case toolMissing(String)
        case decompressionFailed(String)
        /// The kernel was built without CONFIG_PVH.
        case noPVHEntry

        public var description: String {
            switch self {
            case .oldProtocol: "its boot protocol is older than 2.08"
            case .unknownCompression: "its compression is unknown"
            case .toolMissing(let tool): "'\(tool)' is not installed"
            case .decompressionFailed(let words): "it cannot be decompressed (\(words))"
            case .noPVHEntry: "it was built without a PVH entry"
            }
        }
    }

    public let image: Image
    /// `uname -r` as the image tells it; nil when it does not.
    public let release: String?
    /// `uname -v` as the image tells it; nil when it does not.
    public let build: String?

    public init(image: Image, release: String?, build: String? = nil) {
        self.image = image
        self.release = release
        self.build = build
    }
}
