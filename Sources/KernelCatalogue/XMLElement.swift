/// An element of an XML document, with its content.
struct XMLElement {
    typealias Malformed = XMLTokens.Malformed

    let name: String
    let attributes: [String: String]
    private(set) var children: [XMLElement] = []
    /// The text directly in it.
    private(set) var text = ""

    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }
    func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// Reads a document, or an element cut out of one.
    init(parsing document: some StringProtocol) throws(Malformed) { try self.init(parsing: Array(document.utf8)) }

    init(parsing bytes: [UInt8]) throws(Malformed) {
        let result = bytes.withUnsafeBytes { buffer in
            do throws(Malformed) { return Result<XMLElement, Malformed>.success(try Self.read(buffer)) } catch { return .failure(error) }
        }
        self = try result.get()
    }

    private init(name: String, attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    private static func read(_ buffer: UnsafeRawBufferPointer) throws(Malformed) -> XMLElement {
        var tokens = XMLTokens(buffer)
        var open: [XMLElement] = []
        var root: XMLElement?
        func close(_ element: XMLElement) {
            if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        }
        while let token = try tokens.next() {
            switch token {
            case .start(let name, let attributes, let isEmpty):
                let element = XMLElement(name: tokens.text(name), attributes: try Self.attributes(tokens.text(attributes)))
                if isEmpty { close(element) } else { open.append(element) }
            case .end: if let element = open.popLast() { close(element) }
            case .text(let range, let isRaw): open[open.count - 1].text += isRaw ? tokens.text(range) : try decoded(tokens.text(range)[...])
            }
        }
        guard let root else { throw Malformed(reason: "it is empty") }
        return root
    }

    /// `key="value" key='value'`
    static func attributes(_ text: String) throws(Malformed) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = text.drop(while: \.isWhitespace)
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: "="),
                case let value = rest[rest.index(after: equals)...].drop(while: \.isWhitespace), let quote = value.first, quote == "\"" || quote == "'",
                let end = value.dropFirst().firstIndex(of: quote)
            else { throw Malformed(reason: "an attribute has no value") }
            let key = String(rest[..<equals]).filter { !$0.isWhitespace }
            guard attributes.updateValue(try decoded(value[value.index(after: value.startIndex)..<end]), forKey: key) == nil else {
                throw Malformed(reason: "the attribute '\(key.prefix(40))' stands twice")
            }
            rest = value[value.index(after: end)...].drop(while: \.isWhitespace)
        }
        return attributes
    }

    private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

    private static func decoded(_ text: Substring) throws(Malformed) -> String {
        guard text.contains("&") else { return String(text) }
        var parts = text.split(separator: "&", omittingEmptySubsequences: false)[...]
        var decoded = String(parts.removeFirst())
        for part in parts {
            guard let end = part.firstIndex(of: ";") else { throw Malformed(reason: "a reference breaks off") }
            let name = part[..<end]
            if let known = entities[String(name)] {
                decoded += known
            } else if name.first == "#", let code = name.dropFirst().first == "x" ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst()),
                let scalar = Unicode.Scalar(code)
            {
                decoded.unicodeScalars.append(scalar)
            } else {
                throw Malformed(reason: "it refers to '\(name.prefix(40))'")
            }
            decoded += part[part.index(after: end)...]
        }
        return decoded
    }
}
