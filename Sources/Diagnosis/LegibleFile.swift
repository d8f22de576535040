import Glibc

/// A file made ready for reading: as UTF-8 whatever it was, its lines apart, and searched by bytes. Bundles hold megabytes of logs, and
/// all but a few lines of them say nothing.
struct LegibleFile {
    let name: String
    /// The name without folders, in small letters.
    let baseName: String
    let bytes: [UInt8]
    let text: String
    /// The lines of a file of a size that people paste or tools print; empty for a log.
    let lines: [Substring]

    private static let longestPaste = 256 << 10
    /// The most lines that one search gives.
    private static let mostLines = 10_000

    init(_ file: BundleFile) {
        name = file.name
        baseName = (file.name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? file.name).lowercased()
        text = file.text
        bytes = Array(text.utf8)
        lines = bytes.count > Self.longestPaste ? [] : text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Self.line($0) }
    }

    /// Without the carriage return that Windows's lines end with.
    private static func line(_ view: Substring.UTF8View) -> Substring { Substring(view.last == 0x0D ? view.dropLast() : view) }

    func contains(_ needle: String) -> Bool { position(of: Array(needle.utf8), from: 0) != nil }

    /// Every line that has one of the needles in it, in the file's order.
    func lines(containing needles: [String]) -> [Substring] {
        var starts: Set<Int> = []
        for needle in needles.map({ Array($0.utf8) }) {
            var from = 0
            while let found = position(of: needle, from: from), starts.count < Self.mostLines {
                let start = bytes[..<found].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
                starts.insert(start)
                from = bytes[found...].firstIndex(of: 0x0A) ?? bytes.count
            }
        }
        let view = text.utf8
        return starts.sorted().map { start in
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            return Self.line(view[view.index(view.startIndex, offsetBy: start)..<view.index(view.startIndex, offsetBy: end)])
        }
    }

    private func position(of needle: [UInt8], from: Int) -> Int? {
        guard let first = needle.first else { return nil }
        return bytes.withUnsafeBytes { all in
            var from = from
            while from + needle.count <= all.count, let base = all.baseAddress {
                guard let found = memchr(base + from, Int32(first), all.count - needle.count + 1 - from) else { return nil }
                if memcmp(found, needle, needle.count) == 0 { return UnsafeRawPointer(found) - base }
                from = UnsafeRawPointer(found) - base + 1
            }
            return nil
        }
    }
}
