public import MatrixModel

/// Something of the kernel's that a BPF program may need, and since when mainline has it. Vendors' kernels may have it earlier.
public struct KernelFeature: Hashable, Sendable {
    public let name: String
    public let since: KernelSeries
    /// The source: a mainline commit, or a header of a release.
    public let source: String

    init(_ name: String, since major: Int, _ minor: Int, source: String) {
        self.name = name
        self.since = KernelSeries(major: major, minor: minor)
        self.source = source
    }

    public func isIn(_ series: KernelSeries) -> Bool { series >= since }

    // MARK: - Instructions

    public static let atomicFetch = KernelFeature("atomic operations that fetch, exchange or compare", since: 5, 12, source: "5ca419f2864a, 5ffa25502b5a")
    public static let jump32 = KernelFeature("32-bit jumps (instruction set v3)", since: 5, 1, source: "092ed0968bb6")
    public static let instructionSet4 = KernelFeature("instruction set v4", since: 6, 6, source: "1f9a1ea821ff")
    public static let subprograms = KernelFeature("calls between BPF functions", since: 4, 16, source: "cc8b0b92a169")
    public static let callbacks = KernelFeature("callbacks (the address of a BPF function as an operand)", since: 5, 13, source: "69c087ba6225")
    public static let kernelFunctions = KernelFeature("calls of kernel functions (kfuncs)", since: 5, 13, source: "e6ac2450d6de")
    public static let boundedLoops = KernelFeature("bounded loops", since: 5, 3, source: "2589726d12a1")
    public static let millionInstructions = KernelFeature("programs of more than 4096 instructions", since: 5, 2, source: "c04c0d2b968a")
    public static let globalData = KernelFeature("global data (.data, .rodata, .bss)", since: 5, 2, source: "d8eca5bbb2be")
    public static let relocatableTypes = KernelFeature("the kernel's own BTF (CO-RE relocations)", since: 5, 4, source: "341dfcf8d78e")

    public static let globalPointers = KernelFeature("pointers as arguments of global functions", since: 5, 12, source: "e5069b9c23b3")
    public static let tailCallsInSubprograms = KernelFeature("tail calls next to calls between BPF functions", since: 5, 10, source: "e411901c0b77")
    public static let acquireRelease = KernelFeature("load-acquire and store-release instructions", since: 6, 15, source: "880442305a39")
    public static let socketInSockAddr = KernelFeature("the field `sk` of struct bpf_sock_addr", since: 5, 3, source: "fb85c4a730af")

    // MARK: - Attaching

    public static let cgroupLink = KernelFeature("cgroup bpf_link", since: 5, 7, source: "af6eea57437a")
    public static let perfLink = KernelFeature("perf-event bpf_link", since: 5, 15, source: "b89fbfbb854c")
}
