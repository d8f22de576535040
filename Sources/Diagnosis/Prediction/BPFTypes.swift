/// The type information of an object (`.BTF`, Documentation/bpf/btf.rst), as far as maps and relocations need it. Every offset is checked.
struct BPFTypes {
    private struct Entry {
        let name: Int
        let kind: UInt32
        /// A size, or the number of another type.
        let other: Int
        /// Members of a structure, or variables of a section: name, type.
        var members: [(name: Int, type: Int)] = []
        /// Of an array.
        var count = 0
    }

    private let strings: [UInt8]
    private var entries: [Entry] = [Entry(name: 0, kind: 0, other: 0)]

    private static let mostTypes = 100_000

    /// Nil for what is not a BTF.
    init?(_ section: ArraySlice<UInt8>) {
        let bytes = Array(section)
        guard let header = BTFHeader(bytes), let typeBytes = header.part(bytes, at: 8), let strings = header.part(bytes, at: 16) else { return nil }
        self.strings = strings
        var words = WordReader(typeBytes)
        while let name = words.next(), let info = words.next(), let other = words.next() {
            guard entries.count < Self.mostTypes else { return nil }
            var entry = Entry(name: name, kind: UInt32(info >> 24 & 0x1F), other: other)
            let count = info & 0xFFFF
            switch entry.kind {
            case 1, 14, 17: words.skip(1)
            case 3:
                _ = words.next()
                words.skip(1)
                entry.count = words.next() ?? 0
            case 4, 5, 15:
                for _ in 0..<count {
                    guard let first = words.next(), let second = words.next() else { return nil }
                    words.skip(1)
                    entry.members.append(entry.kind == 15 ? (0, first) : (first, second))
                }
            case 6: words.skip(2 * count)
            case 13: words.skip(2 * count)
            case 19: words.skip(3 * count)
            default: break
            }
            entries.append(entry)
        }
    }

    /// The maps of `.maps`: their names and the numbers of their types (libbpf's `__uint(type, N)` is a pointer to an array of N).
    var maps: [(name: String, type: Int)] {
        guard let section = entries.first(where: { $0.kind == 15 && string($0.name) == ".maps" }) else { return [] }
        return section.members.compactMap { member in
            guard let variable = entry(member.type), let structure = entry(resolved(variable.other)) else { return nil }
            guard let type = structure.members.first(where: { string($0.name) == "type" }), let pointer = entry(type.type), pointer.kind == 2,
                let array = entry(pointer.other)
            else { return nil }
            return (string(variable.name), array.count)
        }
    }

    func string(_ offset: Int) -> String {
        guard offset >= 0, offset < strings.count else { return "" }
        let raw = strings[offset...].prefix { $0 != 0 }.prefix(256)
        return String(decoding: raw.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    private func entry(_ number: Int) -> Entry? { entries.indices.contains(number) ? entries[number] : nil }

    /// Past names and qualifiers, of which nothing honest has many.
    private func resolved(_ number: Int) -> Int {
        var number = number
        for _ in 0..<16 {
            guard let entry = entry(number), [8, 9, 10, 11, 18].contains(entry.kind) else { break }
            number = entry.other
        }
        return number
    }

    /// How many relocations against the kernel's types each section has (`.BTF.ext`).
    func relocations(_ extra: ArraySlice<UInt8>) -> [String: Int] {
        let bytes = Array(extra)
        guard let header = BTFHeader(bytes), header.length >= 32, let part = header.part(bytes, at: 24) else { return [:] }
        var words = WordReader(part)
        guard let size = words.next(), size >= 16, size % 4 == 0 else { return [:] }
        var found: [String: Int] = [:]
        while let name = words.next(), let count = words.next() {
            for _ in 0..<count {
                words.skip(3)
                guard let kind = words.next() else { return found }
                words.skip(size / 4 - 4)
                // 6 asks for a type of the object's own.
                if kind != 6 { found[string(name), default: 0] += 1 }
            }
        }
        return found
    }
}

/// What `.BTF` and `.BTF.ext` begin with: a magic number, the header's length, and pairs of offset and length behind it.
private struct BTFHeader {
    let length: Int

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 24, bytes[0] == 0x9F, bytes[1] == 0xEB else { return nil }
        length = Self.word(bytes, 4)
        guard length >= 24, length <= bytes.count else { return nil }
    }

    /// - Parameter field: Where in the header the pair stands.
    func part(_ bytes: [UInt8], at field: Int) -> [UInt8]? {
        guard field + 8 <= bytes.count else { return nil }
        let start = length + Self.word(bytes, field)
        let end = start + Self.word(bytes, field + 4)
        return end <= bytes.count ? Array(bytes[start..<end]) : nil
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) } }
}

/// 32-bit words, one after the other.
private struct WordReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Int? {
        guard position + 4 <= bytes.count else { return nil }
        defer { position += 4 }
        return (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << ($1 * 8) }
    }

    mutating func skip(_ words: Int) { position = min(bytes.count, position + max(0, words) * 4) }
}
