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
    /// Runs the conformance suite against the agent of the plan's only cell, with one guest for each group of checks.
    ///
    /// - Parameters:
    ///   - groups: Which checks.
    ///   - path: Where each group's evidence goes.
    /// - Returns: A result for every check, in the suite's order; `unproven` if the check's guest did not finish.
    /// - Throws: `RunnerError` when the plan does not have exactly one cell, and errors that prevent all guests.
    public func conformance(
        _ plan: MatrixPlan, groups: [ConformanceGroup] = ConformanceGroup.all, in path: FilePath
    ) async throws -> [ConformanceResult] {
        let planned = try onlyCell(of: plan)
        let emulator = try await Emulator.find(for: planned.cell.architecture)
        let preparer = preparer
        let kernel = try await preparer.kernel(of: planned)
        let payload = try await preparer.payload(
            try await preparer.payloadSpec(planned.content, busybox: try GuestTool.busybox(for: planned.cell.architecture)))
        let chosen = try await chooseAccelerator(emulator, kernel)
        var boot = BootPlan.cell(
            PreparedCell(kernel: kernel, payload: payload, distribution: nil), accelerator: chosen.accelerator, network: products.network, folder: path)
        boot.limits.total = max(settings.timeout, .seconds(600))
        let guests = ConformanceGuests(planned: planned, boot: boot, boots: bootPolicy(emulator), isShared: groups.count > 1, emulator: emulator)
        return try await withThrowingTaskGroup(of: (Int, [CheckOutcome]).self) { tasks in
            var waiting = groups.indices[...]
            func startNext() {
                guard let index = waiting.popFirst() else { return }
                tasks.addTask { (index, try await run(groups[index], guests, in: path.appending(groups[index].name))) }
            }
            for _ in 0..<jobs(for: plan).count { startNext() }
            var outcomes: [Int: [CheckOutcome]] = [:]
            while let (index, found) = try await tasks.next() {
                outcomes[index] = found
                startNext()
            }
            return ConformanceResult.results(of: groups.indices.flatMap { outcomes[$0] ?? [] }, knownDefects: planned.agentProfile.defects)
        }
    }

    /// What the guests of all groups have in common.
    private struct ConformanceGuests: Sendable {
        let planned: PlannedCell
        let boot: BootPlan
        let boots: BootPolicy
        /// Whether more than one guest has this boot.
        let isShared: Bool
        let emulator: Emulator
    }

    private func run(_ group: ConformanceGroup, _ guests: ConformanceGuests, in path: FilePath) async throws -> [CheckOutcome] {
        let start = try await guests.boots.start(of: guests.boot, isShared: guests.isShared)
        return try await slots.withSlot {
            events(.preparing("conformance: \(group.name), \(group.checks.count) checks"))
            try DurableFile.makeFolder(path)
            let scenario = try products.conformanceScenario(group.scenario)
            let guestPlan = guestPlan(group, scenario.expectation, guests.planned)
            let session = try await guests.boots.run(start) { start in
                let session = GuestSession(plan: guestPlan, expectation: scenario.expectation, startMode: start.startMode, events: { _ in })
                var boot = guests.boot
                boot.folder = path
                boot.begin(start)
                try await converse(session, boot, start, scenario, guests.emulator)
                return session
            }
            return outcomes(of: group, session.evidence, in: path)
        }
    }

    private func guestPlan(_ group: ConformanceGroup, _ expectation: ScenarioExpectation, _ planned: PlannedCell) -> GuestPlan {
        let profile = planned.agentProfile
        return GuestPlan(
            layout: planned.cell.cgroup, agentPath: ArtefactPreparer.agentPath, steps: group.steps, awaitsSuccess: expectation.status == "SUCCESS",
            agentDeadline: UInt32(profile.statusDeadline / .milliseconds(1)), settlingWords: profile.wordsForGuest, logs: profile.logsForGuest,
            clientDeadline: group.deadline, burstDeadline: max(group.deadline, UInt32(profile.burstDeadline / .milliseconds(1))))
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

/// A check and its outcome, from its guest's evidence.
private typealias CheckOutcome = (check: ConformanceCheck, outcome: ConformanceOutcome)
