/// HTML, SVG or XML under construction. Names of elements and attributes are literals of the program and everything else is
/// escaped: by its types, no text of a guest can become markup.
struct Markup {
    typealias Attributes = KeyValuePairs<StaticString, String?>

    private(set) var bytes: [UInt8] = []

    /// Opens an element that is closed by `close`, or never: HTML's void elements.
    /// - Parameter attributes: One that is nil is left out; an empty one has no value.
    mutating func open(_ name: StaticString, _ attributes: Attributes = [:]) {
        bytes.append(UInt8(ascii: "<"))
        literal(name)
        for case (let key, let value?) in attributes {
            bytes.append(UInt8(ascii: " "))
            literal(key)
            bytes += Array("=\"".utf8)
            escaped(value, keepsLines: false)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
    }

    mutating func close(_ name: StaticString) {
        bytes += [UInt8(ascii: "<"), UInt8(ascii: "/")]
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

    mutating func text(_ text: String) { escaped(text, keepsLines: true) }

    /// Words and markup of the program's own.
    mutating func literal(_ markup: StaticString) {
        markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func lineBreak() { bytes.append(UInt8(ascii: "\n")) }

    /// Bytes as a guest sent them.
    mutating func text(_ bytes: [UInt8]) {
        if bytes.allSatisfy(VisibleText.isPlain) { escaped(bytes) } else { text(VisibleText.of(bytes)) }
    }

    private mutating func escaped(_ text: String, keepsLines: Bool) {
        var visible = keepsLines ? VisibleText.of(text) : VisibleText.line(text)
        visible.withUTF8 { escaped($0) }
    }

    private mutating func escaped(_ text: some Collection<UInt8>) {
        var rest = text[...]
        while let next = rest.firstIndex(where: { Self.entity($0) != nil }) {
            bytes.append(contentsOf: rest[..<next])
            if let entity = Self.entity(rest[next]) { literal(entity) }
            rest = rest[rest.index(after: next)...]
        }
        bytes.append(contentsOf: rest)
    }

    private static func entity(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
