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

    @Test("end in the cause that it is, with the words that prove it, and a kernel that has all it needs is compatible", arguments: cases)
    func cause(expected: Case) async throws { try await expected.measure(on: .host) }
}

/// The same of guests of another architecture than this machine's, whose kernels report trouble in words of their own.
@Suite(
    "Real guests of another architecture whose kernels crash, or have other pages and processors",
    .enabled(if: RealGuests.areAsked && MutantRun.folder != nil, "KMATRIX_MUTANTS names no built mutants; ci/build-mutants --arch arm64 builds them"),
    .enabled(
        if: TestKernels.folder(of: .arm64) != nil,
        "SKIPPED: \(TestKernels.variable(of: .arm64)) names no kernels; ci/build-test-kernels --arch arm64 builds them and prints the folder"),
    .serialized)
struct ForeignCauseRealGuestTests {
    static let cases: [CauseRealGuestTests.Case] = [
        .init(kernel: "crashes", cause: nil, words: ""),
        .init(kernel: "crashes", mutation: "panics-kernel", cause: .kernelPanic, words: "dumptest"),
        .init(kernel: "crashes", mutation: "oopses-kernel", cause: .kernelOops, words: "NULL pointer dereference"),
        // Debian's own kernel, by its key for it, which is a crash that the agent asked for.
        .init(kernel: "6.12", mutation: "crashes-kernel", cause: .agentCrashed, words: "sysrq triggered crash"),
        .init(kernel: "pages-64k", cause: nil, words: ""),
        .init(kernel: "6.12/arm64-16k", cause: nil, words: ""),
        // The JIT of this kernel makes branch targets and authenticated returns.
        .init(kernel: "branch-protection", profile: .branchProtection, cause: nil, words: ""),
        .init(kernel: "6.1", profile: .branchProtection, cause: nil, words: ""), .init(kernel: "6.12", profile: .memoryTagging, cause: nil, words: ""),
        .init(kernel: "crashes", profile: .branchProtection, cause: .profileNotOffered, words: "Address authentication"),
        .init(kernel: "6.1", profile: .jitOff, cause: nil, words: ""),
    ]

    @Test("end in the cause that it is, with the words that prove it, and what differs from this machine's is compatible all the same", arguments: cases)
    func cause(expected: CauseRealGuestTests.Case) async throws { try await expected.measure(on: .arm64) }
}

extension CauseRealGuestTests.Case {
    private func program(_ name: String, _ products: Products) throws -> ProgramVariant {
        let mutant = try #require(MutantRun.folder).appending("bpf/\(name).bpf.o")
        return FileManager.default.fileExists(atPath: mutant.string) ? ProgramVariant(name: name, object: mutant) : try products.program(name)
    }

    /// Runs the cell, and expects its outcome to be this one.
    func measure(on architecture: Architecture) async throws {
        let products = try #require(RealGuests.products).of(architecture)
        let folder = try TemporaryFolder()
        RealGuests.keep(folder)
        var agents: [AgentChoice] = []
        if let mutation {
            let agent = try await MutantRun.agent(of: try #require(MutantRun.folder), for: architecture, in: folder.path.appending("agent"))
            agents = [.bundle(agent.mutated(by: mutation))]
        }
        let axes = MatrixAxes(
            architecture: architecture, kernels: [try TestKernels.selector(kernel, on: architecture)], layouts: [.unified],
            programs: try program.map { [try program($0, products)] } ?? [], scenarios: .standard(try products.standardScenario()), agents: agents,
            profiles: [profile])
        let cells = try await RealGuests.measure(
            MatrixRunner(
                testing: MatrixRequest(blocks: [axes], tier: .quick), products: try #require(RealGuests.products),
                cache: MutantRun.cache(in: folder.path.appending("cache")))
        ).cells
        let cell = try #require(cells.first)
        #expect(cells.count == 1)
        #expect(cell.cause == cause, "\(cell.summary) \(cell.findings)")
        #expect(cell.verdict == (cause.map(\.verdict) ?? .compatible), "\(cell.summary)")
        #expect(
            words.isEmpty || cell.summary.contains(words) || cell.findings.contains { $0.quote.contains(words) }, "\(cell.summary) \(cell.findings)")
        KeptEvidence.keep(cell, of: (architecture == .host ? "" : "\(architecture), ") + testDescription)
    }
}

/// What `ci/build-test-kernels` built.
enum TestKernels {
    static let folder = folder(of: .host)

    static func folder(of architecture: Architecture) -> FilePath? {
        ProcessInfo.processInfo.environment[variable(of: architecture)].map { FilePath($0) }
    }

    static func variable(of architecture: Architecture) -> String {
        "KMATRIX_TEST_KERNELS" + (architecture == .host ? "" : "_\(architecture.rawValue.uppercased())")
    }

    /// The image of a variant, as people would name it.
    static func selector(_ variant: String, on architecture: Architecture) throws -> KernelSelector {
        let boot = try #require(folder(of: architecture)).appending(variant).appending("boot")
        guard FileManager.default.fileExists(atPath: boot.string) else { return try KernelSelector(parsing: variant) }
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: boot.string).first { $0.hasPrefix("vmlinuz-") })
        return try KernelSelector(parsing: boot.appending(name).string)
    }
}

/// Evidence of real guests for the tests that need none: `KMATRIX_KEEP_EVIDENCE` names a folder that takes a cell of each cause.
enum KeptEvidence {
    static func keep(_ cell: CellRecord, of name: String) {
        guard let folder = ProcessInfo.processInfo.environment["KMATRIX_KEEP_EVIDENCE"], let evidence = cell.evidence, let cause = cell.cause else { return }
        let place = "\(folder)/\(cause.rawValue.replacing("/", with: "_"))--\(name.replacing(", ", with: "-").replacing("/", with: "-"))"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? FileManager.default.copyItem(atPath: evidence, toPath: place)
    }
}
