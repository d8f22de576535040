/// A day of the calendar, in UTC: `2027-03-31`.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let year: Int
    public let month: Int
    public let day: Int

    /// Reads `2027-03-31`; a day that no calendar has is refused.
    public init(parsing text: some StringProtocol) throws(SelectorError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isWritten = parts.map(\.count) == [4, 2, 2] && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
        let numbers = parts.compactMap { Int($0) }
        guard isWritten, numbers.count == 3, (1...12).contains(numbers[1]), (1...Self.length(ofMonth: numbers[1], in: numbers[0])).contains(numbers[2]) else {
            throw SelectorError(.malformedDay, text: String(text))
        }
        (year, month, day) = (numbers[0], numbers[1], numbers[2])
    }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String { String(repeating: "0", count: width - String(number).count) + String(number) }
        return [padded(year, 4), padded(month, 2), padded(day, 2)].joined(separator: "-")
    }

    public static func < (left: Self, right: Self) -> Bool { (left.year, left.month, left.day) < (right.year, right.month, right.day) }
}

extension CalendarDay: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a day of the calendar")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
