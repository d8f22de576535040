/// Targets whose meaning depends on who reads them.
///
/// Bytes are compared, not characters: a combining accent after a dot would make another character of it, and no other path.
enum TargetCheck {
    /// An empty path component, or one that climbs, also after decoding once.
    static func isSuspicious(_ target: UnsafeRawBufferPointer) -> Bool {
        let path = UnsafeRawBufferPointer(rebasing: target[..<(target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)])
        if hasPair(path, UInt8(ascii: "/")) { return true }
        return path.contains(UInt8(ascii: "%")) ? hasPair(PercentEncoding.bytes(path), UInt8(ascii: ".")) : hasPair(path, UInt8(ascii: "."))
    }

    /// A path and perhaps a query, in characters that need no guess (RFC 9112 section 3.2.1). A target with an authority of its own
    /// could name another host than `Host` does.
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
