import Measurements
import Testing

@Suite("Comparing measurements")
struct BenchComparisonTests {
    private func compare(_ before: String, _ after: String, tolerance: Double = 15) throws -> BenchComparison {
        try BenchComparison(baseline: MeasuredDocuments.document(before), named: before, now: MeasuredDocuments.document(after), tolerance: tolerance)
    }

    /// Two documents with one ratio each, in a part of their own.
    private func compare(_ before: [Double], _ after: [Double], tolerance: Double) throws -> BenchComparison.Outcome? {
        func document(_ values: [Double]) throws -> BenchDocument {
            try MeasuredDocuments.document("first").with([.cell: .measured(.init(ratios: [MeasuredRatio("a / b", Spread(values))], figures: .null), seconds: 1)]
            )
        }
        return try BenchComparison(baseline: document(before), named: "it", now: document(after), tolerance: tolerance).rows.first { $0.ratio == "a / b" }?
            .outcome
    }

    @Test(
        "two measurements of the same kmatrix differ by noise alone, whichever was first",
        arguments: [("first", "second"), ("second", "first"), ("first", "first")])
    func noise(before: String, after: String) throws {
        let comparison = try compare(before, after)
        #expect(!comparison.hasRegression)
        #expect(comparison.rows.filter { $0.baseline != nil }.count >= 10 && comparison.rows.allSatisfy { $0.outcome == .same || $0.part == .agent })
    }

    @Test("a kmatrix that was built without optimisation is found to be slower, and what nothing of ours takes part in is not")
    func regression() throws {
        let comparison = try compare("first", "unoptimised")
        #expect(comparison.hasRegression)
        let worse = Set(comparison.rows.filter { $0.outcome == .worse }.map(\.part))
        #expect(worse.isSuperset(of: [.plan, .judge, .history]))
        let planning = try #require(comparison.rows.first { $0.part == .plan && $0.ratio?.hasPrefix("planning") == true })
        #expect(planning.outcome == .worse && (planning.changePercent ?? 0) > 50)
        // The other way round it is an improvement, and no regression.
        #expect(try !compare("unoptimised", "first").hasRegression)
    }

    @Test(
        "rounds that overlap are noise, and so is what lies within the tolerance",
        arguments: [
            ([1.0, 1.1, 1.2], [1.19, 2, 3], 0.0, BenchComparison.Outcome.same), ([1, 1.1, 1.2], [1.21, 1.3, 1.4], 0, .worse),
            ([1, 1.1, 1.2], [1.21, 1.3, 1.4], 10, .same),
            ([1, 1.1, 1.2], [1.33, 1.4, 1.5], 10, .worse), ([1], [1.15], 15, .same), ([1], [1.1500001], 15, .worse),
            ([1, 1.1, 1.2], [0.8, 0.85, 0.9], 10, .better),
            ([1, 1.1, 1.2], [0.8, 0.85, 0.95], 10, .same), ([1], [1], 0, .same),
        ])
    func rule(before: [Double], after: [Double], tolerance: Double, expected: BenchComparison.Outcome) throws {
        #expect(try compare(before, after, tolerance: tolerance) == expected)
    }

    @Test("a part that could not be had is a row that says why, on whichever side, and nothing is complete with it")
    func absentPart() throws {
        let whole = try MeasuredDocuments.document("first").with([.agent: .notAskedFor])
        let without = whole.with([.plan: .absent(reason: "no planner here")])
        for (before, after) in [(whole, without), (without, whole)] {
            let comparison = try BenchComparison(baseline: before, named: "it", now: after, tolerance: 15)
            let rows = comparison.rows.filter { $0.part == .plan }
            #expect(rows.map(\.outcome) == [.absent] && rows.first?.reason?.contains("no planner here") == true)
            #expect(!comparison.isComplete && !comparison.hasRegression)
        }
        #expect(try BenchComparison(baseline: whole, named: "it", now: whole, tolerance: 15).isComplete)
    }

    @Test("what was not asked for now is named and not held against it; what the baseline was not asked for is absent")
    func notAskedFor() throws {
        let whole = try MeasuredDocuments.document("first").with([.agent: .notAskedFor])
        let some = whole.with([.history: .notAskedFor])
        let narrower = try BenchComparison(baseline: whole, named: "it", now: some, tolerance: 15)
        #expect(narrower.isComplete && narrower.notAskedFor.contains(.history) && !narrower.rows.contains { $0.part == .history })
        #expect(try !BenchComparison(baseline: some, named: "it", now: whole, tolerance: 15).isComplete)
        let nothing = whole.with(Dictionary(uniqueKeysWithValues: BenchPart.allCases.map { ($0, .notAskedFor) }))
        #expect(try !BenchComparison(baseline: whole, named: "it", now: nothing, tolerance: 15).isComplete, "nothing was compared")
    }

    @Test("a ratio that is gone is absent, one that is new counts for nothing")
    func goneAndNew() throws {
        func document(_ names: [String]) throws -> BenchDocument {
            try MeasuredDocuments.document("first").with([
                .agent: .notAskedFor, .plan: .measured(.init(ratios: names.map { MeasuredRatio($0, Spread([1])) }, figures: .null), seconds: 1),
            ])
        }
        let gone = try BenchComparison(baseline: document(["a", "b"]), named: "it", now: document(["b"]), tolerance: 15)
        #expect(!gone.isComplete && gone.rows.contains { $0.ratio == "a" && $0.outcome == .absent })
        let new = try BenchComparison(baseline: document(["b"]), named: "it", now: document(["b", "a"]), tolerance: 15)
        #expect(new.isComplete && new.rows.contains { $0.ratio == "a" && $0.outcome == .added })
    }

    @Test("machines of another kind are not compared, and in what they differ is said")
    func kinds() throws {
        let document = try MeasuredDocuments.document("first")
        let here = document.machine
        func machine(
            architecture: String = here.architecture, cores: Int = here.cores, memoryMiB: Int = here.memoryMiB, accelerator: String?,
            emulator: String? = here.emulator
        ) -> BenchMachine {
            BenchMachine(architecture: architecture, cores: cores, memoryMiB: memoryMiB, accelerator: accelerator, emulator: emulator)
        }
        let others = [
            machine(accelerator: "kvm"), machine(architecture: "aarch64", accelerator: here.accelerator),
            machine(cores: here.cores + 6, accelerator: here.accelerator),
        ]
        for (other, hint) in zip(others, ["kvm", "aarch64", "cores"]) {
            let error = try #require(throws: MeasurementError.self) {
                try BenchComparison(baseline: document, named: "base.json", now: document.on(other), tolerance: 15)
            }
            #expect(error.code == .otherKind && "\(error)".contains(hint) && "\(error)".contains("base.json"))
        }
        // Where no guest has run, nothing speaks against it; more memory and another emulator are figures and no kind.
        for other in [machine(accelerator: nil), machine(memoryMiB: 1, accelerator: here.accelerator, emulator: "11.0")] {
            #expect(throws: Never.self) { try BenchComparison(baseline: document, named: "base.json", now: document.on(other), tolerance: 15) }
        }
    }
}
