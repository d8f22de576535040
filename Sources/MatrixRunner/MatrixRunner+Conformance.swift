import GuestImages
import ArtefactCache
import EvidenceStore
import FabricSimulator
import Foundation
import GuestProtocol
import Judgement
import MatrixModel
public import MatrixPlanning
public import Probes
import QEMUGuest
public import SystemPackage

extension MatrixRunner {
    /// Puts the plan's only cell's agent through the conformance suite, a guest for each group of checks.
    ///
    /// - Parameters:
    ///   - groups: Which checks.
    ///   - path: Where each group's evidence goes.
    /// - Returns: A result for every check, in the suite's order; `unproven` for those whose guest did not come to its end.
    /// - Throws: `RunnerError` when the plan has not exactly one cell, and what makes guests impossible as a whole.
    public func conformance(
        _ plan: MatrixPlan, groups: [ConformanceGroup] = ConformanceGroup.all, in path: FilePath
    ) async throws -> [ConformanceResult] {
        guard plan.cells.count == 1, let planned = plan.cells.first else {
            let found = plan.cells.isEmpty ? plan.unavailable.first.map(\.summary) ?? "no cell" : "\(plan.cells.count) cells"
            throw RunnerError(.shellNeedsOneCell, subject: request.blocks.flatMap(\.kernels).map(\.description).joined(separator: " "), detail: found)
        }
        let emulator = try await Emulator.find(for: planned.cell.architecture)
        let preparer = preparer
        let kernel = try await preparer.kernel(of: planned)
        let payload = try await preparer.payload(
            try await preparer.payloadSpec(planned.content, busybox: try GuestTool.busybox(for: planned.cell.architecture)))
        let chosen = try await chooseAccelerator(emulator, kernel)
        var boot = BootPlan.cell(
            PreparedCell(kernel: kernel, payload: payload, distribution: nil), accelerator: chosen.accelerator, network: products.network, folder: path)
        boot.limits.total = max(settings.timeout, .seconds(600))
        let settled = boot
        let profile = planned.agentProfile
        let boots = bootPolicy(emulator)
        return try await withThrowingTaskGroup(of: (Int, [CheckOutcome]).self) { tasks in
            var waiting = groups.indices[...]
            func startNext() {
                guard let index = waiting.popFirst() else { return }
                tasks.addTask {
                    let start = try await boots.start(of: settled, isShared: groups.count > 1)
                    let outcomes = try await slots.withTurn {
                        try await run(
                            groups[index], layout: planned.cell.cgroup, profile: profile, boot: settled, start: start, boots: boots, emulator: emulator,
                            in: path.appending(groups[index].name))
                    }
                    return (index, outcomes)
                }
            }
            for _ in 0..<jobs(for: plan).count { startNext() }
            var outcomes: [Int: [CheckOutcome]] = [:]
            while let (index, found) = try await tasks.next() {
                outcomes[index] = found
                startNext()
            }
            return ConformanceResult.results(of: groups.indices.flatMap { outcomes[$0] ?? [] }, knownDefects: profile.defects)
        }
    }

    private func run(
        _ group: ConformanceGroup, layout: CgroupLayout, profile: AgentProfile, boot plan: BootPlan, start: BootPolicy.Start, boots: BootPolicy,
        emulator: Emulator,
        in path: FilePath
    ) async throws -> [CheckOutcome] {
        events(.preparing("conformance: \(group.name), \(group.checks.count) checks"))
        let scenario = try products.conformanceScenario(group.scenario)
        try DurableFile.makeFolder(path)
        let guestPlan = GuestPlan(
            layout: layout, agentPath: ArtefactPreparer.agentPath, steps: group.steps, awaitsSuccess: scenario.expectation.status == "SUCCESS",
            agentDeadline: UInt32(profile.statusDeadline / .milliseconds(1)), settlingWords: profile.wordsForGuest, logs: profile.logsForGuest,
            clientDeadline: group.deadline, crowdDeadline: max(group.deadline, UInt32(profile.burstDeadline / .milliseconds(1))))
        let session = try await boots.lead(start) { start in
            let session = GuestSession(plan: guestPlan, expectation: scenario.expectation, birth: start.birth, events: { _ in })
            var boot = plan
            boot.folder = path
            boot.begin(start)
            try await converse(session, boot, start, scenario, emulator)
            return session
        }
        return outcomes(of: group, session.evidence, in: path)
    }

    /// - Throws: `CancellationError` only.
    private func converse(_ session: GuestSession, _ boot: BootPlan, _ start: BootPolicy.Start, _ scenario: Scenario, _ emulator: Emulator) async throws {
        do {
            try start.leaveConsole(in: boot.folder)
            let (outcome, requests) = try await withGuestOnPlatform(boot, scenario: scenario, emulator: emulator) { await session.converse(with: $0) }
            session.end(outcome.ending, journal: requests)
        } catch {
            try Task.checkCancellation()
            session.fail(error)
        }
    }

    private func outcomes(of group: ConformanceGroup, _ evidence: CellEvidence, in path: FilePath) -> [CheckOutcome] {
        for (item, name) in [(EvidenceItem.status, EvidenceFile.status), (.agentLog, .agentLog), (.agentOutput, .agentOutput)] {
            if let found = evidence.items[item] { try? Data(found.bytes).write(to: URL(filePath: path.appending(name.rawValue).string)) }
        }
        guard evidence.fate == .poweredOff, evidence.setupFailure == nil, let journal = evidence.journal else {
            let reason = evidence.setupFailure.map { "guest set-up step '\($0.step)' failed: \($0.reason)" } ?? "the guest did not complete: \(evidence.fate)"
            return group.checks.map { ($0, .unproven(reason)) }
        }
        let found = ConformanceEvidence(
            reports: evidence.reports, commands: evidence.commands, listings: evidence.listings, journal: journal,
            status: evidence.items[.status]?.text ?? "")
        return group.checks.map { ($0, $0.outcome(found)) }
    }
}

/// A check with what it makes of its guest's evidence.
private typealias CheckOutcome = (check: ConformanceCheck, outcome: ConformanceOutcome)

/// Programs of this machine that a guest borrows.
enum GuestTool {
    static func busybox(for architecture: Architecture = .host) throws -> FilePath {
        let candidates: [FilePath] = ["/bin/busybox", "/usr/bin/busybox"]
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.string) }) else {
            throw RunnerError(.shellTool, subject: "busybox")
        }
        guard architecture == .host else { throw RunnerError(.shellToolOfArchitecture, subject: found.string, detail: architecture.title) }
        return found
    }
}
