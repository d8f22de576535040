import Foundation

/// Renders the Markdown of an article as plain text: headings in capitals, code and tables indented, paragraphs wrapped.
///
/// Knows what the articles use: headings, paragraphs, lists, tables, fenced and indented code, `<doc:Article>` and `[text](address)`.
public struct PlainMarkdown {
    private enum Block {
        case heading(String)
        case paragraph(String)
        case item(String)
        case table([[String]])
        case code([String])
    }

    private let blocks: [Block]

    /// - Parameter link: The text that stands for a link to an article.
    public init(_ markdown: String, link: (String) -> String) {
        blocks = Self.parse(markdown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), link)
    }

    /// The first paragraph without its full stop.
    public var summary: String {
        for case .paragraph(let text) in blocks { return text.hasSuffix(".") ? String(text.dropLast()) : text }
        return ""
    }

    public func text(width: Int) -> String {
        var parts: [String] = []
        var wasItem = false
        for block in blocks {
            let text =
                switch block {
                case .heading(let text): text.split(separator: " ").map { $0.hasPrefix("--") ? String($0) : $0.uppercased() }.joined(separator: " ")
                case .paragraph(let text): Self.wrap(text, width: width, indent: "  ", first: "  ")
                case .item(let text): Self.wrap(text, width: width, indent: "    ", first: "  - ")
                case .table(let rows): Self.table(rows, width: width)
                case .code(let lines): lines.map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n")
                }
            if case .item = block, wasItem, let last = parts.popLast() { parts.append(last + "\n" + text) } else { parts.append(text) }
            if case .item = block { wasItem = true } else { wasItem = false }
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func parse(_ lines: [String], _ link: (String) -> String) -> [Block] {
        var blocks: [Block] = []
        var rest = lines[...]
        while let line = rest.first {
            if line.isEmpty {
                rest.removeFirst()
            } else if line.hasPrefix("```") {
                let body = rest.dropFirst().prefix { !$0.hasPrefix("```") }
                blocks.append(.code(Array(body)))
                rest = rest.dropFirst(body.count + 2)
            } else if line.hasPrefix("    ") {
                let body = rest.prefix { $0.hasPrefix("    ") }
                blocks.append(.code(body.map { String($0.dropFirst(4)) }))
                rest = rest.dropFirst(body.count)
            } else if line.hasPrefix("#") {
                let level = line.prefix { $0 == "#" }.count
                blocks.append(.heading(plain(String(line.dropFirst(level + 1)), link)))
                rest.removeFirst()
            } else if line.hasPrefix("|") {
                let body = rest.prefix { $0.hasPrefix("|") }
                blocks.append(.table(body.filter { !$0.hasPrefix("|-") }.map { cells($0).map { plain($0, link) } }))
                rest = rest.dropFirst(body.count)
            } else if line.hasPrefix("- ") {
                blocks.append(.item(plain(String(line.dropFirst(2)), link)))
                rest.removeFirst()
            } else {
                let body = rest.prefix { !$0.isEmpty && !$0.hasPrefix("|") && !$0.hasPrefix("- ") && !$0.hasPrefix("#") && !$0.hasPrefix("```") }
                blocks.append(.paragraph(plain(body.joined(separator: " "), link)))
                rest = rest.dropFirst(body.count)
            }
        }
        return blocks
    }

    private static func cells(_ row: String) -> [String] {
        row.dropFirst().split(separator: "|", omittingEmptySubsequences: false).dropLast().map { $0.trimmingPrefix(" ").reversed().drop { $0 == " " } }
            .map { String($0.reversed()) }
    }

    /// Text without marks.
    private static func plain(_ text: String, _ link: (String) -> String) -> String {
        text.replacing(/<doc:([A-Za-z]+)>/) { link(String($0.1)) }
            .replacing(/\[([^\]]+)\]\(([^)]+)\)/) { $0.1 == $0.2 ? String($0.2) : "\($0.1) (\($0.2))" }
            .replacing("`", with: "").replacing("**", with: "")
    }

    /// Columns as wide as their widest entry; the last one is wrapped.
    private static func table(_ rows: [[String]], width: Int) -> String {
        let padded = rows.map { $0.map { $0.isEmpty ? "-" : $0 } }
        let widths = (0..<max(0, (rows.first?.count ?? 1) - 1)).map { column in padded.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        let indent = 2 + widths.reduce(0) { $0 + $1 + 2 }
        // Too narrow for the last column: it goes below the others.
        guard width - indent >= 24 else {
            return padded.dropFirst().map { row in
                "  " + row.dropLast().joined(separator: "  ") + "\n" + wrap(row.last ?? "", width: width, indent: "      ", first: "      ")
            }.joined(separator: "\n")
        }
        return padded.map { row in
            let head = "  " + zip(row, widths).map { $0.padding(toLength: $1 + 2, withPad: " ", startingAt: 0) }.joined()
            return wrap(row.last ?? "", width: width, indent: String(repeating: " ", count: indent), first: head)
        }.joined(separator: "\n")
    }

    private static func wrap(_ text: String, width: Int, indent: String, first: String) -> String {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                (line, isEmpty) = (indent, true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
