/// Builds HTML, SVG or XML. Element and attribute names are literals of the program and everything else is escaped, so a guest's text
/// cannot become markup.
struct Markup {
    typealias Attributes = KeyValuePairs<StaticString, String?>

    private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: The expected size in bytes.
    init(capacity: Int = 4096) { bytes.reserveCapacity(capacity) }

    /// Opens an element. `close` closes it; HTML's void elements stay open.
    /// - Parameter attributes: A nil value leaves the attribute out.
    mutating func open(_ name: StaticString, _ attributes: Attributes = [:]) {
        bytes.append(UInt8(ascii: "<"))
        literal(name)
        for case (let key, let value?) in attributes {
            bytes.append(UInt8(ascii: " "))
            literal(key)
            literal("=\"")
            escaped(value, [.escaped, .line])
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func close(_ name: StaticString) {
        literal("</")
        literal(name)
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func element(_ name: StaticString, _ attributes: Attributes = [:], content: (inout Markup) -> Void) {
        open(name, attributes)
        content(&self)
        close(name)
    }

    mutating func element(_ name: StaticString, _ text: String) { element(name, [:], text) }

    mutating func element(_ name: StaticString, _ attributes: Attributes, _ text: String) {
        open(name, attributes)
        self.text(text)
        close(name)
    }

    mutating func text(_ text: String) { escaped(text, .escaped) }

    /// Text in which backticks enclose code. An unpaired backtick is kept.
    mutating func prose(_ text: String) {
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false)
        guard pieces.count % 2 == 1 else { return self.text(text) }
        for (index, piece) in pieces.enumerated() where !piece.isEmpty {
            if index % 2 == 0 { self.text(String(piece)) } else { element("code", String(piece)) }
        }
    }

    /// Markup of the program itself, not escaped.
    mutating func literal(_ markup: StaticString) {
        markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func lineBreak() { bytes.append(UInt8(ascii: "\n")) }

    /// Bytes as a guest sent them.
    mutating func text(_ guest: some Collection<UInt8>) {
        let isDone: Void? = guest.withContiguousStorageIfAvailable { VisibleText.append($0, to: &bytes, .escaped) }
        if isDone == nil { Array(guest).withUnsafeBufferPointer { VisibleText.append($0, to: &bytes, .escaped) } }
    }

    private mutating func escaped(_ text: String, _ form: VisibleText.Form) {
        var text = text
        text.withUTF8 { VisibleText.append($0, to: &bytes, form) }
    }
}
