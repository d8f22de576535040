/// Where the image of a distribution's guests comes from.
public enum ImageOrigin: String, Encodable, Sendable {
    /// Built on this machine.
    case packages
    /// Published by the distribution; fetched when needed, or cached.
    case published
    /// No image can be used without a manual step.
    case none
}

extension Distribution {
    public var imageOrigin: ImageOrigin {
        if let published = image.published, published.signature != .unsigned { return .published }
        return packages.isEmpty ? .none : .packages
    }

    /// Why no published image is used; nil if one is.
    public var unusableImage: String? {
        switch image {
        case .none(let reason): reason
        case .published(let image):
            image.signature == .unsigned ? "the published image is not signed; fetch it, check it by hand, and give it as a file: --distro ./FILE" : nil
        }
    }
}
