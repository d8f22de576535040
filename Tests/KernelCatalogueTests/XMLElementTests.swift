import Testing

@testable import KernelCatalogue

@Suite("The XML of repositories")
struct XMLElementTests {
    @Test("is read with attributes, text, references, comments and empty elements")
    func reading() throws {
        let text = "<?xml version=\"1.0\"?>\n<!-- a <b> --><a x='1' y=\"a &amp; &#98;&#x63;\"><b/>one<c>two &lt;3</c><![CDATA[ <raw> ]]></a>\n<!-- after -->"
        let root = try XMLElement(parsing: text)
        #expect(root.name == "a")
        #expect(root.attributes == ["x": "1", "y": "a & bc"])
        #expect(root.children.map(\.name) == ["b", "c"])
        #expect(root.text == "one <raw> ")
        #expect(root.child("c")?.text == "two <3")
    }

    @Test("may have a tag's end in a value")
    func values() throws {
        let root = try XMLElement(parsing: "<a x=\"1 > 0\"><b y='/>'/></a>")
        #expect(root.attributes == ["x": "1 > 0"] && root.child("b")?.attributes == ["y": "/>"])
    }

    @Test(
        "is refused where it breaks off, declares entities, or is nested without end",
        arguments: [
            "", "<a", "<a>", "<a></b>", "</a>", "<a x></a>", "<a x=\"1></a>", "<a>&lol;</a>", "<a>&amp</a>", "<a>&#x110000;</a>", "<!-- a", "<a><![CDATA[x]]",
            "<a/>trailing", "<a/><b/>", "text", "<a x='1' x='2'/>",
            "<!DOCTYPE a [<!ENTITY lol \"lol\">]><a>&lol;</a>", String(repeating: "<a>", count: 40),
        ])
    func refusals(text: String) {
        #expect(throws: XMLElement.Malformed.self) { try XMLElement(parsing: text) }
    }
}
