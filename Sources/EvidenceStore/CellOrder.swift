import MatrixModel

/// The sort key of a record: guest, kernel and layout by meaning, 5.9 before 5.10 and Debian 9 before Debian 10.
public struct CellOrder: Comparable, Sendable {
    private let guest: String
    private let series: KernelSeries
    private let version: KernelVersion?
    private let flavour: String
    private let cgroup: CgroupLayout
    private let id: String

    /// - Parameter guest: Taken for the record's own, where all guests count as one.
    public init(_ record: CellRecord, guest: String? = nil) {
        self.guest = guest ?? record.guest
        flavour = record.flavour
        cgroup = record.cgroup
        id = record.id
        // A cell without a kernel stands where its series would; one without a series, at the end.
        series = record.subject.series ?? KernelSeries(major: .max, minor: 0)
        version = record.subject.cell?.kernel.version
    }

    /// No record, which is large, is moved before its place is known.
    public static func sorted(_ records: [CellRecord]) -> [CellRecord] {
        let places = records.map { CellOrder($0) }
        return records.indices.sorted { places[$0] < places[$1] }.map { records[$0] }
    }

    public static func < (one: Self, other: Self) -> Bool {
        if one.guest != other.guest {
            // Guests without a distribution come first.
            if one.guest == "micro" || other.guest == "micro" { return one.guest == "micro" }
            let order = PackageVersionOrder.compare(one.guest, other.guest)
            return order != 0 ? order < 0 : one.guest < other.guest
        }
        if one.series != other.series { return one.series < other.series }
        if let oneVersion = one.version, let otherVersion = other.version, oneVersion != otherVersion { return oneVersion < otherVersion }
        if one.flavour != other.flavour { return one.flavour < other.flavour }
        if one.cgroup != other.cgroup { return one.cgroup < other.cgroup }
        return one.id < other.id
    }
}
