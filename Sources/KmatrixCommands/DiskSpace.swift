import ArgumentParser

/// An amount of disk space as people write it: `20G`, `500M`; of 1024 each, as the unit of a disk's `df -h`.
struct DiskSpace: Hashable {
    let bytes: Int

    /// The text's number must be a whole one above zero, and have a unit. Nil for everything else.
    init?(parsing text: String) {
        guard let parts = text.wholeMatch(of: /([0-9]{1,9})([KMGT])(iB)?/), let count = Int(parts.1), count > 0 else { return nil }
        let shift =
            switch parts.2 {
            case "K": 10;
            case "M": 20;
            case "G": 30;
            default: 40
            }
        let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: 1 << shift)
        guard !isTooMuch else { return nil }
        self.bytes = bytes
    }

    /// - Parameter source: The option or variable that says so.
    /// - Throws: `ValidationError`.
    init(_ text: String, from source: String) throws {
        guard let space = DiskSpace(parsing: text) else {
            throw ValidationError("\(source) takes a whole number with its unit, K, M, G or T (20G, 500M), not '\(text)'")
        }
        self = space
    }
}
