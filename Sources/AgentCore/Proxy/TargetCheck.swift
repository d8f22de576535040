/// Rejects targets that parsers may interpret differently.
///
/// Compares bytes, not characters: with a combining accent, a dot would be another character, but the path would be the same.
enum TargetCheck {
    /// Whether the path has an empty component, or `.` or `..`, also after decoding once.
    static func isSuspicious(_ target: UnsafeRawBufferPointer) -> Bool {
        let path = UnsafeRawBufferPointer(rebasing: target[..<(target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)])
        if hasPair(path, UInt8(ascii: "/")) { return true }
        return path.contains(UInt8(ascii: "%")) ? hasPair(PercentEncoding.bytes(path), UInt8(ascii: ".")) : hasPair(path, UInt8(ascii: "."))
    }

    /// Whether the target is a path with an optional query, in unambiguous characters (RFC 9112 section 3.2.1). A target with an authority could
    /// name another host than `Host`.
    static func isOriginForm(_ target: UnsafeRawBufferPointer) -> Bool {
        target.first == UInt8(ascii: "/") && target.allSatisfy { $0 > HTTPGrammar.space && $0 < 0x7f && $0 != UInt8(ascii: "#") }
    }

    private static func hasPair(_ bytes: some Sequence<UInt8>, _ byte: UInt8) -> Bool {
        var isSecond = false
        for next in bytes {
            if next == byte, isSecond { return true }
            isSecond = next == byte
        }
        return false
    }
}
