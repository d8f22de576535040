/// The machine that something was measured on.
public struct BenchMachine: Codable, Hashable, Sendable {
    public let architecture: String
    /// Those that may be used.
    public let cores: Int
    public let memoryMiB: Int
    /// What guests run with (`kvm`, `tcg`), and the emulator's version; null where no guest has run yet, or there is no emulator.
    public let accelerator: String?
    public let emulator: String?

    public init(architecture: String, cores: Int, memoryMiB: Int, accelerator: String?, emulator: String?) {
        self.architecture = architecture
        self.cores = cores
        self.memoryMiB = memoryMiB
        self.accelerator = accelerator
        self.emulator = emulator
    }

    /// In what this machine is of another kind, so that ratios mean something else there; nil when it is of the same.
    ///
    /// Emulating a guest costs its processor time many times over and the harness's not at all; with more cores, more runs side by side.
    public func difference(from other: Self) -> String? {
        if architecture != other.architecture { return "\(architecture) and not \(other.architecture)" }
        if let accelerator, let theirs = other.accelerator, accelerator != theirs { return "guests run with \(accelerator) and not with \(theirs)" }
        if cores != other.cores { return "\(cores) usable cores and not \(other.cores)" }
        return nil
    }
}
