import MatrixModel

/// How old a status was when it was gathered.
struct StatusAge: Hashable {
    let minutes: Int
    let finding: Finding

    /// Minutes since a fixed day, of a time written as `2026-08-03T09:14:27`, with or without a fraction and a Z; nil for anything else.
    static func minutes(of text: some StringProtocol) -> Int? {
        let fields = text.prefix(16).split(whereSeparator: { "-T:".contains($0) }).compactMap { Int($0) }
        guard fields.count == 5, (1970...9999).contains(fields[0]), (1...12).contains(fields[1]), (1...31).contains(fields[2]), fields[3] < 24, fields[4] < 60
        else { return nil }
        // Days from civil (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let year = fields[1] <= 2 ? fields[0] - 1 : fields[0]
        let month = (fields[1] + 9) % 12
        let ofEra = year % 400
        let days = year / 400 * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + (153 * month + 2) / 5 + fields[2]
        return (days * 24 + fields[3]) * 60 + fields[4]
    }
}

extension FieldFacts {
    /// Nil unless the bundle says when it was gathered.
    var statusAge: StatusAge? {
        guard let status, let written = status.timestamp, let gathered = collected, let from = StatusAge.minutes(of: written),
            let to = StatusAge.minutes(of: gathered)
        else { return nil }
        return StatusAge(
            minutes: to - from, finding: Finding(source: shownStatusFile, quote: "timestamp \(Self.shown(written)), gathered \(Self.shown(gathered))"))
    }
}
