public import MatrixModel

/// Why the verifier refused a program, in words, and what follows from it.
public struct VerifierExplanation: Hashable, Sendable {
    /// The verifier's own words.
    public let refusal: String
    /// Where it stopped; nil when it had not begun with the instructions.
    public let instruction: VerifierLog.Instruction?
    /// The answer: a missing feature, the program's own fault, policy, or not known here.
    public let answer: VerifierRule.Answer
    /// One or two sentences.
    public let reason: String
    /// The helper that the refusal is about.
    public let helper: BPFHelper?

    /// What the kernel lacks; nil for every other answer.
    public var missing: KernelFeature? {
        guard case .lacks(let feature) = answer else { return nil }
        return feature
    }

    /// - Parameters:
    ///   - log: The verifier's log.
    ///   - type: The program's type; nil if unknown. Each type has its own set of helpers.
    ///   - kernel: The series of the running kernel. What it has already is never called missing.
    public init?(_ log: VerifierLog, type: BPFProgramType? = nil, kernel: KernelSeries? = nil) {
        guard let refusal = log.refusal else { return nil }
        self.refusal = refusal
        // A program that is refused as a whole has no instruction at fault.
        instruction = log.last
        let rule = VerifierRule.matching(refusal)
        let type = type ?? log.typeInSource
        let call = HelperCall(refusal)
        if rule?.answer != .relocation, let call, !log.isHalf {
            helper = call.helper
            (answer, reason) = Self.explain(call, type, kernel)
        } else {
            helper = nil
            (answer, reason) = Self.explain(refusal, rule, log, type, kernel)
        }
    }

    /// The cause that a refusal with this answer has.
    public var cause: Cause {
        switch answer {
        case .relocation: .coreRelocationFailed
        case .privilege: .missingPrivilege
        case .configuration: .kernelConfiguration
        case .jit: .jitFailed
        case .withheld(byLockdown: true): .lockdown
        case .lacks, .program, .kernelFault, .withheld(byLockdown: false), .unknown: .verifierRejected
        }
    }

    /// The kernels of a list that have what is missing.
    public func kernels(in series: [KernelSeries]) -> [KernelSeries] { missing.map { feature in series.filter(feature.isIn) } ?? [] }

    // MARK: - Helpers

    /// A refused call, as three generations of kernels word it: `unknown func 14`, `invalid func unknown#186`,
    /// `program of this type cannot use helper bpf_probe_read#4`.
    private struct HelperCall {
        let number: Int
        /// Whether the kernel printed the helper's name: it knows the number then.
        let isNamed: Bool

        var helper: BPFHelper? { BPFHelper(number: number) }

        init?(_ refusal: String) {
            guard let range = ["invalid func ", "unknown func ", "cannot use helper "].lazy.compactMap({ refusal.firstRange(of: $0) }).first else { return nil }
            let word = refusal[range.upperBound...].prefix { $0 != " " }
            let digits = (word.firstIndex(of: "#").map { word[word.index(after: $0)...] } ?? word).prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { return nil }
            self.number = number
            isNamed = word.hasPrefix("bpf_")
        }
    }

