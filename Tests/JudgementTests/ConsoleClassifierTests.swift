import MatrixModel
import Testing

@testable import Judgement

@Suite("Reading a console")
struct ConsoleClassifierTests {
    @Test(
        "words of trouble count only where the kernel says them",
        arguments: [
            "Kernel panic - not syncing: printed by a program", "[agent] BUG: my own", "echo '[    1.0] not Kernel panic - not syncing'",
            "[    1.0] systemd: BUG: nothing", "[    1.0] Command line: panic=-1 oops=panic",
            // What arm64 prints around an oops.
            "[    1.519] lkdtm: Performing direct entry EXCEPTION", "[    1.519773] Mem abort info:", "[    1.522110] pc : lkdtm_EXCEPTION+0x4/0x10",
            "[    1.530828] Code: d5184614 d5184600 00000000 d2800000 (b900001f) ", "[    1.531150] ---[ end trace 0000000000000000 ]---",
            "[    1.0] Internal error: the sensor did not answer", "[    1.0] mydriver: Internal error: Oops [#1]",
        ])
    func clean(line: String) {
        #expect(ConsoleClassifier.sightings(in: Array((line + "\n").utf8)).isEmpty)
    }

    @Test("the first panic and the first oops are kept, in their order")
    func order() {
        let console = "[    2.0] BUG: unable to handle page fault\r\n[    2.1] Oops: 0000 [#1]\r\n[    2.2] Kernel panic - not syncing: Fatal exception\r\n"
        #expect(ConsoleClassifier.sightings(in: Array(console.utf8)).map(\.trouble) == [.oops, .panic])
    }

    /// As `die` of arch/arm64/kernel/traps.c prints them.
    @Test(
        "an oops of any processor is one",
        arguments: [
            "[    3.4] Internal error: Oops: 0000000096000045 [#1] SMP", "[    3.4] Internal error: Oops - BUG: 00000000f2000800 [#1] PREEMPT SMP",
            "[    3.4] Internal error: Oops - BTI: 0000000036000002 [#1] SMP",
            "[    3.4] Internal error: synchronous external abort: 0000000096000010 [#1] SMP",
            "[    3.4] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000",
            "[    3.4] SError Interrupt on CPU0, code 0x00000000be000000 -- SError",
        ])
    func processors(line: String) {
        #expect(ConsoleClassifier.sightings(in: Array((line + "\n").utf8)).map(\.trouble) == [.oops])
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
