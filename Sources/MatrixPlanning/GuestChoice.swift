public import KernelCatalogue
public import MatrixModel

/// What a cell's kernel boots: a minimal initramfs, or a distribution.
public enum GuestChoice: Hashable, Sendable {
    case micro
    case distribution(Distribution)
    /// A distribution from a prebuilt disk image.
    case image(ImageGuest)

    /// Uses the published image if there is one, else builds the distribution from packages.
    public init(_ distribution: Distribution) {
        self = ImageGuest(distribution, boot: .direct).map(GuestChoice.image) ?? .distribution(distribution)
    }

    /// The guest's part of the cell's id.
    public var name: String {
        switch self {
        case .micro: "micro"
        case .distribution(let distribution): distribution.name
        case .image(let guest): guest.name
        }
    }

    package var distribution: Distribution? { if case .distribution(let distribution) = self { distribution } else { nil } }
    package var image: ImageGuest? { if case .image(let guest) = self { guest } else { nil } }
    /// The distribution to build from packages if its published image cannot be fetched; nil for every other guest.
    var builtInstead: Distribution? {
        guard let image, image.boot == .direct, let distribution = image.distribution, !distribution.packages.isEmpty else { return nil }
        return distribution
    }
    /// The catalogue's entry; nil for a micro guest, and for an image that was given as a file.
    public var entry: Distribution? { distribution ?? image?.distribution }
    /// The layout that `default` means; nil where it is not known. A micro guest uses the layout that the agent needs.
    public var defaultLayout: CgroupLayout? { self == .micro ? .unified : entry?.cgroup }
    /// Whether its own boot loader starts it, so that the harness cannot change the kernel's command line.
    public var bootsItself: Bool { image?.boot == .ownLoader }
}
