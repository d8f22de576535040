/// Searches of short words in lines, byte by byte. The standard library compares characters, which costs fifty times as much, and a log has
/// many lines and a table of reasons many words.
enum TextSearch {
    static func range(of needle: String, in text: Substring) -> Range<String.Index>? {
        var (text, needle) = (text, needle)
        let offset = text.withUTF8 { all in
            needle.withUTF8 { wanted in LogText.position(of: UnsafeRawBufferPointer(wanted), in: UnsafeRawBufferPointer(all), from: 0) }
        }
        guard let offset else { return nil }
        let start = text.utf8.index(text.startIndex, offsetBy: offset)
        return start..<text.utf8.index(start, offsetBy: needle.utf8.count)
    }
}

extension String {
    package func contains(_ needle: String) -> Bool { TextSearch.range(of: needle, in: self[...]) != nil }
    package func firstRange(of needle: String) -> Range<String.Index>? { TextSearch.range(of: needle, in: self[...]) }
}

extension Substring {
    package func contains(_ needle: String) -> Bool { TextSearch.range(of: needle, in: self) != nil }
    package func firstRange(of needle: String) -> Range<String.Index>? { TextSearch.range(of: needle, in: self) }
}
