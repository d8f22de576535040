import StrictYAML
import Testing

@Suite("A YAML document")
struct YAMLNodeTests {
    @Test("may bring another mapping's keys, which those beside them go before")
    func merge() throws {
        let root = try YAMLNode(parsing: "a: &a { x: 1, y: 2 }\nb: &b { <<: *a, y: 3 }\nc: { <<: *b, z: 4 }\n", source: "test.yml")
        let merged = try #require(root["c"])
        try merged.allow("x", "y", "z")
        #expect(try merged.text("x") == "1")
        #expect(try merged.text("y") == "3")
        #expect(try merged.text("z") == "4")
        #expect(throws: YAMLError.self) { try merged.allow("y", "z") }
    }
}
