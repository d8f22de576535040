import ArtefactCache
import EvidenceStore
import FabricSimulator
import Foundation
@testable import GuestImages
import KernelCatalogue
import MatrixModel
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

/// One run of every mutant, which all tests of the suite share: the guests start from one snapshot, and two run at once.
enum MutantRun {
    /// What `ci/build-mutants` built.
    static let folder = ProcessInfo.processInfo.environment["KMATRIX_MUTANTS"].map { FilePath($0) }
    /// The cell whose mutant-agent has no mutation.
    static let unmutated = "unmutated"
    /// The cell whose platform answers unsigned requests although a key is latched.
    static let forgivingScenario = "answers-unsigned"

    /// ci/test has one kernel; the nightly run names the oldest and the newest.
    private static let kernel = ProcessInfo.processInfo.environment["KMATRIX_MUTANT_KERNEL"] ?? "6.1"

    private static let records = Task { try await measure() }

    /// - Parameter name: Of the agent, the program or the scenario.
    static func record(named name: String) async throws -> CellRecord {
        let matching = try await records.value.filter { $0.agent == name || $0.bpf == name || $0.scenario == name }
        #expect(matching.count == 1, "the run has \(matching.count) cells for \(name)")
        return try #require(matching.first)
    }

    private static let fewEntries = "few-entries"

    private static func measure() async throws -> [CellRecord] {
        let products = try #require(RealGuests.products)
        let built = try #require(folder)
        let place = try TemporaryFolder()
        // What the records name must be there while tests read it.
        RealGuests.keep(place)
        let agent = try await agent(of: built, in: place.path.appending("agent"))
        let normal = try products.standardScenario()
        func axes(programs: [ProgramVariant] = [], agents: [AgentChoice] = [], scenarios: ScenarioChoice? = nil) throws -> MatrixAxes {
            MatrixAxes(
                kernels: [try KernelSelector(parsing: kernel)], layouts: [.unified], programs: programs, scenarios: scenarios ?? .standard(normal),
                agents: agents)
        }
        let agents = ProofMutant.all.compactMap { mutant in
            if case .agent(let name) = mutant.fault { AgentChoice.bundle(agent.mutated(by: name)) } else { nil }
        }
        let programs = ProofMutant.all.compactMap { mutant in
            if case .program(let name) = mutant.fault { ProgramVariant(name: name, object: built.appending("bpf/\(name).bpf.o")) } else { nil }
        }
        let forgiving = try Scenario(parsing: normal.text + "faults:\n  answersUnsigned: true\n", source: "\(forgivingScenario).yml")
        let cache = try cache(in: place.path.appending("cache"))
        func run(_ blocks: [MatrixAxes], _ tier: ProofTier) async throws -> [CellRecord] {
            let runner = MatrixRunner(testing: MatrixRequest(blocks: blocks, tier: tier), products: products, cache: cache)
            return try await runner.run(try await runner.plan(), id: "mutants", in: RunFolder.create(at: place.path.appending("run-\(tier.rawValue)"))).cells
        }
        // A program with few entries in its table fails with many clients only, and every mutant of another proof with few clients as well.
        let crowded = programs.filter { $0.name == fewEntries }
        return try await run(
            [
                try axes(agents: agents + [.bundle(agent)]), try axes(programs: programs.filter { $0.name != fewEntries }),
                try axes(scenarios: .axis([forgiving])),
            ], .quick)
            + run([try axes(programs: crowded)], .full)
    }

    /// The mutant agent without a mutation, as users hand over an agent of their own.
    static func agent(of built: FilePath, for architecture: Architecture = .host, in folder: FilePath) async throws -> AgentBundle {
        let bundle = folder.appending(unmutated)
        try FileManager.default.createDirectory(atPath: bundle.string, withIntermediateDirectories: true)
        let program = (architecture == .host ? built : built.appending(architecture.rawValue)).appending("mutant-agent")
        try FileManager.default.copyItem(atPath: program.string, toPath: bundle.appending("azure-proxy-agent").string)
        return try await AgentBundle.load(bundle, for: architecture)
    }

    /// The user's cache, but for the mutants' payloads: some twenty megabytes each that nobody needs again.
    static func cache(in folder: FilePath) throws -> ArtefactCache {
        let manager = FileManager.default
        let standard = ArtefactCache.standard().root
        for kind in ["kernel", "vmlinux", "initramfs", "index", "release", "snapshot", "slots"] {
            try manager.createDirectory(atPath: standard.appending(kind).string, withIntermediateDirectories: true)
        }
        try manager.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: standard.string) where name != "payload" {
            try manager.createSymbolicLink(atPath: folder.appending(name).string, withDestinationPath: standard.appending(name).string)
        }
        return ArtefactCache(root: folder)
    }
}

extension AgentBundle {
    /// The same agent with a mutation in its configuration. Its executable, some twenty megabytes, is shared.
    func mutated(by mutation: String) -> AgentBundle {
        let items = items.map { item in
            guard item.path == Self.configurationPath, case .bytes(let bytes) = item.source else { return item }
            let text = String(decoding: bytes, as: UTF8.self)
            return PayloadSpec.Item(
                path: item.path, source: .bytes(Array(text.replacing("{", with: "{\"mutation\": \"\(mutation)\",", maxReplacements: 1).utf8)))
        }
        return AgentBundle(
            name: mutation, packageName: packageName, version: version, digest: "\(digest)-\(mutation)", items: items, package: package, hasProgram: hasProgram,
            librariesOfHost: librariesOfHost)
    }
}
