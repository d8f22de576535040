import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import GuestImages
@testable import MatrixPlanning
@testable import MatrixRunner

/// Causes that need kernels of their own: built by `ci/build-test-kernels` from Debian's packaged source, each without something that the
/// agent needs, or with a way to crash it. The build takes long, so that these tests run where it did.
@Suite(
    "Real guests whose kernels lack something or crash",
    .enabled(if: RealGuests.areAsked && MutantRun.folder != nil, "KMATRIX_MUTANTS names no built mutants; ci/test sets it"),
    .enabled(if: TestKernels.folder != nil, "SKIPPED: KMATRIX_TEST_KERNELS names no kernels; ci/build-test-kernels builds them and prints the folder"),
    .serialized)
struct CauseRealGuestTests {
    /// A cell, and what has to come of it.
    struct Case: CustomTestStringConvertible {
        /// A variant of `ci/build-test-kernels`, or a series of Debian's.
        let kernel: String
        /// A variant or a mutant.
        var program: String?
        /// Of the agent.
        var mutation: String?
        var profile: BootProfile?
        let cause: Cause?
        /// Of the finding or the summary.
        let words: String
        var testDescription: String { [kernel, program, mutation, profile?.rawValue].compactMap(\.self).joined(separator: ", ") }
    }

    static let cases = [
        Case(kernel: "6.1", program: "later-map", cause: .mapNotCreated, words: "later"),
        Case(kernel: "6.1", mutation: "denies-allowed", cause: .wronglyDenied, words: "which its rules allow"),
        Case(kernel: "no-jit", cause: nil, words: ""),
        Case(kernel: "no-kprobes", cause: nil, words: ""),
        Case(kernel: "no-bpf", cause: .loadFailed, words: "Function not implemented"),
        Case(kernel: "no-cgroup-bpf", cause: .loadFailed, words: "Invalid argument"),
        // Without BTF the loader never gets as far as the probe.
        Case(kernel: "no-kprobes", program: "kprobe-audit", cause: .noBTF, words: "BTF"),
        Case(kernel: "small", program: "kprobe-audit", cause: .noBTF, words: "BTF"),
        Case(kernel: "small", profile: .lockdownConfidentiality, cause: .profileNotOffered, words: "lockdown"),
        Case(kernel: "crashes", cause: nil, words: ""),
        Case(kernel: "crashes", mutation: "panics-kernel", cause: .kernelPanic, words: "dumptest"),
        Case(kernel: "crashes", mutation: "oopses-kernel", cause: .kernelOops, words: "NULL pointer dereference"),
    ]

    private func program(_ name: String, _ products: Products) throws -> ProgramVariant {
        let mutant = try #require(MutantRun.folder).appending("bpf/\(name).bpf.o")
        return FileManager.default.fileExists(atPath: mutant.string) ? ProgramVariant(name: name, object: mutant) : try products.program(name)
    }

    @Test("end in the cause that it is, with the words that prove it, and a kernel that has all it needs is compatible", arguments: cases)
    func cause(expected: Case) async throws {
        let products = try #require(RealGuests.products)
        let folder = try TemporaryFolder()
        RealGuests.keep(folder)
        var agents: [AgentChoice] = []
        if let mutation = expected.mutation {
            agents = [.bundle(try await MutantRun.agent(of: try #require(MutantRun.folder), in: folder.path.appending("agent")).mutated(by: mutation))]
        }
        let axes = MatrixAxes(
            kernels: [try TestKernels.selector(expected.kernel)], layouts: [.unified], programs: try expected.program.map { [try program($0, products)] } ?? [],
            scenarios: .standard(try products.standardScenario()), agents: agents, profiles: [expected.profile])
        let cells = try await RealGuests.measure(
            MatrixRunner(testing: MatrixRequest(blocks: [axes], tier: .quick), products: products, cache: MutantRun.cache(in: folder.path.appending("cache")))
        ).cells
        let cell = try #require(cells.first)
        #expect(cells.count == 1)
        #expect(cell.cause == expected.cause, "\(cell.summary) \(cell.findings)")
        #expect(cell.verdict == (expected.cause.map(\.verdict) ?? .compatible), "\(cell.summary)")
        #expect(
            expected.words.isEmpty || cell.summary.contains(expected.words) || cell.findings.contains { $0.quote.contains(expected.words) },
            "\(cell.summary) \(cell.findings)")
        KeptEvidence.keep(cell, of: expected.testDescription)
    }
}

/// What `ci/build-test-kernels` built.
enum TestKernels {
    static let folder = ProcessInfo.processInfo.environment["KMATRIX_TEST_KERNELS"].map { FilePath($0) }

    /// The image of a variant, as people would name it.
    static func selector(_ variant: String) throws -> KernelSelector {
        let boot = try #require(folder).appending(variant).appending("boot")
        guard FileManager.default.fileExists(atPath: boot.string) else { return try KernelSelector(parsing: variant) }
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: boot.string).first { $0.hasPrefix("vmlinuz-") })
        return try KernelSelector(parsing: boot.appending(name).string)
    }
}

/// Evidence of real guests for the tests that need none: `KMATRIX_KEEP_EVIDENCE` names a folder that takes a cell of each cause.
enum KeptEvidence {
    static func keep(_ cell: CellRecord, of name: String) {
        guard let folder = ProcessInfo.processInfo.environment["KMATRIX_KEEP_EVIDENCE"], let evidence = cell.evidence, let cause = cell.cause else { return }
        let place = "\(folder)/\(cause.rawValue.replacing("/", with: "_"))--\(name.replacing(", ", with: "-"))"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? FileManager.default.copyItem(atPath: evidence, toPath: place)
    }
}
