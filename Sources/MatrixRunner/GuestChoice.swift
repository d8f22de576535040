public import CloudImages
import Foundation
public import KernelCatalogue
import SystemPackage

/// What a cell's kernel runs under: nothing but our own init, or a distribution.
public enum GuestChoice: Hashable, Sendable {
    case micro
    case distribution(Distribution)
    /// A distribution from a disk image that others built.
    case image(ImageGuest)

    /// What stands in the cell's id.
    public var name: String {
        switch self {
        case .micro: "micro"
        case .distribution(let distribution): distribution.name
        case .image(let guest): guest.name
        }
    }

    var distribution: Distribution? { if case .distribution(let distribution) = self { distribution } else { nil } }
    var image: ImageGuest? { if case .image(let guest) = self { guest } else { nil } }
    /// Whether its own boot loader starts it, so that the harness has no say in its kernel's command line.
    public var bootsItself: Bool { image?.boot == .ownLoader }
}

/// A disk image as a guest.
public struct ImageGuest: Hashable, Sendable {
    public enum Boot: Hashable, Sendable {
        /// The kernel is taken out of the image, or is another, and starts with the initramfs of the harness.
        case direct
        /// The image's own boot loader, kernel and initramfs, as on the platform.
        case ownLoader
    }

    public let name: String
    public let source: DiskImageSource
    public let boot: Boot

    private static let ownLoaderPrefix = "whole:"

    public init(name: String, source: DiskImageSource, boot: Boot) {
        self.name = name
        self.source = source
        self.boot = boot
    }

    /// Reads the path of an image: `./debian.qcow2`, or `whole:./debian.qcow2` for one that boots by itself. Nil for what is no path.
    public init?(parsing text: String) {
        let bootsItself = text.hasPrefix(Self.ownLoaderPrefix)
        let path = bootsItself ? String(text.dropFirst(Self.ownLoaderPrefix.count)) : text
        guard path.contains("/") || bootsItself else { return nil }
        let place = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath((path as NSString).expandingTildeInPath)).lexicallyNormalized()
        // It becomes part of a cell's id and of a folder's name.
        let stem = (place.stem ?? "image").lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) ? $0 : "-" }
        self.init(name: String(stem.prefix(60)) + (bootsItself ? ".whole" : ".image"), source: .file(place), boot: bootsItself ? .ownLoader : .direct)
    }
}
