/// Dotted decimal numbers, read strictly: `6.1` and `6.12.107`, never `6.`, `+6.1` or `6.1x`.
enum VersionNumbers {
    static func parse(_ text: some StringProtocol) throws(SelectorError) -> [Int] {
        var numbers: [Int] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            // Int's own parser takes a sign, which no version has.
            guard !part.isEmpty, part.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(part) else {
                throw SelectorError(.malformedVersion, text: String(text))
            }
            numbers.append(number)
        }
        guard !numbers.isEmpty else { throw SelectorError(.malformedVersion, text: String(text)) }
        return numbers
    }
}
