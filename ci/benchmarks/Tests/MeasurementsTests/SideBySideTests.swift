import Measurements
import Testing

@Suite("Measuring side by side")
struct SideBySideTests {
    private struct Stop: Error {}

    @Test(
        "a spread goes from the least to the most, with the middle between",
        arguments: [([3.0, 1, 2], [1.0, 2, 3]), ([4, 1, 2, 3], [1, 2.5, 4]), ([7], [7, 7, 7]), ([], [0, 0, 0])])
    func spread(values: [Double], expected: [Double]) {
        let spread = Spread(values)
        #expect([spread.min, spread.median, spread.max] == expected)
    }

    @Test("the unit stands before and after every round, and is done once before anything counts")
    func alternation() {
        var order = ""
        _ = SideBySide(rounds: 2, repetitions: 3, unit: { order += "u" }, work: { order += "w" })
        #expect(order == "uuwwwuwwwu")
    }

    @Test("a ratio is the work's processor time over the unit's, each once, however often it was repeated")
    func ratio() {
        var sum = 0
        // The compiler must not know the number.
        let amount = Int.random(in: 1_000_000...1_000_001)
        func work(_ times: Int) { for number in 0..<amount * times { sum = (sum &* 31 &+ number) % 1_000_003 } }
        let measured = SideBySide(rounds: 3, repetitions: 2, unit: { work(2) }, work: { work(8) })
        // Tests beside this one take processor time too; in three rounds hardly all of one side's.
        #expect(measured.ratio.min < 8 && measured.ratio.max > 2 && sum >= 0, "\(measured)")
        #expect(measured.seconds.min > 0)
    }

    @Test("what either throws ends it")
    func throwing() {
        #expect(throws: Stop.self) { try SideBySide(rounds: 1, unit: { throw Stop() }, work: {}) }
        #expect(throws: Stop.self) { try SideBySide(rounds: 1, unit: {}, work: { throw Stop() }) }
    }

    @Test("the yardstick can be done again and again")
    func yardstick() throws {
        let yardstick = Yardstick()
        for _ in 0..<3 { try yardstick.run() }
    }
}
