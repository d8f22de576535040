/// One of the parts that a run is divided into: `2/3`, counted from 1.
public struct Shard: Hashable, Sendable, Codable, CustomStringConvertible {
    public let index: Int
    public let count: Int

    public static let maximum = 10_000

    /// Reads `i/n` with 1 ≤ i ≤ n ≤ 10000, in plain digits.
    public init(parsing text: some StringProtocol) throws(SelectorError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts.filter { !$0.isEmpty && $0.count <= 5 && $0.allSatisfy { $0.isASCII && $0.isNumber } }.compactMap { Int($0) }
        guard parts.count == 2, numbers.count == 2, (1...Self.maximum).contains(numbers[1]), (1...numbers[1]).contains(numbers[0]) else {
            throw SelectorError(.malformedShard, text: String(text))
        }
        (index, count) = (numbers[0], numbers[1])
    }

    public var description: String { "\(index)/\(count)" }
}
