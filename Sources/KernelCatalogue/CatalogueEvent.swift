/// What the catalogue is doing, for people to read.
public enum CatalogueEvent: Hashable, Sendable, CustomStringConvertible {
    case readingIndices(suites: Int)
    case asking(distribution: String)
    case fetchingIndex(suite: String)
    case fetchingPackage(name: String, bytes: Int)
    case unpacking(release: String)

    public var description: String {
        switch self {
        case .readingIndices(let suites): "reading the indices of \(suites) suites"
        case .asking(let distribution): "looking at what \(distribution) has"
        case .fetchingIndex(let suite): "fetching the index of \(suite)"
        case .fetchingPackage(let name, let bytes): "fetching \(name) (\((bytes + (1 << 19)) >> 20) MiB)"
        case .unpacking(let release): "unpacking \(release)"
        }
    }
}
