import ArtefactCache
import EvidenceStore
import Foundation
import GuestImages
import KernelCatalogue
import MatrixModel
import Probes
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

/// Real kernels, a real verifier, the real agent. These need what `ci/build` makes and a mirror, or a filled cache.
@Suite("Real guests", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct RealGuestTests {
    @Test("the agent is proven on 5.10 and 6.1 where cgroup v2 is mounted, and fails to attach where it is not")
    func layouts() async throws {
        let cells = try await RealGuests.layoutCells.value
        #expect(cells.count == 10)
        #expect(cells.filter { $0.burst == 200 }.map(\.cgroup) == [.unified, .unified])
        for cell in cells {
            switch cell.cgroup {
            case .unified, .hybrid, .elsewhere: #expect(cell.verdict == .compatible, "\(cell.id): \(cell.summary)")
            case .legacy, .unmounted: #expect(cell.cause == .attachNoCgroup2, "\(cell.id): \(cell.summary)")
            }
        }
        let legacy = try #require(cells.first { $0.cgroup == .legacy })
        let status = try String(contentsOfFile: FilePath(try #require(legacy.evidence)).appending("status.json").string, encoding: .utf8)
        #expect(status.contains("Failed to attach program 'connect4' with error: `bpf_link_create` failed"))
    }

    @Test(
        "programs that need more than 5.10 has are refused by its own verifier, and run on 6.1", arguments: ["loop-lookup", "atomic-exchange", "return-value"])
    func variants(name: String) async throws {
        let cells = try await RealGuests.run(kernels: ["5.10", "6.1"], layouts: [.unified], programs: [name])
        #expect(cells.map(\.cause) == [.verifierRejected, nil], "\(cells.map(\.summary))")
        let log = FilePath(try #require(cells.first?.evidence)).appending("verifier.log").string
        let text = try String(contentsOfFile: log, encoding: .utf8)
        let finding = try #require(cells.first?.findings.first)
        #expect(text.contains(finding.quote))
        let status = try String(contentsOfFile: FilePath(try #require(cells.first?.evidence)).appending("status.json").string, encoding: .utf8)
        #expect(status.contains("the BPF_PROG_LOAD syscall failed. Verifier output: "))
    }

    @Test("the kprobe design works on 5.10 as well, but for many clients at once and those that write the address as IPv6")
    func kprobe() async throws {
        let cells = try await RealGuests.run(kernels: ["5.10"], layouts: [.unified], programs: ["kprobe-audit"], tier: .full)
        #expect(cells.allSatisfy { [.eventsLost, .dualStackNotRedirected].contains($0.cause) }, "\(cells.map(\.summary))")
        #expect(cells.map(\.verdict) == [.degraded])
    }

    @Test("the agent behaves under every scenario as one that works must")
    func scenarios() async throws {
        let cells = try await RealGuests.run(kernels: ["6.1"], layouts: [.unified], scenarios: ["all"])
        #expect(cells.count >= 13)
        for cell in cells { #expect(cell.verdict == .compatible, "\(cell.id): \(cell.summary)") }
    }

    @Test("our agent passes upstream's security checks")
    func conformance() async throws {
        let folder = try TemporaryFolder()
        let runner = try RealGuests.runner(kernels: ["6.1"], layouts: [.unified], programs: [])
        let results = try await runner.conformance(try await runner.plan(), in: folder.path)
        #expect(results.count == ConformanceGroup.checks.count)
        for result in results { #expect([.pass, .notApplicable].contains(result.state), "\(result.id): \(result.detail)") }
        // A check that becomes impossible in a guest is noticed.
        #expect(Set(results.filter { $0.state == .notApplicable }.map(\.id)) == ["A0", "P3-cap"])
    }

    @Test(
        "an agent that misbehaves is the agent's fault",
        arguments: [
            // Silence is silence however short it is waited for; what has to be written first is given time.
            ("kill -SEGV $$", Cause.agentCrashed, 60), ("exit 3", .agentCrashed, 60), ("sleep 1000", .agentSilent, 3),
            ("echo '{\"proxyAgentStatus\":' > $STATUS; sleep 1000", .agentStatusBroken, 8),
            ("busybox dd if=/dev/zero of=$STATUS bs=1048576 count=20; sleep 1000", .agentStatusBroken, 8),
        ])
    func agents(script: String, cause: Cause, deadline: Int) async throws {
        let record = try await RealGuests.runScript(script, deadline: .seconds(deadline))
        #expect(record.cause == cause, "\(record.summary)")
        #expect(record.fault == .agent)
        KeptEvidence.keep(record, of: "script")
    }

    @Test("an agent that claims to run and redirects nothing is found out")
    func liar() async throws {
        let status =
            #"{"proxyAgentStatus":{"version":"9","status":"SUCCESS","monitorStatus":{"status":"RUNNING","message":""},"#
            + #""keyLatchStatus":{"status":"RUNNING","message":"","states":{}},"ebpfProgramStatus":{"status":"RUNNING","message":"Started"},"#
            + #""proxyListenerStatus":{"status":"RUNNING","message":"Started"}}}"#
        let record = try await RealGuests.runScript("echo '\(status)' > $STATUS; sleep 1000")
        #expect(record.cause == .notRedirected, "\(record.summary)")
        #expect(record.verdict == .incompatible)
    }
}

/// What the large tests share: the built products, and the cache of the user, so that kernels are fetched once.
enum RealGuests {
    /// Whether somebody wants these tests: products that cannot be used fail them then, and do not skip them.
    static let areAsked = ProcessInfo.processInfo.environment["KMATRIX_PRODUCTS"] != nil
    static let products = ProcessInfo.processInfo.environment["KMATRIX_PRODUCTS"].flatMap { try? Products(folder: FilePath($0)) }

    /// The cells of both kernels that several tests speak of, measured once, with the large burst where it is sent by default.
    static let layoutCells = Task { try await run(kernels: ["5.10", "6.1"], layouts: CgroupLayout.allCases, boot: .snapshot, tier: .standard) }

    static func run(
        kernels: [String], layouts: [CgroupLayout], programs: [String] = [], scenarios: [String] = [], boot: BootChoice = .auto, tier: ProofTier = .quick
    ) async throws -> [CellRecord] {
        try await measure(runner(kernels: kernels, layouts: layouts, programs: programs, scenarios: scenarios, boot: boot, tier: tier)).cells
    }

    /// Runs a shell script in the agent's place, on 6.1.
    /// - Parameters:
    ///   - items: What the guest has beyond the script and busybox.
    ///   - deadline: How long it has until its status settles. It is waited for in full only where the script never gets that far.
    ///   - emulator: Nil for QEMU as it is found.
    ///   - payload: Takes a copy of the disk with all this, which the guest gets; nil for the cache's own.
    static func runScript(
        _ script: String, items: [PayloadSpec.Item] = [], deadline: Duration = .seconds(60), retries: Int = 2, boots: BootPolicy? = nil,
        emulator: Emulator? = nil,
        payload copy: FilePath? = nil
    ) async throws -> CellRecord {
        let runner = try runner(kernels: ["6.1"], layouts: [.unified], programs: [])
        let preparer = runner.preparer
        let plan = try await runner.plan()
        let text = "#!/bin/busybox sh\nSTATUS=/var/log/azure-proxy-agent/status.json\n\(script)\n"
        var payload = try await preparer.payload(
            PayloadSpec(
                [
                    .init(path: "usr/sbin/azure-proxy-agent", source: .bytes(Array(text.utf8)), mode: 0o755),
                    .init(path: "bin/busybox", source: .file("/bin/busybox"), mode: 0o755),
                ] + items))
        if let copy {
            try FileManager.default.copyItem(atPath: payload.string, toPath: copy.string)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: copy.string)
            payload = copy
        }
        let found = if let emulator { emulator } else { try await Emulator.find() }
        let context = CellContext(
            emulator: found, accelerator: .tcg, products: runner.products, slots: runner.slots, timeout: .seconds(90), retries: retries,
            boots: boots, agentDeadline: deadline, events: { _ in })
        let folder = try TemporaryFolder()
        keep(folder)
        let cell = try #require(plan.cells.first)
        let artefacts = PreparedCell(kernel: try await preparer.kernel(of: cell), payload: payload, distribution: nil)
        return try await CellRunner(context: context, folder: RunFolder.create(at: folder.path.appending("run"))).run(cell, artefacts)
    }

    static func runner(
        kernels: [String], layouts: [CgroupLayout], programs: [String], scenarios: [String] = [], boot: BootChoice = .auto, tier: ProofTier = .quick
    ) throws -> MatrixRunner {
        let products = try #require(products)
        let request = MatrixRequest(
            blocks: [
                MatrixAxes(
                    kernels: try kernels.map { try KernelSelector(parsing: $0) }, layouts: layouts, programs: try programs.map(products.program),
                    scenarios: try scenarios.isEmpty ? .standard(products.standardScenario()) : .axis(scenarios.flatMap(products.scenarios)))
            ], tier: tier)
        return MatrixRunner(testing: request, RunSettings(boot: boot), products: products, events: tell)
    }

    /// Plans a request and measures its cells.
    static func measure(_ request: MatrixRequest, _ settings: RunSettings = RunSettings()) async throws -> RunDocument {
        try await measure(MatrixRunner(testing: request, settings, products: #require(products), events: tell))
    }

    /// The records outlive the folder, and what a test reads of it must be there while it reads.
    static func measure(_ runner: MatrixRunner) async throws -> RunDocument {
        let folder = try TemporaryFolder()
        keep(folder)
        return try await runner.run(try await runner.plan(), id: "test", in: RunFolder.create(at: folder.path.appending("run")))
    }

    /// What goes wrong with snapshots is made good again and shows in no verdict; it is worth knowing.
    private static func tell(_ event: RunnerEvent) {
        if case .warning(let text) = event, text.hasPrefix("snapshot") { FileHandle.standardError.write(Data("warning: \(text)\n".utf8)) }
    }

    private nonisolated(unsafe) static var kept: [TemporaryFolder] = []
    private static let lock = NSLock()

    static func keep(_ folder: TemporaryFolder) { lock.withLock { kept.append(folder) } }
}

extension MatrixRunner {
    /// How tests make a runner. Its guests are emulated, and what the tests' guests need is taken from the user's cache.
    init(
        testing request: MatrixRequest, _ settings: RunSettings = RunSettings(), products: Products, cache: ArtefactCache = .standard(),
        catalogue: KernelCatalogue? = nil,
        events: @escaping @Sendable (RunnerEvent) -> Void = { _ in }
    ) {
        self.init(
            request: request, settings: settings, products: products, cache: cache,
            catalogue: catalogue ?? KernelCatalogue(settings: CatalogueSettings(cache: cache)), accelerator: .tcg, harness: "test", events: events)
    }
}
