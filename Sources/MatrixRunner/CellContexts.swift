import EvidenceStore
import MatrixModel
import MatrixPlanning
import QEMUGuest

/// The emulator and accelerator of each architecture's guests. The probe has to boot a kernel, so it starts when the first kernel is ready.
struct CellContexts: Sendable {
    /// What runs the guests of one architecture.
    private struct Host: Sendable {
        let emulator: Emulator
        let question: AcceleratorQuestion
    }

    private let hosts: [Architecture: Host]
    private let make: @Sendable (Emulator, Accelerator) -> CellContext
    private(set) var known: [Architecture: CellContext] = [:]
    private var answers: [Architecture: AcceleratorProbe.Answer] = [:]

    /// - Parameters:
    ///   - probe: Finds the accelerator that an emulator's guests use, by booting a kernel.
    ///   - make: Makes what all cells of an architecture share.
    /// - Throws: `GuestError` for an architecture without an emulator.
    init(
        of architectures: Set<Architecture>, probe: @escaping @Sendable (Emulator, PreparedKernel) async throws -> AcceleratorProbe.Answer,
        make: @escaping @Sendable (Emulator, Accelerator) -> CellContext
    ) async throws {
        var hosts: [Architecture: Host] = [:]
        for architecture in architectures.sorted() {
            let emulator = try await Emulator.find(for: architecture)
            hosts[architecture] = Host(emulator: emulator, question: AcceleratorQuestion { try await probe(emulator, $0) })
        }
        self.hosts = hosts
        self.make = make
    }

    /// Starts the probe for the architecture of each kernel, unless it was started before.
    func begin(with kernels: [PreparedKernel]) async {
        for kernel in kernels { await hosts[kernel.architecture]?.question.begin(with: kernel) }
    }

    /// The context that the cells of a kernel's architecture share.
    /// - Returns: The context, and whether this call obtained it first.
    /// - Throws: `PreparationFailure`, `GuestError`, `CancellationError`.
    mutating func context(trying kernel: PreparedKernel) async throws -> (context: CellContext, isNew: Bool) {
        if let context = known[kernel.architecture] { return (context, false) }
        guard let host = hosts[kernel.architecture] else {
            throw PreparationFailure(cause: .harness, reason: "no emulator was looked for of \(kernel.architecture)")
        }
        let answer = try await host.question.answer(with: kernel)
        answers[kernel.architecture] = answer
        let context = make(host.emulator, answer.accelerator)
        known[kernel.architecture] = context
        return (context, true)
    }

    /// Cancels the probes that no cell waits for any more.
    func end() async {
        for host in hosts.values { await host.question.end() }
    }

    /// The accelerator for the run's record: the first architecture's name; with several architectures, the reason lists each.
    var accelerator: (name: String?, reason: String?) {
        let sorted = answers.sorted { $0.key < $1.key }
        let reason =
            sorted.count > 1
            ? sorted.map { "\($0.key): \($0.value.accelerator.rawValue), \($0.value.reason)" }.joined(separator: "; ") : sorted.first?.value.reason
        return (sorted.first?.value.accelerator.rawValue, reason)
    }
}
