/// The cores and memory that a host has for guests.
public struct HostResources: Hashable, Sendable {
    /// The cores that this process may use.
    public var cores: Int
    /// Memory available without swapping or killing, in bytes; nil when the kernel does not report it.
    public var memory: Int?
    /// The share of the last ten seconds in which a task waited for memory, in percent; nil when the kernel does not report it.
    public var pressure: Double?

    public init(cores: Int, memory: Int?, pressure: Double?) {
        self.cores = cores
        self.memory = memory
        self.pressure = pressure
    }

    /// The resources of this host now.
    public static var here: Self { HostReader().read() }

    /// Memory kept free for kmatrix, image builds, kernel unpacking, and the page cache for snapshots.
    static let reserve = 512 << 20
    /// Above this pressure guests time out, which would be harness failures.
    static let pressureLimit = 20.0

    /// Why no further guest may start now; nil when it may.
    /// - Parameter need: The memory that a guest needs.
    func shortage(for need: Int) -> String? {
        if let memory, memory < need { return "\(Self.text(memory)) available, a guest needs \(Self.text(need))" }
        if let pressure, pressure > Self.pressureLimit { return "tasks wait for memory \(Int(pressure)) % of the time" }
        return nil
    }

    static func text(_ bytes: Int) -> String { "\((Double(bytes) / Double(1 << 30) * 10).rounded() / 10) GiB" }
}
