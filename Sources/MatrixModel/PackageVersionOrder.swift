/// The order of package version strings as Debian Policy §5.6.12 defines it (without an epoch).
public enum PackageVersionOrder {
    /// Negative when `left` is older, zero when equal, positive when newer.
    public static func compare(_ left: String, _ right: String) -> Int {
        var one = Array(left.utf8)[...]
        var other = Array(right.utf8)[...]
        while !one.isEmpty || !other.isEmpty {
            let words = compareWords(takeWord(&one), takeWord(&other))
            if words != 0 { return words }
            let numbers = compareNumbers(takeNumber(&one), takeNumber(&other))
            if numbers != 0 { return numbers }
        }
        return 0
    }

    private static func takeWord(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let word = text.prefix { !VersionNumbers.isDigit($0) }
        text = text.dropFirst(word.count)
        return word
    }

    private static func takeNumber(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = text.prefix(while: VersionNumbers.isDigit)
        text = text.dropFirst(digits.count)
        return digits.drop { $0 == UInt8(ascii: "0") }
    }

    /// Letters sort before other characters, `~` before everything, even the end of the word.
    private static func weight(_ byte: UInt8?) -> Int {
        guard let byte else { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
        return isLetter ? Int(byte) : Int(byte) + 256
    }

    private static func compareWords(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        for index in 0..<max(left.count, right.count) {
            let one = weight(index < left.count ? left[left.startIndex + index] : nil)
            let other = weight(index < right.count ? right[right.startIndex + index] : nil)
            if one != other { return one - other }
        }
        return 0
    }

    private static func compareNumbers(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        // Without leading zeros the longer number is the larger one, whatever its size.
        if left.count != right.count { return left.count - right.count }
        for (one, other) in zip(left, right) where one != other { return Int(one) - Int(other) }
        return 0
    }
}
