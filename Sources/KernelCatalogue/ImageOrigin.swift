/// Where a distribution's guests come from.
public enum ImageOrigin: String, Encodable, Sendable {
    /// Built here.
    case packages
    /// Its makers'; fetched, or found in the cache, when it is wanted.
    case published
    /// None that can be used without a person.
    case none
}

extension Distribution {
    public var imageOrigin: ImageOrigin {
        if let published = image.published, published.signature != .unsigned { return .published }
        return packages.isEmpty ? .none : .packages
    }

    /// Why no published image is used; nil where one is.
    public var unusableImage: String? {
        switch image {
        case .none(let reason): reason
        case .published(let image):
            image.signature == .unsigned ? "the published image is not signed; fetch it, check it by hand, and give it as a file: --distro ./FILE" : nil
        }
    }
}
