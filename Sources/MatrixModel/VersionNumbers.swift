/// Dotted decimal numbers, read strictly: `6.1` and `6.12.107`, never `6.`, `+6.1` or `6.1x`.
enum VersionNumbers {
    static func parse(_ text: String) throws(SelectorError) -> [Int] {
        var numbers: [Int] = []
        // Characters are dear to compare, and a run's folder has tens of thousands of versions.
        for part in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            // Int's own parser takes a sign, which no version has.
            guard !part.isEmpty, part.allSatisfy(isDigit), let number = Int(String(decoding: part, as: UTF8.self)) else {
                throw SelectorError(.malformedVersion, text: text)
            }
            numbers.append(number)
        }
        return numbers
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
