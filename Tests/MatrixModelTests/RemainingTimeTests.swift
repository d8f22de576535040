import MatrixModel
import TestSupport
import Testing

@Suite("What is left of a run")
struct RemainingTimeTests {
    static func cell(_ guest: String, _ layout: CgroupLayout, deployment: String? = nil) throws -> Cell {
        let version = try KernelVersion(parsing: "6.1.1-1")
        return Cell(
            guest: guest, kernel: KernelIdentity(version: version, flavour: .cloud, release: "6.1.1", origin: "file"), cgroup: layout, deployment: deployment)
    }

    static let layouts: [CgroupLayout] = [.unified, .hybrid, .legacy, .unmounted]

    @Test("is not told before anything was measured, nor while a kind of cell is left of which nothing was")
    func unknown() throws {
        var remaining = RemainingTime(costs: .standard)
        #expect(remaining.text(at: 0) == nil)
        let micro = try Self.layouts.map { try Self.cell("micro", $0) }
        let distribution = try Self.cell("debian-12", .unified)
        remaining.start(micro + [distribution], jobs: 1)
        remaining.begin(micro[0].id.text, at: 0)
        #expect(remaining.range(at: 100) == nil)
        remaining.end(micro[0].id.text, seconds: 10)
        #expect(remaining.range(at: 10) == nil)
        remaining.end(distribution.id.text, seconds: 50)
        #expect(remaining.range(at: 60) == 30...30)
        // What was not measured here, as a verdict taken over, says nothing.
        remaining.end(micro[1].id.text, seconds: nil)
        #expect(remaining.range(at: 60) == 20...20)
    }

    @Test("is known at once by what cells took before, and corrected by what they take now")
    func known() throws {
        let micro = try Self.layouts.map { try Self.cell("micro", $0) }
        var remaining = RemainingTime(costs: CellCosts(cells: ["micro/6.1/cloud-amd64/legacy": 30], guests: ["micro": 10]))
        remaining.start(micro, jobs: 1)
        #expect(remaining.range(at: 0) == 60...60)
        remaining.begin(micro[0].id.text, at: 0)
        #expect(remaining.range(at: 4) == 56...56)
        remaining.end(micro[0].id.text, seconds: 20)
        #expect(remaining.range(at: 20) == 50...100)
    }

    @Test("is divided among the guests that run at once, and no shorter than the longest cell")
    func divided() throws {
        let micro = try Self.layouts.map { try Self.cell("micro", $0) }
        let costs = CellCosts(cells: ["micro/6.1/cloud-amd64/legacy": 90], guests: ["micro": 10])
        var remaining = RemainingTime(costs: costs)
        remaining.start(micro, jobs: 3)
        #expect(remaining.range(at: 0) == 90...100)
        remaining.start(Array(micro.prefix(2)), jobs: 2)
        #expect(remaining.range(at: 0) == 10...15)
    }

    @Test("is never less than nothing, and nothing is told once all is done")
    func late() throws {
        let cell = try Self.cell("micro", .unified)
        var remaining = RemainingTime(costs: CellCosts(cells: [:], guests: ["micro": 10]))
        remaining.start([cell], jobs: 4)
        remaining.begin(cell.id.text, at: 0)
        #expect(remaining.range(at: 1e6) == 0...0)
        #expect(remaining.text(at: 1e6) == "ETA under 1 min")
        // Its clock began anew.
        #expect(remaining.range(at: -5)?.upperBound == 10)
        remaining.end(cell.id.text, seconds: 10)
        #expect(remaining.text(at: 10) == nil)
    }

    @Test(
        "is told as people tell time",
        arguments: [(10.0, "ETA under 1 min"), (61, "ETA 2 min"), (600, "ETA 10 min"), (7200, "ETA 2 h"), (7201, "ETA 2 h 5 min"), (86_400, "ETA 24 h")])
    func words(seconds: Double, text: String) throws {
        var remaining = RemainingTime(costs: CellCosts(cells: [:], guests: ["micro": seconds]))
        remaining.start([try Self.cell("micro", .unified)], jobs: 1)
        #expect(remaining.text(at: 0) == text)
    }

    @Test("is told as a range where it is one")
    func range() throws {
        var remaining = RemainingTime(costs: CellCosts(cells: [:], guests: ["micro": 60]))
        let micro = try Self.layouts.map { try Self.cell("micro", $0) }
        remaining.start(micro, jobs: 2)
        #expect(remaining.text(at: 0) == "ETA 2 min to 3 min")
    }

    @Test("is a sane range whatever happens", arguments: fuzzSeeds(40))
    func fuzz(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let cells = try ["micro", "debian-12"].flatMap { guest in try Self.layouts.map { try Self.cell(guest, $0) } }
        var remaining = RemainingTime(costs: CellCosts(cells: [:], guests: ["micro": Double.random(in: 0...100, using: &generator)]))
        remaining.start(cells, jobs: Int.random(in: 0...9, using: &generator))
        var now = 0.0
        for _ in 0..<30 {
            now += Double.random(in: 0...50, using: &generator)
            let id = cells.randomElement(using: &generator)?.id.text ?? ""
            if Bool.random(using: &generator) {
                remaining.begin(id, at: now)
            } else {
                remaining.end(id, seconds: Double.random(in: 0...100, using: &generator))
            }
            guard let range = remaining.range(at: now) else { continue }
            #expect(range.lowerBound >= 0 && range.upperBound.isFinite)
        }
    }
}
