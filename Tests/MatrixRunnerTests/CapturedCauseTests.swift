import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

/// Cells as real guests left them, one folder for each cause, judged again as `kmatrix judge` does. The folder's name is the cause, and after
/// `--` what brought it about; `KMATRIX_KEEP_EVIDENCE` has the suites of real guests keep them.
@Suite("A captured cell of each cause")
struct CapturedCauseTests {
    private static let root = Bundle.module.bundleURL.appending(path: "Evidence/causes")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: root.path(percentEncoded: false))) ?? []).sorted()

    /// Where a cause is produced that no captured cell can have, or that has none here, and why.
    private static let elsewhere: [Cause: String] = [
        .notOffered: "no guest: MatrixPlanTests", .fetchFailed: "no guest: ImageGuestTests, PreparationTests", .notABootableKernel: "no guest: ImageGuestTests",
        .imageNotBuilt: "no guest: ImageGuestTests", .layoutNotOffered: "no guest: ImageGuestTests",
        .emulatorHang: "FakeEmulatorCellTests, ImageRealGuestTests",
        .emulatorExit: "FakeEmulatorCellTests", .evidenceLost: "FakeEmulatorCellTests, CommandRealGuestTests", .guestSetup: "ImageRealGuestTests",
        .protocolViolation: "FakeEmulatorCellTests",
        .consoleFlood: "FakeEmulatorCellTests, RedTeamRealGuestTests", .timeout: "FakeEmulatorCellTests", .harness: "FakeEmulatorCellTests",
        .bootPanic: "FakeEmulatorCellTests",
        .guestLacks: "no guest: MicroSuppliesTests", .otherKernel: "AskedKernelTests: no repository serves another kernel than it lists",
        .securityModuleDenied: "the field's alone: the judge has no such rule", .missingPrivilege: "the field's alone", .jitFailed: "the field's alone",
        .kernelConfiguration: "VerifierTests",
        .coreRelocationFailed: "VerifierTests", .linkNotCreated: "ProbeTests: no kernel on offer loads the program and refuses its link",
        .identityMissing: "ProbeTests: our agent checks that it learns callers before it says that it runs",
        .wronglyDenied: "CauseRealGuestTests", .mapNotCreated: "CauseRealGuestTests", .agentNotInstalled: "CapturedDeploymentTests",
        .readyWithoutKey: "CapturedDeploymentTests", .keyNotOffered: "CapturedDeploymentTests",
        .provisioningUnproven: "CapturedDeploymentTests", .lockdown: "DeploymentRealGuestTests, VerifierTests", .verifierRejected: "CapturedEvidenceTests",
        .attachNoCgroup2: "CapturedEvidenceTests",
    ]

    @Test("is there for every cause that a guest can show, and for the others it is said where they are tested")
    func complete() {
        let captured = Set(Self.names.compactMap { Cause(rawValue: Self.cause(of: $0)) })
        #expect(captured.count == Set(Self.names.map(Self.cause)).count, "\(Self.names)")
        let missing = Cause.allCases.filter { !captured.contains($0) && Self.elsewhere[$0] == nil }
        #expect(missing == [], "no test produces these")
    }

    /// `attach-failed/other` has a name that is no file name.
    private static func cause(of name: String) -> String { (name.components(separatedBy: "--").first ?? "").replacing("_", with: "/") }

    /// A copy of a captured cell. What a mutant did not change is not kept twice: the console and the kernel's log are the green cell's.
    private func cell(_ name: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for file in try FileManager.default.contentsOfDirectory(at: Self.root.appending(path: name), includingPropertiesForKeys: nil) {
            try FileManager.default.copyItem(at: file, to: folder.url.appending(path: file.lastPathComponent))
        }
        for file in ["console.log", "kernel.log"] where !FileManager.default.fileExists(atPath: folder.url.appending(path: file).path) {
            try FileManager.default.copyItem(at: Bundle.module.bundleURL.appending(path: "Evidence/green/\(file)"), to: folder.url.appending(path: file))
        }
        return folder
    }

    @Test("is judged to be of that cause", arguments: names)
    func judged(name: String) throws {
        let folder = try cell(name)
        let judgement = try StoredEvidence(in: CellFolder(path: folder.path)).judgement
        #expect(judgement.cause?.rawValue == Self.cause(of: name), "\(judgement.summary)")
        // A cause stands on what the guest or the platform said, unless it is that nothing was said.
        #expect(!judgement.findings.isEmpty || judgement.cause == .agentSilent)
    }

    @Test(
        "is not judged where its attempt names a profile that nobody knows, or the member's name is damaged: without its profile the cell would be green",
        arguments: [("lockdown-confidentiality", "lockdown-confidentialitz"), ("\"profile\"", "\"prof1le\"")])
    func profile(written: String, damaged: String) throws {
        let folder = try cell("profile-not-offered--small-lockdown-confidentiality")
        let sheet = folder.url.appending(path: "attempt.json")
        let text = try String(contentsOf: sheet, encoding: .utf8)
        #expect(text.contains(written))
        try text.replacing(written, with: damaged).write(to: sheet, atomically: true, encoding: .utf8)
        #expect(throws: StoredEvidence.Unreadable.self) { try StoredEvidence(in: CellFolder(path: folder.path)) }
        // The control: a cell that had no profile is green with the same evidence.
        try text.replacing("\"lockdown-confidentiality\"", with: "null").write(to: sheet, atomically: true, encoding: .utf8)
        #expect(try StoredEvidence(in: CellFolder(path: folder.path)).judgement.verdict == .compatible)
    }

    @Test("is not green without any one of its files, nor with any of them damaged", arguments: names, fuzzSeeds(1))
    func damaged(name: String, seed: UInt64) throws {
        let folder = try cell(name)
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path.string).sorted() {
            let url = folder.url.appending(path: file)
            let original = try Data(contentsOf: url)
            try FileManager.default.removeItem(at: url)
            #expect((try? StoredEvidence(in: CellFolder(path: folder.path)))?.judgement.verdict != .compatible, "without \(file)")
            for bytes in DamagedSamples(of: [Array(original)], seed: seed, count: 5) {
                try Data(bytes).write(to: url)
                #expect((try? StoredEvidence(in: CellFolder(path: folder.path)))?.judgement.verdict != .compatible, "\(file)")
            }
            try original.write(to: url)
        }
    }
}
