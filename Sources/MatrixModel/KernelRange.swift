/// A set of kernel series or versions between bounds, such as `>=5.10,<6.13`.
public struct KernelRange: Hashable, Sendable, CustomStringConvertible {
    public enum Relation: String, CaseIterable, Sendable {
        // The longer signs first: parsing takes the first that fits.
        case atLeast = ">=", atMost = "<=", above = ">", below = "<", equal = "="
    }

    public struct Bound: Hashable, Sendable {
        public let relation: Relation
        public let numbers: [Int]
    }

    public let bounds: [Bound]

    public init(parsing text: some StringProtocol) throws(SelectorError) {
        var bounds: [Bound] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let trimmed = part.drop { $0 == " " }
            guard let relation = Relation.allCases.first(where: { trimmed.hasPrefix($0.rawValue) }) else {
                throw SelectorError(.malformedRange, text: String(text))
            }
            var version = trimmed.dropFirst(relation.rawValue.count).drop { $0 == " " }
            while version.last == " " { version.removeLast() }
            guard let numbers = try? VersionNumbers.parse(String(version)) else {
                throw SelectorError(.malformedRange, text: String(text))
            }
            bounds.append(Bound(relation: relation, numbers: numbers))
        }
        self.bounds = bounds
        if Self.isEmpty(bounds) { throw SelectorError(.emptyRange, text: String(text)) }
    }

    /// Whether a version lies within every bound, compared to each bound's own precision: 6.12.9 is not `<6.12`, and is `<=6.12`.
    public func contains(_ version: KernelVersion) -> Bool {
        bounds.allSatisfy { bound in
            let order = Self.compare(Array(version.numbers.prefix(bound.numbers.count)), bound.numbers)
            return switch bound.relation {
            case .atLeast: order >= 0
            case .atMost: order <= 0
            case .above: order > 0
            case .below: order < 0
            case .equal: order == 0
            }
        }
    }

    public var description: String {
        bounds.map { $0.relation.rawValue + $0.numbers.map(String.init).joined(separator: ".") }.joined(separator: ",")
    }

    private static func compare(_ left: [Int], _ right: [Int]) -> Int {
        for index in 0..<max(left.count, right.count) {
            let difference = (index < left.count ? left[index] : 0) - (index < right.count ? right[index] : 0)
            if difference != 0 { return difference }
        }
        return 0
    }

    /// True only when a lower bound lies above an upper one, which no catalogue can satisfy.
    private static func isEmpty(_ bounds: [Bound]) -> Bool {
        let lower = bounds.filter { $0.relation == .atLeast || $0.relation == .above || $0.relation == .equal }
        let upper = bounds.filter { $0.relation == .atMost || $0.relation == .below || $0.relation == .equal }
        return lower.contains { low in
            upper.contains { high in
                let shared = min(low.numbers.count, high.numbers.count)
                let order = compare(Array(low.numbers.prefix(shared)), Array(high.numbers.prefix(shared)))
                if order > 0 { return true }
                let exclusive = low.relation == .above || high.relation == .below
                return order == 0 && low.numbers.count == high.numbers.count && exclusive
            }
        }
    }
}
