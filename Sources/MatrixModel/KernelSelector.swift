/// What `--kernel` says: which kernels of a catalogue, or which file.
public enum KernelSelector: Hashable, Sendable, CustomStringConvertible {
    /// The newest package of a series: `6.1`.
    case series(KernelSeries, KernelPackaging)
    /// One version: `6.1.192-2`, or the newest revision of `6.1.192`.
    case exact(KernelVersion, KernelPackaging)
    /// The newest package of each series within bounds: `>=5.10,<6.13`.
    case range(KernelRange, KernelPackaging)
    /// The newest package of each series on offer: `all`.
    case all(KernelPackaging)
    /// A kernel image in a file: `./vmlinuz`, `/boot/vmlinuz-6.1.0`. A path has a slash and starts like no version. Or what holds or makes
    /// one: `oci:registry.example/some/kernels:6.1`, `source:6.1.100`.
    case image(path: String)

    /// Reads a selector. A flavour follows a slash (`6.1/rt-amd64`), a distribution an at sign (`5.15@ubuntu-22.04`).
    public init(parsing text: String) throws(SelectorError) {
        guard !text.isEmpty else { throw SelectorError(.empty, text: text) }
        let first = text.first ?? " "
        let namesVersions = first.isNumber || "<>=".contains(first) || text == "all" || text.hasPrefix("all/") || text.hasPrefix("all@")
        if text.hasPrefix("oci:") || text.hasPrefix("source:") || (text.contains("/") && !namesVersions) {
            self = .image(path: text)
            return
        }
        let (head, packaging) = try KernelPackaging.split(text)
        if head == "all" {
            self = .all(packaging)
        } else if "<>=".contains(first) {
            self = .range(try KernelRange(parsing: head), packaging)
        } else if let series = try? KernelSeries(parsing: head) {
            self = .series(series, packaging)
        } else {
            self = .exact(try KernelVersion(parsing: head), packaging)
        }
    }

    /// Whose build it asks for; nil for a file.
    public var packaging: KernelPackaging? {
        switch self {
        case .series(_, let packaging), .exact(_, let packaging), .range(_, let packaging), .all(let packaging): packaging
        case .image: nil
        }
    }

    public var description: String {
        switch self {
        case .series(let series, let packaging): "\(series)\(packaging)"
        case .exact(let version, let packaging): "\(version)\(packaging)"
        case .range(let range, let packaging): "\(range)\(packaging)"
        case .all(let packaging): "all\(packaging)"
        case .image(let path): path
        }
    }
}
