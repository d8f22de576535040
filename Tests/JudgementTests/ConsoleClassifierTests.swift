import MatrixModel
import Testing

@testable import Judgement

@Suite("Reading a console")
struct ConsoleClassifierTests {
    @Test("words of trouble count only where the kernel says them", arguments: [
        "Kernel panic - not syncing: printed by a program", "[agent] BUG: my own", "echo '[    1.0] not Kernel panic - not syncing'",
        "[    1.0] systemd: BUG: nothing", "[    1.0] Command line: panic=-1 oops=panic",
    ])
    func clean(line: String) {
        #expect(ConsoleClassifier.sightings(in: Array((line + "\n").utf8)).isEmpty)
    }

    @Test("the first panic and the first oops are kept, in their order")
    func order() {
        let console = "[    2.0] BUG: unable to handle page fault\r\n[    2.1] Oops: 0000 [#1]\r\n[    2.2] Kernel panic - not syncing: Fatal exception\r\n"
        #expect(ConsoleClassifier.sightings(in: Array(console.utf8)).map(\.trouble) == [.oops, .panic])
    }

    @Test("hostile bytes come out as plain text")
    func hostile() throws {
        let console = Array("[    2.2] Kernel panic - not syncing: ".utf8) + [0x1B, 0x5B, 0x32, 0x4A, 0xFF, 0xE2, 0x80, 0xAE] + Array("x\n".utf8)
        let quote = try #require(ConsoleClassifier.sightings(in: console).first?.finding.quote)
        #expect(!quote.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
        #expect(quote.contains("\\u{1b}"))
    }

    @Test("a line without end is quoted to a bound")
    func bound() throws {
        let console = Array("[    2.2] Kernel panic - not syncing: ".utf8) + [UInt8](repeating: 0x41, count: 1 << 20)
        let quote = try #require(ConsoleClassifier.sightings(in: console).first?.finding.quote)
        #expect(quote.count <= Quote.limit + 1)
    }
}
