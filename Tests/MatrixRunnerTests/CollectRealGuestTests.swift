import EvidenceStore
import FabricSimulator
import Foundation
import GuestImages
import GuestProtocol
import Judgement
import MatrixModel
import MatrixPlanning
import QEMUGuest
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

/// `kmatrix collect` on a machine with a working agent: in a guest, next to the agent, from the payload.
@Suite(
    "A gathering in a real guest", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"),
    .enabled(if: ProcessInfo.processInfo.environment["KMATRIX_NIGHT"] != nil, "SKIPPED: KMATRIX_NIGHT is not set; ci/nightly sets it"), .serialized)
struct CollectRealGuestTests {
    private static let bundle = "/var/log/bundle.tar"
    private static let gathering = CommandSpec(
        name: "collect", path: "/bin/busybox", arguments: ["sh", "-c", "export PATH=/bin:/usr/bin; busybox --install -s /bin; kmatrix collect --out \(bundle)"])
    private static let keys = CommandSpec(name: "keys", path: "/bin/busybox", arguments: ["sh", "-c", "busybox cat /var/lib/azure-proxy-agent/keys/*.key"])

    /// A guest with our agent and kmatrix, and what it left.
    private func evidence(in folder: FilePath) async throws -> CellEvidence {
        let runner = try RealGuests.runner(kernels: ["6.1"], layouts: [.unified], programs: [])
        let preparer = runner.preparer
        let cell = try #require(try await runner.plan().cells.first)
        let program = PayloadSpec.Item(path: "usr/bin/kmatrix", source: .file(runner.products.folder.appending("kmatrix")), mode: 0o755)
        let payload = try await preparer.payload(PayloadSpec(preparer.payloadSpec(cell.content, busybox: GuestTool.busybox()).items + [program]))
        let artefacts = PreparedCell(kernel: try await preparer.kernel(of: cell), payload: payload, distribution: nil)
        let boot = BootPlan.cell(artefacts, accelerator: .tcg, network: runner.products.network, folder: folder)
        let plan = GuestPlan(
            layout: .unified, agentPath: ArtefactPreparer.agentPath,
            steps: [.startAgent, .command(Self.gathering), .command(Self.keys), .stopAgent(signal: SIGTERM)],
            logs: [AgentLogFile(item: .agentLog, path: Self.bundle)], clientDeadline: 60_000)
        let session = GuestSession(plan: plan, expectation: cell.scenario.expectation, events: { _ in })
        let (outcome, requests) = try await withGuestOnPlatform(boot, scenario: cell.scenario, emulator: try await Emulator.find()) {
            await session.converse(with: $0)
        }
        session.end(outcome.ending, journal: requests)
        return session.evidence
    }

    @Test("next to a working agent is healthy to diagnose, says what it could not gather, and holds no key")
    func healthy() async throws {
        let folder = try TemporaryFolder()
        let evidence = try await evidence(in: folder.path)
        let reports = Dictionary(evidence.commands.map { ($0.name, $0) }) { first, _ in first }
        let said = String(decoding: try #require(reports["collect"]).output, as: UTF8.self)
        #expect(reports["collect"]?.ending == .exited(code: 0), "\(said)")
        // A bare guest has no service manager to ask.
        #expect(said.contains("not collected: systemctl show"), "\(said)")
        let bundle = try #require(evidence.items[.agentLog])
        #expect(bundle.isWhole)
        struct Key: Decodable { let key: String }
        let key = try JSONDecoder().decode(Key.self, from: Data(try #require(reports["keys"]).output)).key
        #expect(key.count >= 32 && Data(bundle.bytes).range(of: Data(key.utf8)) == nil)

        let path = folder.path.appending("bundle.tar")
        try Data(bundle.bytes).write(to: URL(filePath: path.string))
        let program = try #require(RealGuests.products).folder.appending("kmatrix")
        let result = try await Subprocess.run(
            .path(program), arguments: ["diagnose", path.string, "--format", "json"], output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        let diagnosis = try #require(try JSONSerialization.jsonObject(with: Data(result.standardOutput.utf8)) as? [String: Any], "\(result.standardError)")
        #expect(diagnosis["outcome"] as? String == "healthy", "\(result.standardOutput)")
    }
}
