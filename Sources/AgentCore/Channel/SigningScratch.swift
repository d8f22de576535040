/// Reused memory for the canonical texts of requests.
struct SigningScratch {
    var text: [UInt8] = []
    private var sorted: [HeaderField] = []
    private var pairs: [Pair] = []

    private struct Pair {
        /// To the `=`, or to the pair's end.
        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
    }

    /// Appends `name:value` lines, sorted by lower-case name; of a repeated name the last value counts. The signature itself is left out.
    mutating func appendFields(_ fields: [HeaderField], of head: UnsafeRawBufferPointer) {
        sorted.removeAll(keepingCapacity: true)
        for field in fields {
            let name = field.name.text(in: head)
            if HTTPGrammar.equals(name, ForwardingHeaders.authorizationName) { continue }
            // Insertion sort: there are only a few fields.
            var place = sorted.count
            var order = 1
            while place > 0 {
                order = Self.order(sorted[place - 1].name.text(in: head), name)
                if order <= 0 { break }
                place -= 1
            }
            if place > 0, order == 0 { sorted[place - 1] = field } else { sorted.insert(field, at: place) }
        }
        for field in sorted {
            appendLowercased(field.name.text(in: head))
            text.append(UInt8(ascii: ":"))
            text.append(contentsOf: field.value.text(in: head))
            text.append(HTTPGrammar.lineFeed)
        }
    }

    /// Appends a query's pairs with lower-case names, sorted by `name` + `value`, without duplicates; without `=` if there is no value.
    mutating func appendQuery(_ query: UnsafeRawBufferPointer) {
        pairs.removeAll(keepingCapacity: true)
        defer { pairs.removeAll(keepingCapacity: true) }
        var rest = query[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.endIndex
            insert(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            rest = rest[end...].dropFirst()
        }
        for index in pairs.indices {
            if index > 0 { text.append(UInt8(ascii: "&")) }
            appendLowercased(pairs[index].name)
            if pairs[index].value.isEmpty { continue }
            text.append(UInt8(ascii: "="))
            text.append(contentsOf: pairs[index].value)
        }
    }

    private mutating func insert(_ text: UnsafeRawBufferPointer) {
        let end = text.firstIndex(of: UInt8(ascii: "=")) ?? text.endIndex
        guard end > 0 else { return }
        let pair = Pair(name: UnsafeRawBufferPointer(rebasing: text[..<end]), value: UnsafeRawBufferPointer(rebasing: text[end...].dropFirst()))
        // Binary search: a client may send thousands of pairs.
        var (low, high) = (0, pairs.count)
        while low < high {
            let middle = (low + high) / 2
            let order = Self.order(pairs[middle], pair)
            if order == 0 { return }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        pairs.insert(pair, at: low)
    }

    private mutating func appendLowercased(_ name: UnsafeRawBufferPointer) {
        for byte in name { text.append(HTTPGrammar.lowercased(byte)) }
    }

    /// Negative if the first name comes first; 0 for equal names, case-insensitive.
    private static func order(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
        for index in 0..<min(first.count, second.count) {
            let (left, right) = (HTTPGrammar.lowercased(first[index]), HTTPGrammar.lowercased(second[index]))
            if left != right { return left < right ? -1 : 1 }
        }
        return first.count - second.count
    }

    /// Compares names and values, concatenated; 0 only for equal pairs.
    private static func order(_ first: Pair, _ second: Pair) -> Int {
        func byte(_ pair: Pair, _ index: Int) -> UInt8? {
            if index < pair.name.count { return HTTPGrammar.lowercased(pair.name[index]) }
            let index = index - pair.name.count
            return index < pair.value.count ? pair.value[index] : nil
        }
        var index = 0
        while true {
            switch (byte(first, index), byte(second, index)) {
            case (nil, nil): return first.name.count - second.name.count
            case (nil, _): return -1
            case (_, nil): return 1
            case (let left?, let right?) where left != right: return left < right ? -1 : 1
            default: index += 1
            }
        }
    }
}
