/// What is documented of a cell's distribution: the guest's, or for a micro guest the one that published the kernel.
public struct CellDocumentation: Hashable, Sendable, Codable {
    /// The distribution's name; null where it is not known.
    public var distribution: String?
    /// The layout that the guest boots with by default; null for a micro guest, and where it is not known.
    public var defaultLayout: CgroupLayout?
    /// Whether the distribution published the kernel.
    public var hasOwnKernel: Bool
    /// What upstream's sources say. They may contradict each other.
    public var claims: [DocumentedClaim]

    public init(distribution: String?, defaultLayout: CgroupLayout? = nil, hasOwnKernel: Bool = false, claims: [DocumentedClaim] = []) {
        self.distribution = distribution
        self.defaultLayout = defaultLayout
        self.hasOwnKernel = hasOwnKernel
        self.claims = claims
    }

    /// No source says anything: the article's floor counts.
    public static let none = CellDocumentation(distribution: nil)

    enum CodingKeys: String, CodingKey {
        case distribution, claims
        case defaultLayout = "default_layout"
        case hasOwnKernel = "own_kernel"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // `encode` and not `encodeIfPresent`: a missing value is a null that readers can rely on.
        try container.encode(distribution, forKey: .distribution)
        try container.encode(defaultLayout, forKey: .defaultLayout)
        try container.encode(hasOwnKernel, forKey: .hasOwnKernel)
        try container.encode(claims, forKey: .claims)
    }
}
