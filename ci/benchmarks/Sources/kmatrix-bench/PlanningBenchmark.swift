@testable import MatrixPlanning
@testable import MatrixRunner
import FabricSimulator
import KernelCatalogue
import MatrixModel
import Measurements
import SystemPackage

/// Times planning on kernels that are made up, and says what a large run would cost on many machines.
struct PlanningBenchmark: Sendable {
    struct Figures: Encodable, Sendable {
        let cells: Int
        let nodes: Int
        let rounds: Int
        /// Making the cells of all axes, each once, in their order; beside the yardstick.
        let planning: SideBySide
        /// Dividing them among the nodes.
        let splitting: SideBySide
        /// Hours of guests, one after the other, with what has to be prepared for them once.
        let totalHours: Double
        /// Hours that the node with the least and the one with the most to do would take.
        let nodeHours: Extremes
        /// The same when every node finds all it needs in a cache that they share.
        let sharedCacheNodeHours: Extremes
        /// The same when cells go to the nodes in turn, as without a balance, each preparing what it needs.
        let unbalancedNodeHours: Extremes
        /// The part of all nodes' time that goes into preparations, when each has its own cache.
        let preparationShare: Double

        var ratios: [MeasuredRatio] {
            [
                MeasuredRatio("planning \(cells) cells / the yardstick", planning.ratio),
                MeasuredRatio("dividing \(cells) cells among \(nodes) / the yardstick", splitting.ratio),
            ]
        }
    }

    struct Extremes: Encodable, Sendable {
        let min: Double
        let max: Double

        init(_ milliseconds: [Int]) {
            func hours(_ value: Int?) -> Double { Double(value ?? 0) / 3_600_000 }
            min = hours(milliseconds.min())
            max = hours(milliseconds.max())
        }
    }

    let products: Products
    let costs: CellCosts

    /// - Parameter costs: What cells take, best as measured.
    init(products: Products, costs: CellCosts) {
        self.products = products
        self.costs = costs
    }

    /// - Parameters:
    ///   - count: At least so many cells.
    ///   - nodes: The machines that share them.
    ///   - rounds: How often each is timed.
    /// - Throws: When a scenario cannot be read.
    func run(cells count: Int, nodes: Int, rounds: Int) throws -> Figures {
        let axes = MatrixAxes(kernels: [], layouts: CgroupLayout.allCases, scenarios: .axis(try products.scenarios("all")), profiles: [nil, .jitHarden])
        let kernels = try Self.kernels((count + axes.combinations(for: .micro).count - 1) / axes.combinations(for: .micro).count)
        let yardstick = Yardstick()
        var plan = MatrixPlan(cells: [], unavailable: [], warnings: [])
        let planning = try SideBySide(rounds: rounds, unit: yardstick.run) {
            plan = MatrixPlan(cells: MatrixPlan.expand(guests: kernels.map { (.micro, $0) }, axes: axes), unavailable: [], warnings: []).settled(without: [])
        }
        let items = plan.cells.map { costs.item($0.cell) }
        var split = ShardSplit([], count: 1)
        let splitting = try SideBySide(rounds: rounds, unit: yardstick.run) { split = ShardSplit(items, count: nodes) }
        let shared = ShardSplit(items.map { .init(id: $0.id, milliseconds: $0.milliseconds) }, count: nodes)
        let own = items.map(\.milliseconds).reduce(0, +)
        let all = split.milliseconds.reduce(0, +)
        return Figures(
            cells: items.count, nodes: nodes, rounds: rounds, planning: planning, splitting: splitting,
            totalHours: Double(plan.milliseconds(costs)) / 3_600_000, nodeHours: Extremes(split.milliseconds),
            sharedCacheNodeHours: Extremes(shared.milliseconds), unbalancedNodeHours: Extremes(Self.inTurn(items, nodes: nodes)),
            preparationShare: all == 0 ? 0 : Double(all - own) / Double(all))
    }

    private static func inTurn(_ items: [ShardSplit.Item], nodes: Int) -> [Int] {
        var loads = Array(repeating: 0, count: nodes)
        var prepared = Array(repeating: Set<String>(), count: nodes)
        for (index, item) in items.enumerated() {
            let node = index % nodes
            loads[node] += item.milliseconds + item.preparations.reduce(0) { $0 + (prepared[node].contains($1.key) ? 0 : $1.value) }
            prepared[node].formUnion(item.preparations.keys)
        }
        return loads
    }

    /// Kernels of every series there ever might be.
    private static func kernels(_ count: Int) throws -> [PlannedKernel] {
        try (0..<count).map { number in
            let version = try KernelVersion(parsing: "\(5 + number % 4).\(number / 4 % 20).\(number / 80)-1")
            return PlannedKernel(
                identity: KernelIdentity(version: version, flavour: .cloud, release: "\(version)-cloud-amd64", origin: "made up"),
                source: .file(image: "/vmlinuz", modules: nil))
        }
    }
}
