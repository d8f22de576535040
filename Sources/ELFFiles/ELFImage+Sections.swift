extension ELFImage {
    public struct Section: Hashable, Sendable {
        public enum Kind: UInt32, Sendable {
            case program = 1, symbols = 2, strings = 3, addends = 4, empty = 8, relocations = 9
        }

        public let index: Int
        public let name: String
        /// Nil for a kind that does not matter here.
        public let kind: Kind?
        public let isCode: Bool
        /// For relocations and symbols: the sections that they belong to (`sh_link`, `sh_info`).
        public let link: Int
        public let info: Int
        /// Empty where it takes no place in the file.
        public let content: ArraySlice<UInt8>
    }

    public struct Symbol: Hashable, Sendable {
        public let name: String
        public let isFunction: Bool
        /// Its section's index; 0 for one that is defined elsewhere.
        public let section: Int
        public let value: Int
        public let size: Int
    }

    public struct Relocation: Hashable, Sendable {
        /// Where in the section it applies.
        public let offset: Int
        public let symbol: Int
        public let type: UInt32
    }

    /// In the file's order. One whose header leads out of the file is left out.
    public var sections: [Section] {
        guard let offset = integer(at: 40, size: 8), let size = integer(at: 58, size: 2), let count = integer(at: 60, size: 2),
            let namesIndex = integer(at: 62, size: 2), size >= 64, namesIndex < count
        else { return [] }
        func header(_ index: Int, _ field: Int, _ width: Int) -> Int? { integer(at: offset &+ index * size &+ field, size: width) }
        func range(_ index: Int) -> Range<Int>? {
            guard let start = header(index, 24, 8), let length = header(index, 32, 8) else { return nil }
            return checked(start, length)
        }
        guard let names = range(namesIndex) else { return [] }
        return (0..<count).compactMap { index in
            guard let nameOffset = header(index, 0, 4), nameOffset < names.count, let kind = header(index, 4, 4), let flags = header(index, 8, 8),
                let link = header(index, 40, 4), let info = header(index, 44, 4)
            else { return nil }
            let type = UInt32(exactly: kind).flatMap { Section.Kind(rawValue: $0) }
            guard let place = type == .empty ? 0..<0 : range(index) else { return nil }
            return Section(index: index, name: string(names, nameOffset), kind: type, isCode: flags & 4 != 0, link: link, info: info, content: bytes[place])
        }
    }

    /// The symbols of a relocatable file.
    public func symbols(_ sections: [Section]) -> [Symbol] {
        guard let table = sections.first(where: { $0.kind == .symbols }), let names = sections.first(where: { $0.index == table.link }) else { return [] }
        let strings = names.content.indices
        return stride(from: table.content.startIndex, to: table.content.endIndex - 23, by: 24).map { position in
            let nameOffset = integer(at: position, size: 4) ?? 0
            return Symbol(
                name: nameOffset < strings.count ? string(strings, nameOffset) : "", isFunction: bytes[position + 4] & 0xF == 2,
                section: integer(at: position + 6, size: 2) ?? 0,
                value: integer(at: position + 8, size: 8) ?? 0, size: integer(at: position + 16, size: 8) ?? 0)
        }
    }

    /// The relocations of one section.
    public func relocations(of section: Section, _ sections: [Section]) -> [Relocation] {
        sections.filter { $0.kind == .relocations && $0.info == section.index }.flatMap { table in
            stride(from: table.content.startIndex, to: table.content.endIndex - 15, by: 16).compactMap { position in
                guard let offset = integer(at: position, size: 8), let type = integer(at: position + 8, size: 4),
                    let symbol = integer(at: position + 12, size: 4)
                else { return nil }
                return Relocation(offset: offset, symbol: symbol, type: UInt32(truncatingIfNeeded: type))
            }
        }
    }

    /// Names end up on screens, and no compiler makes one with anything but printable ASCII in it.
    private func string(_ table: Range<Int>, _ offset: Int) -> String {
        let raw = bytes[(table.lowerBound + offset)..<table.upperBound].prefix { $0 != 0 }
        return String(decoding: raw.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
