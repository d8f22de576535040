/// What something takes over what the thing beside it takes, measured in turn in one run, so that the machine's speed cancels out. Less is
/// better in every one.
public struct MeasuredRatio: Codable, Hashable, Sendable {
    /// Both, in words: `cold cell of 6.1 / its bare boot`.
    public let name: String
    public let spread: Spread

    public init(_ name: String, _ spread: Spread) {
        self.name = name
        self.spread = spread
    }

    /// - Throws: `DecodingError` for what no measurement gives: nothing, less than nothing, or a median that is not between its ends.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        spread = try values.decode(Spread.self, forKey: .spread)
        guard spread.min > 0, spread.min <= spread.median, spread.median <= spread.max, spread.max.isFinite else {
            throw DecodingError.dataCorruptedError(forKey: .spread, in: values, debugDescription: "the ratio '\(name)' does not go from a least to a most")
        }
    }
}
