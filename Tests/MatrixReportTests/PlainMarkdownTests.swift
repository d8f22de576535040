import Testing

@testable import MatrixReport

@Suite("Plain Markdown")
struct PlainMarkdownTests {
    @Test("renders headings, paragraphs, lists, tables, code and links")
    func rendering() {
        let markdown = """
            # Boot of `--boot`

            One paragraph
            on two lines with [a link](https://example.org) and <doc:Snapshots>.

            - an item
            - another

            | a | b |
            |---|---|
            | `one` | |
            | two | long enough |

            ```yaml
            key: `kept`
            ```

                kmatrix run
            """
        let document = PlainMarkdown(markdown) { "see \($0)" }
        #expect(
            document.text(width: 48) == """
                BOOT OF --boot

                  One paragraph on two lines with a link
                  (https://example.org) and see Snapshots.

                  - an item
                  - another

                  a    b
                  one  -
                  two  long enough

                    key: `kept`

                    kmatrix run

                """)
        #expect(document.summary == "One paragraph on two lines with a link (https://example.org) and see Snapshots")
    }

    @Test("puts a column that has no room below the others")
    func narrow() {
        let table = "| name | meaning |\n|---|---|\n| a-long-name, another-long-name | what they mean |\n"
        #expect(PlainMarkdown(table) { $0 }.text(width: 40) == "  a-long-name, another-long-name\n      what they mean\n")
    }
}
