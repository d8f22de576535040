/// Which cells are meant, by their ids: `*` matches any text, slashes too, and `?` one character.
public struct CellPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(parsing text: String) throws(SelectorError) {
        guard !text.isEmpty else { throw SelectorError(.emptyPattern, text: text) }
        self.text = text
    }

    public var description: String { text }

    /// Whether the whole of an id is what the pattern says.
    public func matches(_ id: String) -> Bool {
        let pattern = Array(text.utf8)
        let bytes = Array(id.utf8)
        var place = 0
        var index = 0
        // Where the last star is, and how much it has matched: going back to it alone keeps this from growing exponentially.
        var star: (place: Int, index: Int)?
        while index < bytes.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, index)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == bytes[index] {
                place += 1
                index += 1
            } else if let last = star {
                star = (last.place, last.index + 1)
                place = last.place + 1
                index = last.index + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
