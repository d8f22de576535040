import JSON
import Testing

@Suite("JSON")
struct JSONValueTests {
    @Suite("Writing")
    struct Writing {
        @Test("quotes, backslashes and control characters are escaped")
        func escapes() {
            #expect(JSONValue.string("a\"b\\c\n\r\t\u{1}\u{1f}é😀").text() == "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001fé😀\"")
        }

        @Test("bytes that are no UTF-8 become replacement characters")
        func invalid() {
            let text = String(decoding: [0x61, 0xff, 0xc3, 0x28] as [UInt8], as: UTF8.self)
            #expect(JSONValue.string(text).text() == "\"a\u{fffd}\u{fffd}(\"")
        }

        @Test("members keep their order, pretty or not")
        func order() {
            let value = JSONValue.object([.init("z", .integer(1)), .init("a", .array([.bool(true), .null])), .init("e", .object([]))])
            #expect(value.text() == #"{"z":1,"a":[true,null],"e":{}}"#)
            #expect(value.text(pretty: true) == "{\n  \"z\": 1,\n  \"a\": [\n    true,\n    null\n  ],\n  \"e\": {}\n}")
        }

        @Test("what is written is read again")
        func roundTrip() throws {
            let value = JSONValue.object([
                .init("text \u{7}", .string("\u{0}\u{7f}/\\\"")), .init("n", .integer(-7)), .init("d", .double(0.5)),
                .init("list", .array([.null, .bool(false), .object([.init("", .string(""))])])),
            ])
            #expect(try JSONValue(parsing: Array(value.text(pretty: true).utf8)) == value)
        }
    }

    @Suite("Reading")
    struct Reading {
        func read(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

        @Test("escapes and surrogate pairs")
        func escapes() throws {
            #expect(try read(#""\u0041\ud83d\ude00\/\b""#) == .string("A😀/\u{8}"))
        }

        @Test("a byte order mark is skipped")
        func mark() throws {
            #expect(try JSONValue(parsing: [0xef, 0xbb, 0xbf] + Array("[1]".utf8)) == .array([.integer(1)]))
        }

        @Test("a member named twice is an error that says which")
        func duplicates() {
            #expect { try read(#"{"a":1,"a":2}"#) } throws: { "\($0)".contains("'a'") }
        }

        @Test(
            "what is no JSON is refused",
            arguments: [
                "", "{", "[1,]", "{\"a\"}", "tru", "01", "1 2", "\"\\x\"", "\"\\ud800\"", "\"a\u{1}\"", "\"open", "-", "+1", "[1 2]",
                String(repeating: "[", count: 100), "nullx", "1e999",
            ])
        func junk(text: String) {
            #expect(throws: JSONError.self) { try read(text) }
        }

        @Test("text that is no UTF-8 is refused")
        func invalid() {
            #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xff, 0x22]) }
        }
    }

    @Suite("A tolerant reader")
    struct Tolerant {
        @Test(
            "takes the last of members with one name, and replaces what is not Unicode; a strict one refuses each",
            arguments: [
                (Array(#"{"a":"one","a":"two"}"#.utf8), "two"), ([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d], "\u{FFFD}"),
                (Array(#"{"a":"\ud800"}"#.utf8), "\u{FFFD}"),
                (Array(#"{"a":"\ud800\u0041"}"#.utf8), "\u{FFFD}"),
            ])
        func tolerance(bytes: [UInt8], text: String) throws {
            #expect(try JSONValue(parsing: bytes, isTolerant: true).text(at: ["a"]) == text)
            #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
        }

        @Test(
            "refuses what is not a document", arguments: [#"{"a":"b"} x"#, #"{"a":"b""#, String(repeating: "[", count: 65) + String(repeating: "]", count: 65)])
        func refusal(text: String) {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8), isTolerant: true) }
        }
    }

    @Test("a text is found by the path of its members, and nothing else is taken for it")
    func path() throws {
        let value = try JSONValue(parsing: Array(#"{"a":{"b":"c","n":1},"b":"d"}"#.utf8))
        #expect(value.text(at: ["a", "b"]) == "c" && value.text(at: ["b"]) == "d")
        #expect(value.text(at: ["a"]) == nil && value.text(at: ["a", "n"]) == nil && value.text(at: ["x", "b"]) == nil)
    }
}
