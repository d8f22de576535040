/// What a machine has for guests, in bytes and cores, and what follows from it.
public struct HostResources: Hashable, Sendable {
    /// Those this process may use.
    public var cores: Int
    /// What programs may still take before something is swapped out or killed; nil where the kernel does not tell.
    public var memory: Int?
    /// How much of the last ten seconds some task waited for memory, in percent; nil where the kernel does not tell.
    public var pressure: Double?

    public init(cores: Int, memory: Int?, pressure: Double?) {
        self.cores = cores
        self.memory = memory
        self.pressure = pressure
    }

    /// Those of this machine now.
    public static var here: Self { HostReader().read() }

    /// What is left for the harness itself, for building images and unpacking kernels, and for the page cache that snapshots are read through.
    static let reserve = 512 << 20
    /// A machine that waits for memory a fifth of the time makes guests late, which proves nothing.
    static let pressureLimit = 20.0

    /// Why a further guest would better wait; nil when it need not.
    /// - Parameter need: What a guest takes.
    func shortage(for need: Int) -> String? {
        if let memory, memory < need { return "\(Self.text(memory)) of memory are available, and a guest takes \(Self.text(need))" }
        if let pressure, pressure > Self.pressureLimit { return "tasks here wait for memory \(Int(pressure)) % of the time" }
        return nil
    }

    static func text(_ bytes: Int) -> String { "\((Double(bytes) / Double(1 << 30) * 10).rounded() / 10) GiB" }
}

/// How many guests run at once, and why so many.
public struct JobCount: Hashable, Sendable, CustomStringConvertible {
    public let count: Int
    public let reason: String

    /// As many as somebody asked for.
    init(asked count: Int) {
        self.count = count
        reason = "as asked for"
    }

    /// As many as cores and memory allow, and one in any case.
    init(_ host: HostResources, need: Int) {
        guard let memory = host.memory else {
            count = max(1, host.cores)
            reason = "one for each usable core"
            return
        }
        let fitting = max(0, memory - HostResources.reserve) / max(need, 1)
        count = max(1, min(host.cores, fitting))
        let room = "\(HostResources.text(memory)) of memory available, \(HostResources.text(need)) for each guest"
        reason = fitting < host.cores ? "memory is for no more (\(room); \(host.cores) usable cores)" : "one for each usable core (\(room))"
    }

    public var description: String { "\(count) \(count == 1 ? "guest" : "guests") at once: \(reason)" }
}
