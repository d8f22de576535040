/// What `--kernel` says: which kernels of a catalogue, or which file.
public enum KernelSelector: Hashable, Sendable, CustomStringConvertible {
    /// The newest package of a series: `6.1`.
    case series(KernelSeries, KernelFlavour)
    /// One version: `6.1.192-2`, or the newest revision of `6.1.192`.
    case exact(KernelVersion, KernelFlavour)
    /// The newest package of each series within bounds: `>=5.10,<6.13`.
    case range(KernelRange, KernelFlavour)
    /// The newest package of each series on offer: `all`.
    case all(KernelFlavour)
    /// A kernel image in a file: `./vmlinuz`, `/boot/vmlinuz-6.1.0`. A path has a slash and starts like no version.
    case image(path: String)

    /// Reads a selector. A flavour follows a slash (`6.1/rt-amd64`); without one it is the cloud flavour.
    public init(parsing text: String) throws(SelectorError) {
        guard !text.isEmpty else { throw SelectorError(.empty, text: text) }
        let first = text.first ?? " "
        let namesVersions = first.isNumber || "<>=".contains(first) || text == "all" || text.hasPrefix("all/")
        if text.contains("/"), !namesVersions {
            self = .image(path: text)
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let flavour = parts.count == 2 ? try KernelFlavour(parsing: parts[1]) : .cloud
        let head = parts[0]
        if head == "all" {
            self = .all(flavour)
        } else if "<>=".contains(first) {
            self = .range(try KernelRange(parsing: head), flavour)
        } else if let series = try? KernelSeries(parsing: head) {
            self = .series(series, flavour)
        } else {
            self = .exact(try KernelVersion(parsing: head), flavour)
        }
    }

    public var description: String {
        func with(_ flavour: KernelFlavour, _ text: String) -> String { flavour == .cloud ? text : "\(text)/\(flavour)" }
        return switch self {
        case .series(let series, let flavour): with(flavour, series.description)
        case .exact(let version, let flavour): with(flavour, version.description)
        case .range(let range, let flavour): with(flavour, range.description)
        case .all(let flavour): with(flavour, "all")
        case .image(let path): path
        }
    }
}
