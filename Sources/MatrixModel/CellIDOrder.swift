/// The order of cells of which no more than the id is at hand: part by part, versions and layouts by what they mean.
public enum CellIDOrder {
    public static func precedes(_ left: String, _ right: String) -> Bool {
        let one = left.split(separator: "/", omittingEmptySubsequences: false)
        let other = right.split(separator: "/", omittingEmptySubsequences: false)
        for (part, counterpart) in zip(one, other) where part != counterpart {
            if let layout = CgroupLayout(rawValue: String(part)), let counter = CgroupLayout(rawValue: String(counterpart)) { return layout < counter }
            let order = PackageVersionOrder.compare(String(part), String(counterpart))
            return order == 0 ? part < counterpart : order < 0
        }
        return one.count < other.count
    }
}