    private static func explain(_ call: HelperCall, _ type: BPFProgramType?, _ kernel: KernelSeries?) -> (VerifierRule.Answer, String) {
        guard let helper = call.helper else {
            return (.unknown, "The program calls helper #\(call.number), which is not in the table of helpers up to Linux 6.2.")
        }
        let ofType = type.map { helper.feature(in: $0) }
        // Where a type got the helper later than others, an older kernel names it and refuses it all the same.
        if let type, let ofType, ofType != helper.feature, kernel.map({ !ofType.isIn($0) }) ?? true {
            return (.lacks(ofType), "The program calls \(helper.name), which this kernel does not allow in \(type.rawValue) programs.")
        }
        // A kernel prints the name of every helper that it has. One that it calls `unknown` it lacks.
        if !call.isNamed, kernel.map({ !helper.feature.isIn($0) }) ?? true {
            return (.lacks(helper.feature), "The program calls \(helper.name), which this kernel does not have.")
        }
        if !call.isNamed {
            return (
                .unknown,
                "The program calls \(helper.name), which mainline has since \(helper.feature.since); why this kernel does not know it is not known here."
            )
        }
        guard helper.isSubjectToLockdown(of: type) else {
            let place = type.map { "in \($0.rawValue) programs" } ?? "in a program of this type"
            return (
                .withheld(byLockdown: false),
                "The kernel has \(helper.name) and does not allow it \(place) here. Its type, a missing capability or the kernel's configuration may "
                    + "withhold it; a newer kernel does not help."
            )
        }
        return (
            .withheld(byLockdown: true),
            "The kernel has \(helper.name) and withholds it here. Lockdown mode `\(helper.lockdownMode ?? "confidentiality")` does that; neither a "
                + "newer nor an older kernel changes it."
        )
    }

    // MARK: - Everything else

    private static func explain(
        _ refusal: String, _ rule: VerifierRule?, _ log: VerifierLog, _ type: BPFProgramType?, _ kernel: KernelSeries?
    ) -> (VerifierRule.Answer, String) {
        guard let rule else { return (.unknown, "The reason is not known here. Send the whole verifier log to the agent's maker.") }
        if log.isHalf, refusal.contains("#") || refusal.contains("Processed") {
            return (.unknown, "The line may be cut off, so that its number proves nothing.")
        }
        if refusal.contains("BPF program is too large. Processed ") { return tooLarge(refusal, log, rule) }
        if refusal.contains("unknown opcode") || refusal.contains("invalid BPF_LDX mode") || refusal.contains("invalid BPF_ALU opcode") {
            return unlessOlder(opcodeFeature(refusal).map { .lacks($0) } ?? .unknown, rule.reason, kernel)
        }
        // `sk` is the only field of the agent's context that is newer than the context itself.
        if refusal.contains("invalid bpf_context access off=64 size=8"), type == .cgroupSockAddr {
            return unlessOlder(.lacks(.socketInSockAddr), rule.reason, kernel)
        }
        if refusal.contains("back-edge from insn"), let kernel, KernelFeature.boundedLoops.isIn(kernel) {
            return (.privilege, "Kernel \(kernel) accepts bounded loops from a process with CAP_BPF, and the program has one.")
        }
        return unlessOlder(rule.answer, rule.reason, kernel)
    }

    /// What the running kernel has cannot be what it lacks.
    private static func unlessOlder(_ answer: VerifierRule.Answer, _ reason: String, _ kernel: KernelSeries?) -> (VerifierRule.Answer, String) {
        guard case .lacks(let feature) = answer, let kernel, feature.isIn(kernel) else { return (answer, reason) }
        return (.unknown, "Mainline accepts this since \(feature.since), and the kernel is \(kernel): why it refuses the program is not known here.")
    }

    /// 131,072 instructions before 5.2 (32,768, 65,536 or 98,304 in still older ones), a million from then on.
    private static func tooLarge(_ refusal: String, _ log: VerifierLog, _ rule: VerifierRule) -> (VerifierRule.Answer, String) {
        let number = refusal.firstRange(of: "Processed ").flatMap { Int(refusal[$0.upperBound...].prefix { $0.isASCII && $0.isNumber }) } ?? 0
        guard number > 0, number < 1_000_000 else { return (.program, "\(rule.reason) The limit is a million, on newer kernels too.") }
        return (
            .lacks(.millionInstructions), "The verifier stopped after \(number) instructions, the limit of kernels before 5.2; later kernels look at a million."
        )
    }

    /// 32-bit jumps have the class 6; what else was added since is of the fourth instruction set.
    private static func opcodeFeature(_ refusal: String) -> KernelFeature? {
        guard let code = refusal.split(separator: " ").last.flatMap({ UInt8($0, radix: 16) }) else { return nil }
        return code & 7 == 6 ? .jump32 : .instructionSet4
    }
}
