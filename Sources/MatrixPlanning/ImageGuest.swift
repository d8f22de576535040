public import DiskImages
import Foundation
public import KernelCatalogue
public import MatrixModel
import SystemPackage

/// A disk image as a guest.
public struct ImageGuest: Hashable, Sendable {
    public enum Boot: Hashable, Sendable {
        /// The harness starts a kernel, from the image or another, with the harness's initramfs.
        case direct
        /// The image's own boot loader, kernel and initramfs, as on the platform.
        case ownLoader
    }

    public let name: String
    public let source: DiskImageSource
    public let boot: Boot
    /// The distribution of the image; nil for an image that was given as a file.
    public let distribution: Distribution?
    /// The architecture of the guest.
    public let architecture: Architecture

    private static let ownLoaderPrefix = "whole:"

    public init(name: String, source: DiskImageSource, boot: Boot, distribution: Distribution? = nil, architecture: Architecture = .host) {
        self.architecture = architecture
        self.name = name
        self.source = source
        self.boot = boot
        self.distribution = distribution
    }

    /// The image that a distribution's makers publish; nil when the catalogue names none.
    public init?(_ distribution: Distribution, boot: Boot) {
        // What only Ignition configures cannot be entered by the seed disc of a guest that boots with its own loader.
        guard let image = distribution.image.published, let key = image.keys.first, boot == .direct || image.entry == .nocloud else { return nil }
        let signature: PublishedImage.Signature
        switch image.signature {
        case .detached(let address): signature = .detached(address)
        case .clear: signature = .clear
        case .unsigned: return nil
        }
        let place: String
        switch key.source {
        case .package(_, let file): place = file.string
        case .address(let address): place = address
        }
        let published = PublishedImage(
            address: image.address, checksums: image.checksums, signature: signature, key: place, fingerprints: image.keys.map(\.fingerprint),
            vendor: distribution.repository.vendor?.name)
        self.init(
            name: distribution.name + (boot == .ownLoader ? ".whole" : ""), source: .published(published), boot: boot, distribution: distribution,
            architecture: distribution.architecture)
    }

    /// The rest of a selector after `whole:`, which asks for the image's own boot loader; nil for other selectors.
    public static func bootingItself(_ text: String) -> String? {
        text.hasPrefix(ownLoaderPrefix) ? String(text.dropFirst(ownLoaderPrefix.count)) : nil
    }

    /// Reads the path of an image: `./debian.qcow2`, or `whole:./debian.qcow2` for one that boots with its own loader. Nil for what is not a path.
    public init?(parsing text: String, architecture: Architecture = .host) {
        let rest = Self.bootingItself(text)
        let (path, bootsItself) = (rest ?? text, rest != nil)
        guard path.contains("/") else { return nil }
        let place = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath((path as NSString).expandingTildeInPath)).lexicallyNormalized()
        // It becomes part of a cell's id and of a folder's name.
        let stem = (place.stem ?? "image").lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) ? $0 : "-" }
        self.init(
            name: String(stem.prefix(60)) + (bootsItself ? ".whole" : ".image"), source: .file(place), boot: bootsItself ? .ownLoader : .direct,
            architecture: architecture)
    }
}
