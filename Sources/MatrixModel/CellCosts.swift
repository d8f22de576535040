/// What cells are expected to take, in seconds: measured where somebody measured, else by the kind of guest.
///
/// What a run is divided by comes from a file or is the default, and never from this machine's history: all parts have to be divided alike.
/// In which order one machine takes its own cells is its own affair.
public struct CellCosts: Hashable, Sendable, Codable {
    public static let schema = 1
    public static let standard = CellCosts(cells: [:], guests: [:])

    public let schema: Int
    /// By lineage: a cell's id with the series in the version's place.
    public let cells: [String: Double]
    /// By the guest's name.
    public let guests: [String: Double]

    public init(cells: [String: Double], guests: [String: Double]) {
        schema = Self.schema
        self.cells = cells
        self.guests = guests
    }

    /// A kernel and our own init.
    public static let microSeconds = 6.0
    /// A distribution with its service manager, package manager and all.
    public static let distributionSeconds = 30.0
    /// A deployment waits for cloud-init, and cloud-init for the agent.
    public static let deploymentSeconds = 90.0
    /// A kernel has to be fetched and unpacked, an image fetched or built, before the first cell that needs it.
    public static let kernelSeconds = 10.0
    public static let imageSeconds = 45.0

    public func seconds(of cell: Cell) -> Double { measuredSeconds(of: cell) ?? Self.fixedSeconds(CellKind(cell)) }

    /// Nil for a cell of whose guest nothing was measured.
    public func measuredSeconds(of cell: Cell) -> Double? { cells[cell.id.lineage(series: cell.kernel.series.description)] ?? guests[cell.guest] }

    private static func fixedSeconds(_ kind: CellKind) -> Double {
        switch kind {
        case .micro: microSeconds
        case .distribution: distributionSeconds
        case .deployment: deploymentSeconds
        }
    }

    public func item(_ cell: Cell) -> ShardSplit.Item {
        var preparations = ["kernel \(cell.kernel.origin) \(cell.kernel.release) \(cell.kernel.version)": Self.milliseconds(Self.kernelSeconds)]
        if cell.guest != "micro" { preparations["image \(cell.guest)"] = Self.milliseconds(Self.imageSeconds) }
        return ShardSplit.Item(id: cell.id.text, milliseconds: Self.milliseconds(seconds(of: cell)), preparations: preparations)
    }

    /// What makes no sense in a file (negative, infinite, above a day); nil when all of it does.
    public var nonsense: String? {
        (cells.sorted { $0.key < $1.key } + guests.sorted { $0.key < $1.key }).first { !(0...86_400).contains($0.value) }.map {
            "\($0.key): \($0.value) seconds"
        }
    }

    private static func milliseconds(_ seconds: Double) -> Int { Int((min(max(seconds, 0), 86_400) * 1000).rounded()) }
}
