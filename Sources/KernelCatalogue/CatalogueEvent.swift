/// The progress of the catalogue.
public enum CatalogueEvent: Hashable, Sendable, CustomStringConvertible {
    case readingIndices(suites: Int)
    case asking(distributions: [String])
    /// Missing keys that were fetched, by origin.
    case fetchedKeys([KeyOrigin])
    case fetchingIndex(suite: String)
    case fetchingPackage(name: String, bytes: Int)
    case unpacking(release: String)

    /// Whether it is shown only with --verbose.
    public var isDetail: Bool { if case .fetchingIndex = self { true } else { false } }

    public var description: String {
        switch self {
        case .readingIndices(let suites): "reading the indices of \(suites) suites of Debian"
        case .asking(let distributions): "reading the indices of \(distributions.joined(separator: ", "))"
        case .fetchedKeys(let origins): "fetched signing keys: \(origins.map(\.description).joined(separator: "; "))"
        case .fetchingIndex(let suite): "fetching the index of \(suite)"
        case .fetchingPackage(let name, let bytes): "fetching \(name) (\((bytes + (1 << 19)) >> 20) MiB)"
        case .unpacking(let release): "unpacking \(release)"
        }
    }
}
