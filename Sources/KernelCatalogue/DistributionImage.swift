import MatrixModel
import StrictYAML

/// A disk image that a distribution publishes, and how its origin is proven.
public struct DistributionImage: Hashable, Sendable {
    /// The format of the image without compression. The name shows the compression: `.xz`, `.gz`, `.bz2`, `.zst`.
    public enum Form: String, CaseIterable, Hashable, Sendable { case qcow2, raw, vhd }

    /// How the guest runner gets into the guest.
    public enum Entry: String, CaseIterable, Hashable, Sendable {
        /// cloud-init reads a second disk.
        case nocloud
        /// Ignition reads QEMU's firmware configuration on the first boot.
        case ignition
    }

    public enum Signature: Hashable, Sendable {
        /// The address of a detached signature of the list of checksums.
        case detached(String)
        /// The list of checksums is signed text.
        case clear
        /// No signature is published: the image is used only as a file that a person has checked.
        case unsigned
    }

    /// The last component may be a pattern, which selects the last matching name in the list of checksums: `al2023-kvm-*.qcow2`.
    public let address: String
    public let form: Form
    /// The address of the list of checksums.
    public let checksums: String
    public let signature: Signature
    /// The keys one of which must have signed; empty for an unsigned image.
    public let keys: [SigningKey]
    public let entry: Entry
}

/// Whether a distribution publishes a disk image.
public enum ImageOffer: Hashable, Sendable {
    case published(DistributionImage)
    /// The reason, and how to supply an image.
    case none(reason: String)

    public var published: DistributionImage? { if case .published(let image) = self { image } else { nil } }
}

extension ImageOffer {
    init(_ node: YAMLNode, _ architecture: Architecture, keys: [String: SigningKey]) throws {
        guard try node.architectures.contains(architecture) else {
            self = .none(reason: "the catalogue names none for \(architecture.title)")
            return
        }
        if let reason = try node.text("none") {
            try node.allow("none", "architectures")
            self = .none(reason: reason)
        } else {
            self = .published(try DistributionImage(node, keys: keys))
        }
    }
}

extension DistributionImage {
    fileprivate init(_ node: YAMLNode, keys known: [String: SigningKey]) throws {
        try node.allow("address", "form", "checksums", "signature", "keys", "entry", "architectures")
        func web(_ key: String) throws -> String {
            let text = try node.required(key)
            guard text.hasPrefix("https://") || text.hasPrefix("http://") else { throw node.error("'\(key)' must be an address of the web") }
            return text
        }
        address = try web("address")
        form = try node.choice("form") ?? .qcow2
        checksums = try web("checksums")
        signature =
            switch try node.required("signature") {
            case "clear": .clear
            case "unsigned": .unsigned
            default: .detached(try web("signature"))
            }
        keys = try node.keys("keys", known)
        entry = try node.choice("entry") ?? .nocloud
        guard signature == .unsigned || !keys.isEmpty else { throw node.error("'keys' must name the key that signs") }
    }
}
