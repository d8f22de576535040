import MatrixModel
import Testing

@Suite("A part of a run")
struct ShardTests {
    @Test("is read as one of so many, counted from 1", arguments: [("1/1", 1, 1), ("2/3", 2, 3), ("10000/10000", 10000, 10000)])
    func parsed(text: String, index: Int, count: Int) throws {
        let shard = try Shard(parsing: text)
        #expect(shard.index == index && shard.count == count)
    }

    @Test(
        "is nothing else",
        arguments: ["", "1", "0/3", "4/3", "1/0", "-1/3", "+1/3", "1/3/4", "1/", "/3", " 1/3", "1/3 ", "1.0/3", "1/10001", "1/99999999999999999999", "١/٣"])
    func refused(text: String) {
        #expect(throws: SelectorError(.malformedShard, text: text)) { try Shard(parsing: text) }
    }
}

@Suite("A divided run")
struct ShardSplitTests {
    /// SplitMix64, so that a failure is found again; this target's tests have no other one.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private func items(_ generator: inout Generator) -> [ShardSplit.Item] {
        let kernels = Int.random(in: 1...6, using: &generator)
        return (0..<Int.random(in: 0...60, using: &generator)).map { index in
            let kernel = "k\(Int.random(in: 0..<kernels, using: &generator))"
            return ShardSplit.Item(
                id: "cell-\(index)", milliseconds: Int.random(in: 0...100_000, using: &generator),
                preparations: Bool.random(using: &generator) ? [kernel: 10_000] : [:])
        }
    }

    @Test("has every cell in exactly one part, whatever order they come in", arguments: 0..<200 as Range<UInt64>)
    func partition(seed: UInt64) {
        var generator = Generator(state: seed)
        let items = items(&generator)
        let count = Int.random(in: 1...12, using: &generator)
        let split = ShardSplit(items, count: count)
        #expect(split.parts.count == count)
        #expect(split.parts.flatMap(\.self).sorted() == items.map(\.id).sorted())
        #expect(ShardSplit(items.shuffled(using: &generator), count: count) == split)
    }

    @Test("has no part that takes longer than a fair share and the longest cell", arguments: 0..<100 as Range<UInt64>)
    func balance(seed: UInt64) throws {
        var generator = Generator(state: seed)
        let items = items(&generator)
        let split = ShardSplit(items, count: 4)
        let weights = items.map { $0.milliseconds + $0.preparations.values.reduce(0, +) }
        #expect(try #require(split.milliseconds.max()) <= weights.reduce(0, +) / 4 + (weights.max() ?? 0))
    }

    @Test("prepares hardly anything twice where there is far more to do than to prepare")
    func largeRun() {
        let items = (0..<200).flatMap { kernel in
            (0..<50).map { ShardSplit.Item(id: "k\(kernel)-c\($0)", milliseconds: 6000, preparations: ["k\(kernel)": 10_000]) }
        }
        let split = ShardSplit(items, count: 20)
        let least = (200 * 10_000 + items.count * 6000) / 20
        #expect(split.milliseconds.allSatisfy { $0 <= least * 105 / 100 })
    }

    @Test("prepares a kernel in as few parts as keep the balance")
    func locality() {
        let items = (0..<8).map { ShardSplit.Item(id: "c\($0)", milliseconds: 1000, preparations: [$0 % 2 == 0 ? "a" : "b": 100_000]) }
        let split = ShardSplit(items, count: 2)
        #expect(split.parts == [["c0", "c2", "c4", "c6"], ["c1", "c3", "c5", "c7"]])
        #expect(split.milliseconds == [104_000, 104_000])
    }

    @Test("spreads what costs nothing, and may have empty parts")
    func nothing() {
        let split = ShardSplit((0..<5).map { ShardSplit.Item(id: "c\($0)", milliseconds: 0) }, count: 3)
        #expect(split.parts.map(\.count) == [2, 2, 1])
        #expect(ShardSplit([ShardSplit.Item(id: "c", milliseconds: 5)], count: 2).parts == [["c"], []])
    }

    @Test("knows what a cell takes by its lineage, its guest, its kind, in that order")
    func costs() throws {
        func cell(_ version: String, guest: String = "micro", deployment: String? = nil) throws -> Cell {
            let kernel = KernelIdentity(version: try KernelVersion(parsing: version), flavour: .cloud, release: "r", origin: "debian/x")
            return Cell(guest: guest, kernel: kernel, cgroup: .unified, deployment: deployment)
        }
        let costs = CellCosts(cells: ["micro/6.1/cloud-amd64/unified": 2.5], guests: ["micro": 4, "debian-12": 20])
        #expect(costs.seconds(of: try cell("6.1.9-1")) == 2.5)
        #expect(costs.seconds(of: try cell("6.12.1-1")) == 4)
        #expect(costs.seconds(of: try cell("6.1.9-1", guest: "debian-12")) == 20)
        #expect(CellCosts.standard.seconds(of: try cell("6.1.9-1", guest: "debian-12")) == CellCosts.distributionSeconds)
        #expect(CellCosts.standard.seconds(of: try cell("6.1.9-1", guest: "debian-12", deployment: "installed")) == CellCosts.deploymentSeconds)
        #expect(CellCosts.standard.nonsense == nil)
        #expect(CellCosts(cells: ["a": -1], guests: [:]).nonsense != nil && CellCosts(cells: [:], guests: ["b": 1e9]).nonsense != nil)
    }
}
