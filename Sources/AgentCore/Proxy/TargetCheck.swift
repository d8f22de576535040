/// Targets whose meaning depends on who reads them.
///
/// Bytes are compared, not characters: a combining accent after a dot would make another character of it, and no other path.
enum TargetCheck {
    /// An empty path component, or one that climbs, also after decoding once.
    static func isSuspicious(_ target: String) -> Bool {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        return hasPair(path, UInt8(ascii: "/")) || hasPair(PercentEncoding.bytes(path), UInt8(ascii: "."))
    }

    /// A path and perhaps a query, in characters that need no guess (RFC 9112 section 3.2.1). A target with an authority of its own
    /// could name another host than `Host` does.
    static func isOriginForm(_ target: String) -> Bool {
        target.utf8.first == UInt8(ascii: "/") && target.utf8.allSatisfy { (0x21..<0x7f).contains($0) && $0 != UInt8(ascii: "#") }
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
