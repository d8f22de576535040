/// Axes for which no kernel was found, so that they are not a cell.
public struct AskedCell: Hashable, Sendable {
    public let axes: CellAxes
    public let id: CellID
    /// Nil for a selector that names none, such as a range.
    public let series: KernelSeries?
    public let flavour: KernelFlavour

    /// What was stored of such a cell.
    public init(_ axes: CellAxes, id: CellID, series: KernelSeries?, flavour: KernelFlavour) {
        self.axes = axes
        self.id = id
        self.series = series
        self.flavour = flavour
    }

    /// What a selector asked for.
    public init(_ selector: KernelSelector, _ axes: CellAxes) {
        let flavour = selector.packaging?.flavour ?? (selector.packaging == nil ? .custom : .cloud(on: axes.architecture))
        let architecture = axes.architecture == .unnamed ? nil : axes.architecture.rawValue
        let named = ([("arch", architecture)] + axes.named).compactMap { axis, value in value.map { "\(axis)=\($0)" } }
        let text = ([axes.guest, selector.description.replacing("/", with: "_"), flavour.name, axes.cgroup.rawValue] + named).joined(separator: "/")
        self.init(axes, id: CellID(stored: text), series: selector.namedSeries, flavour: flavour)
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
