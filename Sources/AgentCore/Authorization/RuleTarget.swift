/// A request's target as rules look at it: decoded once, in lower case.
struct RuleTarget: Hashable, Sendable {
    /// How many readings of repeated parameters are looked at; a request with more is refused.
    static let mostReadings = 64

    let path: String
    /// Every way to choose one value for each repeated name; nil for too many.
    let readings: [[String: String]]?

    init(_ target: String) {
        let rawPath = target.prefix { $0 != "?" }
        let rawQuery = target.dropFirst(rawPath.count + 1)
        let decoded = PercentEncoding.decoded(rawPath).lowercased()
        // An encoded question mark ends the path as well.
        path = String(decoded.prefix { $0 != "?" })
        let hidden = decoded.dropFirst(path.count + 1)
        var values: [String: [String]] = [:]
        func add(_ pair: Substring, isDecoded: Bool) {
            let name = pair.prefix { $0 != "=" }
            let value = pair.dropFirst(name.count + 1)
            let (key, text) = isDecoded ? (String(name), String(value)) : (PercentEncoding.decoded(name).lowercased(), PercentEncoding.decoded(value).lowercased())
            if values[key]?.contains(text) != true { values[key, default: []].append(text) }
        }
        for pair in rawQuery.split(separator: "&") { add(pair, isDecoded: false) }
        for pair in hidden.split(separator: "&") { add(pair, isDecoded: true) }
        var readings: [[String: String]] = [[:]]
        for (name, choices) in values {
            guard readings.count * choices.count <= Self.mostReadings else {
                self.readings = nil
                return
            }
            readings = readings.flatMap { reading in choices.map { reading.merging([name: $0], uniquingKeysWith: { $1 }) } }
        }
        self.readings = readings
    }
}
