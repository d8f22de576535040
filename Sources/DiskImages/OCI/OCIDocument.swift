import Foundation

/// A manifest or an index of manifests. OCI's and Docker's differ only in their media types.
struct OCIDocument: Hashable {
    struct Descriptor: Hashable {
        let digest: OCIDigest
        /// In bytes.
        let size: Int
        let platform: Platform?
        /// The tag, in an image layout.
        let name: String?
    }

    struct Platform: Hashable, Decodable {
        let os: String
        let architecture: String
    }

    enum Content: Hashable {
        case layers([Descriptor])
        case manifests([Descriptor])
    }

    let content: Content

    static let mediaTypes = [
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ]
    static let largest = 4 << 20
    private static let mostParts = 256

    /// - Throws: `DiskImageError` with `damaged`.
    init(_ bytes: [UInt8], subject: String) throws(DiskImageError) {
        func damaged(_ detail: String) -> DiskImageError { DiskImageError(.damaged, subject: subject, detail: detail) }
        guard let raw = try? JSONDecoder().decode(Raw.self, from: Data(bytes)) else { throw damaged("it is not the manifest of an image") }
        guard let parts = raw.layers ?? raw.manifests, parts.count <= Self.mostParts else {
            throw damaged("it names neither layers nor manifests, or more than \(Self.mostParts)")
        }
        var descriptors: [Descriptor] = []
        for part in parts {
            guard let digest = OCIDigest(part.digest), part.size >= 0 else { throw damaged("'\(part.digest.prefix(100))' is not the SHA-256 digest of a part") }
            descriptors.append(
                Descriptor(digest: digest, size: part.size, platform: part.platform, name: part.annotations?["org.opencontainers.image.ref.name"]))
        }
        content = raw.layers == nil ? .manifests(descriptors) : .layers(descriptors)
    }

    private struct Raw: Decodable {
        struct Part: Decodable {
            let digest: String
            let size: Int
            let platform: Platform?
            let annotations: [String: String]?
        }

        let layers: [Part]?
        let manifests: [Part]?
    }
}
