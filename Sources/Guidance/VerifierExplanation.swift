public import MatrixModel

/// Why the verifier refused a program, in words, and since when kernels would not.
public struct VerifierExplanation: Hashable, Sendable {
    /// The verifier's own words.
    public let refusal: String
    /// Where it stopped; nil when it had not begun with the instructions.
    public let instruction: VerifierLog.Instruction?
    /// What the kernel lacks; nil for a refusal that is the program's fault on any kernel, and for words that are not known here.
    public let missing: KernelFeature?
    /// One sentence.
    public let reason: String

    /// - Parameters:
    ///   - log: The verifier's log.
    ///   - type: The program's type; the helpers of one type are not those of another.
    public init?(_ log: VerifierLog, type: BPFProgramType = .cgroupSockAddr) {
        guard let refusal = log.refusal else { return nil }
        self.refusal = refusal
        let (missing, reason) = Self.explain(refusal, log.last, type)
        self.missing = missing
        self.reason = reason
        // What is refused as a whole is not the fault of the instruction that came last.
        instruction = log.last
    }

    /// The kernels of a list that have what is missing.
    public func kernels(in series: [KernelSeries]) -> [KernelSeries] { missing.map { feature in series.filter(feature.isIn) } ?? [] }

    private static func explain(_ refusal: String, _ last: VerifierLog.Instruction?, _ type: BPFProgramType) -> (KernelFeature?, String) {
        // `invalid func unknown#186` (before the name is known), `unknown func bpf_get_retval#186`, `program of this type cannot use helper …`.
        if refusal.hasPrefix("invalid func ") || refusal.hasPrefix("unknown func ") || refusal.contains("cannot use helper ") {
            guard let hash = refusal.lastIndex(of: "#"), let number = Int(refusal[refusal.index(after: hash)...].prefix { $0.isNumber }) else {
                return (nil, "The program calls a helper that this kernel does not know.")
            }
            guard let helper = BPFHelper(number: number) else { return (nil, "The program calls helper #\(number), which came after 6.2.") }
            let feature = helper.feature(in: type)
            return (feature, "The program calls \(helper.name), which this kernel does not let \(type.rawValue) programs call.")
        }
        for (words, feature, reason) in known where refusal.contains(words) { return (feature, reason) }
        if refusal.contains("unknown opcode") || refusal.contains("invalid BPF_LDX mode") || refusal.contains("invalid BPF_ALU opcode") {
            return (opcodeFeature(refusal), "The program uses an instruction that this kernel does not know.")
        }
        return (nil, "No newer kernel is known to take this: the program itself has to change.")
    }

    /// 32-bit jumps have the class 6; what else was added since is of the fourth instruction set.
    private static func opcodeFeature(_ refusal: String) -> KernelFeature? {
        guard let code = refusal.split(separator: " ").last.flatMap({ UInt8($0, radix: 16) }) else { return nil }
        return code & 7 == 6 ? .jump32 : .instructionSet4
    }

    private static let known: [(String, KernelFeature?, String)] = [
        (
            "BPF_STX uses reserved fields", .atomicFetch,
            "The program uses an atomic operation that returns what was there before; this kernel knows only the plain atomic addition."
        ),
        (
            "number of funcs in func_info doesn't match number of subprogs", .callbacks,
            "The program hands one of its functions to a helper as a callback; this kernel takes the callback for no function at all."
        ),
        ("back-edge from insn", .boundedLoops, "The program has a loop; this kernel takes none, bounded or not."),
        ("infinite loop detected", nil, "The program has a loop whose end the verifier cannot see."),
        ("BPF program is too large", nil, "The program is too complex to be verified; from 5.2 a million instructions are looked at."),
        ("calling kernel function", .kernelFunctions, "The program calls a function of the kernel's that programs of its type may not call here."),
        ("invalid bpf_context access", nil, "The program reads or writes a field of its context that this kernel does not have or does not let it touch."),
        ("unrecognized bpf_ld_imm64 insn", .globalData, "The program refers to global data or to a function in a way that this kernel does not know."),
    ]
}
