/// Writes mdoc(7): macros with their arguments, and text that is escaped so that it does not read as a macro.
public struct Mdoc {
    public private(set) var text = ""

    public init() {}

    /// A macro whose arguments are names of macros and words that are escaped already.
    public mutating func parsed(_ words: [String]) { text += "." + words.joined(separator: " ") + "\n" }

    public mutating func macro(_ name: String, _ arguments: String...) { parsed([name] + arguments.map(Self.escaped)) }

    /// Running text of its own; a heading begins a paragraph already.
    public mutating func paragraph(_ words: String) {
        let isHeaded = text.split(separator: "\n").last.map { $0.hasPrefix(".Sh ") || $0.hasPrefix(".Ss ") } ?? true
        if !isHeaded { parsed(["Pp"]) }
        text(words)
    }

    /// Running text; each sentence on a line of its own, as the formatter wants it.
    public mutating func text(_ words: String) {
        for line in words.split(separator: "\n") {
            for sentence in line.replacing(". ", with: ".\n").split(separator: "\n") { text += Self.protected(Self.escaped(String(sentence))) + "\n" }
        }
    }

    /// Lines that are shown as they stand.
    public mutating func literal(_ lines: [String]) {
        parsed(["Bd", "-literal", "-offset", "indent"])
        for line in lines { text += Self.protected(Self.escaped(line)) + "\n" }
        parsed(["Ed"])
    }

    /// A backslash begins an escape, and a bare hyphen may be typeset as another sign, which does not work when pasted into a shell.
    public static func escaped(_ text: String) -> String { text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq") }

    /// A line that begins with a point or an apostrophe would be a macro.
    private static func protected(_ line: String) -> String { line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line }
}
