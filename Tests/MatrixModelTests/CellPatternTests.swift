import MatrixModel
import Testing

@Suite("A pattern of cells")
struct CellPatternTests {
    static let id = "micro/6.1.176-1/cloud-amd64/legacy/bpf=loop-lookup"

    @Test(
        "matches ids of which the whole is as it says",
        arguments: ["*", "*/legacy/*", "micro/6.1.*", "micro/6.1.17?-1/*", "*bpf=loop-lookup", id, "**/**", "m*o/*l*/b*p"])
    func matches(pattern: String) throws { #expect(try CellPattern(parsing: pattern).matches(Self.id)) }

    @Test("does not match what is only like it", arguments: ["*/legacy", "micro", "micro/6.1?", "*/unified/*", "?", "MICRO/*", "\(id)?", "x*"])
    func differs(pattern: String) throws { #expect(try !CellPattern(parsing: pattern).matches(Self.id)) }

    @Test("takes no longer for many stars than the text is long")
    func stars() throws {
        let pattern = try CellPattern(parsing: String(repeating: "*a", count: 50) + "*b")
        #expect(!pattern.matches(String(repeating: "a", count: 5000)))
    }

    @Test("that is empty is refused")
    func empty() { #expect(throws: SelectorError(.emptyPattern, text: "")) { try CellPattern(parsing: "") } }
}

@Suite("A day")
struct CalendarDayTests {
    @Test("reads back as it was written, and sorts by time")
    func order() throws {
        let days = try ["0999-12-31", "2024-02-29", "2026-12-31", "2027-01-01"].map { try CalendarDay(parsing: $0) }
        #expect(days == days.sorted())
        #expect(days.map(\.description) == ["0999-12-31", "2024-02-29", "2026-12-31", "2027-01-01"])
    }

    @Test(
        "that no calendar has is refused",
        arguments: [
            "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "26-01-01", "2026-01-01T", "", "2026-01", "-001-01-01",
            "20260101",
        ])
    func wrong(text: String) { #expect(throws: SelectorError(.malformedDay, text: text)) { try CalendarDay(parsing: text) } }
}

@Suite("The order of ids")
struct CellIDOrderTests {
    @Test("goes by versions and layouts, not by letters")
    func order() {
        let sorted = [
            "micro/5.9.1-1/cloud-amd64/unified", "micro/5.10.1-1/cloud-amd64/unified", "micro/5.10.1-1/cloud-amd64/hybrid",
            "micro/5.10.1-1/cloud-amd64/legacy", "micro/5.10.1-1/cloud-amd64/legacy/bpf=x", "micro/7.3~rc4-1/cloud-amd64/unified",
            "micro/7.3-1/cloud-amd64/unified",
        ]
        #expect(CellIDOrder.sort(sorted.shuffled(), by: \.self) == sorted)
    }
}
