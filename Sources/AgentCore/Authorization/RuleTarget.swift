/// A request's target as rules see it: decoded once, in lower case.
///
/// It consists of bytes, because equal strings may differ in theirs, and the platform compares bytes.
struct RuleTarget: Hashable, Sendable {
    typealias Text = [UInt8]

    /// The limit of readings of repeated parameters; a request with more is rejected.
    static let mostReadings = 64

    let path: Text
    /// Every selection of one value for each repeated name; nil if there are too many.
    let readings: [[Text: Text]]?

    init(_ target: String) {
        let rawPath = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        let rawQuery = target.utf8.dropFirst(rawPath.count + 1)
        let decoded = Self.decoded(rawPath)
        // An encoded question mark also ends the path.
        path = Array(decoded.prefix { $0 != UInt8(ascii: "?") })
        let hidden = decoded.dropFirst(path.count + 1)
        var values: [Text: [Text]] = [:]
        func add(_ name: Text, _ value: Text) {
            if values[name]?.contains(value) != true { values[name, default: []].append(value) }
        }
        for pair in rawQuery.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            add(Self.decoded(name), Self.decoded(pair.dropFirst(name.count + 1)))
        }
        for pair in hidden.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            add(Array(name), Array(pair.dropFirst(name.count + 1)))
        }
        var readings: [[Text: Text]] = [[:]]
        for (name, choices) in values {
            guard readings.count * choices.count <= Self.mostReadings else {
                self.readings = nil
                return
            }
            readings = readings.flatMap { reading in choices.map { reading.merging([name: $0], uniquingKeysWith: { $1 }) } }
        }
        self.readings = readings
    }

    private static func decoded(_ text: some Sequence<UInt8>) -> Text {
        Array(String(decoding: PercentEncoding.bytes(text), as: UTF8.self).lowercased().utf8)
    }
}
