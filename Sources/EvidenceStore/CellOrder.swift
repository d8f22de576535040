import MatrixModel

/// Where a record stands among others: by guest, kernel and layout as they are meant, 5.9 before 5.10 and Debian 9 before Debian 10.
///
/// Made once for each record, since reading a version is dearer than comparing two.
public struct CellOrder: Comparable, Sendable {
    private let record: CellRecord
    private let series: KernelSeries
    private let version: KernelVersion?

    public init(_ record: CellRecord) {
        self.record = record
        // A cell without a kernel stands where its series would; one without a series, at the end.
        series = record.series.flatMap { try? KernelSeries(parsing: $0) } ?? KernelSeries(major: .max, minor: 0)
        version = record.kernel.flatMap { try? KernelVersion(parsing: $0) }
    }

    public static func sorted(_ records: [CellRecord]) -> [CellRecord] {
        records.map(CellOrder.init).sorted().map(\.record)
    }

    public static func == (left: Self, right: Self) -> Bool { left.record == right.record }

    public static func < (left: Self, right: Self) -> Bool {
        let (one, other) = (left.record, right.record)
        if one.guest != other.guest {
            // Guests without a distribution come first.
            if one.guest == "micro" || other.guest == "micro" { return one.guest == "micro" }
            let order = PackageVersionOrder.compare(one.guest, other.guest)
            return order != 0 ? order < 0 : one.guest < other.guest
        }
        if left.series != right.series { return left.series < right.series }
        if let oneVersion = left.version, let otherVersion = right.version, oneVersion != otherVersion { return oneVersion < otherVersion }
        if one.flavour != other.flavour { return one.flavour < other.flavour }
        if one.cgroup != other.cgroup { return one.cgroup < other.cgroup }
        return one.id < other.id
    }
}
