/// The sort key of a cell by its id alone: part by part, versions and layouts by meaning.
public struct CellIDOrder: Comparable, Sendable {
    private enum Part: Hashable {
        case layout(CgroupLayout)
        case text(String)
    }

    private let parts: [Part]

    public init(_ id: String) {
        parts = id.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { part in
            let text = String(Substring(part))
            return CgroupLayout(rawValue: text).map(Part.layout) ?? .text(text)
        }
    }

    public static func < (left: Self, right: Self) -> Bool {
        for (part, counterpart) in zip(left.parts, right.parts) where part != counterpart {
            switch (part, counterpart) {
            case (.layout(let one), .layout(let other)): return one < other
            case (.text(let one), .text(let other)):
                let order = PackageVersionOrder.compare(one, other)
                return order == 0 ? one < other : order < 0
            case (.layout, .text): return true
            case (.text, .layout): return false
            }
        }
        return left.parts.count < right.parts.count
    }

    /// Sorts by id; each id is taken apart once, and no value is moved before its place is known.
    public static func sort<Value>(_ values: [Value], by id: (Value) -> String) -> [Value] {
        let places = values.map { CellIDOrder(id($0)) }
        return values.indices.sorted { places[$0] < places[$1] }.map { values[$0] }
    }
}
