public import KernelCatalogue
public import MatrixModel

/// What a cell's kernel runs under: nothing but our own init, or a distribution.
public enum GuestChoice: Hashable, Sendable {
    case micro
    case distribution(Distribution)
    /// A distribution from a disk image that others built.
    case image(ImageGuest)

    /// From the image its makers publish where there is one, else from packages.
    public init(_ distribution: Distribution) {
        self = ImageGuest(distribution, boot: .direct).map(GuestChoice.image) ?? .distribution(distribution)
    }

    /// What is in the cell's id.
    public var name: String {
        switch self {
        case .micro: "micro"
        case .distribution(let distribution): distribution.name
        case .image(let guest): guest.name
        }
    }

    package var distribution: Distribution? { if case .distribution(let distribution) = self { distribution } else { nil } }
    package var image: ImageGuest? { if case .image(let guest) = self { guest } else { nil } }
    /// The distribution that is built from packages while its published image cannot be fetched; nil for every other guest.
    var builtInstead: Distribution? {
        guard let image, image.boot == .direct, let distribution = image.distribution, !distribution.packages.isEmpty else { return nil }
        return distribution
    }
    /// The catalogue's entry; nil for a micro guest, and for an image that was given as a file.
    public var entry: Distribution? { distribution ?? image?.distribution }
    /// The layout that `default` means; nil where it is not known. A micro guest's is what the agent needs.
    public var defaultLayout: CgroupLayout? { self == .micro ? .unified : entry?.cgroup }
    /// Whether its own boot loader starts it, so that the harness has no say in its kernel's command line.
    public var bootsItself: Bool { image?.boot == .ownLoader }
}
