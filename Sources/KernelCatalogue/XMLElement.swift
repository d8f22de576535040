/// The XML that repository tools write: elements, attributes, text. A document type is refused, so there are no entities that grow, and
/// the depth is bounded.
struct XMLElement {
    let name: String
    let attributes: [String: String]
    private(set) var children: [XMLElement] = []
    /// The text directly in it.
    private(set) var text = ""

    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }
    func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// Why a text is none of this XML.
    struct Malformed: Error, Hashable { let reason: String }

    private static let deepest = 32

    /// Reads a document, or an element cut out of one.
    init(parsing document: some StringProtocol) throws(Malformed) {
        var rest = Substring(document)
        var open: [XMLElement] = []
        while true {
            guard let mark = rest.firstIndex(of: "<") else { throw Malformed(reason: "it breaks off") }
            if !open.isEmpty { open[open.count - 1].text += try Self.decoded(rest[..<mark]) }
            rest = rest[rest.index(after: mark)...]
            if rest.hasPrefix("!--") {
                guard let end = rest.firstRange(of: "-->") else { throw Malformed(reason: "a comment breaks off") }
                rest = rest[end.upperBound...]
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { throw Malformed(reason: "a tag breaks off") }
            var tag = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if tag.first == "?" { continue }
            if tag.first == "!" { throw Malformed(reason: "it has a document type or raw text") }
            let closed: XMLElement
            if tag.first == "/" {
                guard let last = open.popLast(), last.name == tag.dropFirst().prefix(while: { !$0.isWhitespace }) else {
                    throw Malformed(reason: "'\(tag.prefix(40))' closes nothing")
                }
                closed = last
            } else {
                let isEmpty = tag.last == "/"
                if isEmpty { tag.removeLast() }
                let element = try XMLElement(tag: tag)
                guard isEmpty else {
                    guard open.count < Self.deepest else { throw Malformed(reason: "it is nested too deeply") }
                    open.append(element)
                    continue
                }
                closed = element
            }
            guard !open.isEmpty else {
                self = closed
                return
            }
            open[open.count - 1].children.append(closed)
        }
    }

    /// `name key="value" key='value'`
    private init(tag: Substring) throws(Malformed) {
        name = String(tag.prefix { !$0.isWhitespace })
        var attributes: [String: String] = [:]
        var rest = tag.dropFirst(name.count).drop(while: \.isWhitespace)
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: "="), let quote = rest[rest.index(after: equals)...].first, quote == "\"" || quote == "'" else {
                throw Malformed(reason: "an attribute of '\(name.prefix(40))' has no value")
            }
            let start = rest.index(equals, offsetBy: 2)
            guard let end = rest[start...].firstIndex(of: quote) else { throw Malformed(reason: "an attribute of '\(name.prefix(40))' breaks off") }
            attributes[String(rest[..<equals])] = try Self.decoded(rest[start..<end])
            rest = rest[rest.index(after: end)...].drop(while: \.isWhitespace)
        }
        self.attributes = attributes
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
            } else if name.first == "#", let code = name.dropFirst().first == "x" ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst()), let scalar = Unicode.Scalar(code) {
                decoded.unicodeScalars.append(scalar)
            } else {
                throw Malformed(reason: "it refers to '\(name.prefix(40))'")
            }
            decoded += part[part.index(after: end)...]
        }
        return decoded
    }
}
