/// What a record is about: a cell, or what was asked for where no kernel was found.
public enum CellSubject: Hashable, Sendable {
    case cell(Cell)
    case asked(AskedCell)

    /// The cell; nil where no kernel was found.
    public var cell: Cell? { if case .cell(let cell) = self { cell } else { nil } }

    public var id: CellID {
        switch self {
        case .cell(let cell): cell.id
        case .asked(let asked): asked.id
        }
    }

    public var guest: String {
        switch self {
        case .cell(let cell): cell.guest
        case .asked(let asked): asked.guest
        }
    }

    /// The kernel's, or the one that was asked for; nil for a selector that names none.
    public var series: KernelSeries? {
        switch self {
        case .cell(let cell): cell.kernel.series
        case .asked(let asked): asked.series
        }
    }

    public var flavour: KernelFlavour {
        switch self {
        case .cell(let cell): cell.kernel.flavour
        case .asked(let asked): asked.flavour
        }
    }

    public var architecture: Architecture {
        switch self {
        case .cell(let cell): cell.architecture
        case .asked(let asked): asked.architecture
        }
    }

    public var cgroup: CgroupLayout {
        switch self {
        case .cell(let cell): cell.cgroup
        case .asked(let asked): asked.cgroup
        }
    }

    public var further: FurtherAxes {
        switch self {
        case .cell(let cell): FurtherAxes(profile: cell.profile, deployment: cell.deployment, scenario: cell.scenario, agent: cell.agent, bpf: cell.bpf)
        case .asked(let asked): asked.further
        }
    }
}

/// The axes beyond guest, kernel and layout; nil for those that are not in play.
public struct FurtherAxes: Hashable, Sendable {
    public var profile: String?
    public var deployment: String?
    public var scenario: String?
    public var agent: String?
    public var bpf: String?

    public init(profile: String? = nil, deployment: String? = nil, scenario: String? = nil, agent: String? = nil, bpf: String? = nil) {
        self.profile = profile
        self.deployment = deployment
        self.scenario = scenario
        self.agent = agent
        self.bpf = bpf
    }
}

/// Axes for which no kernel was found, so that they are no cell.
public struct AskedCell: Hashable, Sendable {
    public let id: CellID
    public let guest: String
    /// Nil for a selector that names none, such as a range.
    public let series: KernelSeries?
    public let flavour: KernelFlavour
    public let architecture: Architecture
    public let cgroup: CgroupLayout
    public let further: FurtherAxes

    /// What was stored of such a cell.
    public init(
        id: CellID, guest: String, series: KernelSeries?, flavour: KernelFlavour, architecture: Architecture, cgroup: CgroupLayout, further: FurtherAxes
    ) {
        self.id = id
        self.guest = guest
        self.series = series
        self.flavour = flavour
        self.architecture = architecture
        self.cgroup = cgroup
        self.further = further
    }

    /// What a selector asked for.
    public init(
        _ selector: KernelSelector, guest: String = "micro", architecture: Architecture = .unnamed, cgroup: CgroupLayout, further: FurtherAxes = FurtherAxes()
    ) {
        let flavour = selector.packaging?.flavour ?? (selector.packaging == nil ? .custom : .cloud(on: architecture))
        let named = [
            ("arch", architecture == .unnamed ? nil : architecture.rawValue), ("profile", further.profile), ("deployment", further.deployment),
            ("scenario", further.scenario), ("agent", further.agent), ("bpf", further.bpf),
        ].compactMap { axis, value in value.map { "\(axis)=\($0)" } }
        let text = ([guest, selector.description.replacing("/", with: "_"), flavour.name, cgroup.rawValue] + named).joined(separator: "/")
        self.init(
            id: CellID(stored: text), guest: guest, series: selector.namedSeries, flavour: flavour, architecture: architecture, cgroup: cgroup, further: further
        )
    }
}

extension KernelSelector {
    fileprivate var namedSeries: KernelSeries? {
        switch self {
        case .series(let series, _): series
        case .exact(let version, _): version.series
        case .range, .all, .image: nil
        }
    }
}
