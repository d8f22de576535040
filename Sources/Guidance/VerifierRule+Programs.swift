extension VerifierRule {
    /// Rules that every kernel has. Verifiers became cleverer over time, so a newer kernel may take some of these programs; none is known to.
    static let programFaults: [VerifierRule] =
        bounds.map { VerifierRule($0, answer: .program, isDistinct: false, "The verifier cannot prove that a memory access stays within bounds.") }
        + types.map {
            VerifierRule($0, answer: .program, isDistinct: false, needsRegister: true, "A value has a type that the kernel does not allow in this place.")
        }
        + stack.map { VerifierRule($0, answer: .program, isDistinct: false, "The program uses its stack in a way that the kernel does not allow.") }
        + flow.map { VerifierRule($0, answer: .program, isDistinct: false, "The program's control flow breaks a rule of the kernel.") }
        + references.map { VerifierRule($0, answer: .program, isDistinct: false, "The program does not release, or wrongly uses, a reference or lock.") }
        + [
            VerifierRule(
                "invalid mem access '", answer: .program, isDistinct: false, "The program accesses memory through a value that is not a checked pointer."),
            VerifierRule(
                "insn ", "cannot be patched due to 16-bit range", answer: .program, "A jump of the program is too far for this processor's instructions."),
            VerifierRule(
                "cannot access ptr member ", answer: .program, "The program accesses a kernel object in a way that its type information does not allow."),
            VerifierRule("access beyond struct ", answer: .program, "The program accesses a kernel object beyond its end on this kernel."),
            VerifierRule("At program exit the register R0 ", answer: .program, "The program returns a value that its type of program must not return."),
            VerifierRule("At subprogram exit the register R0 ", answer: .program, "A function of the program returns a value that is not allowed there."),
            VerifierRule("cannot call GPL-restricted function from non-GPL compatible program", answer: .program, licence),
            VerifierRule("cannot call GPL only function from proprietary program", answer: .program, licence),
            VerifierRule("cannot call gpl-only function from proprietary program", answer: .program, licence),
            VerifierRule("cannot pass map_type ", answer: .program, "The program passes a map of a type that the helper does not accept."),
            VerifierRule(
                "invalid bpf_context access ", answer: .unknown,
                "The program accesses a field of its context that this kernel does not have, or does not allow in this way."),
            VerifierRule(
                "dereference of modified ctx ptr", answer: .program,
                "The program accesses its context through a changed pointer, which compilers sometimes generate."),
            VerifierRule(
                "same insn cannot be used with different pointers", answer: .program,
                "One instruction accesses two types of memory, which compilers sometimes generate."),
            VerifierRule(
                "Global function ", "doesn't return scalar", answer: .program, "A global function of the program returns something other than a number."),
            VerifierRule(
                "Caller passes invalid args into func", answer: .program, "The program calls one of its global functions with arguments that do not fit."),
        ]

    private static let licence = "The program calls a helper that is reserved for programs with a GPL-compatible licence."

    private static let bounds = [
        "unbounded memory access", "min value is negative", "min value is outside of the allowed memory range",
        "max value is outside of the allowed memory range",
        "invalid access to map value", "invalid access to packet", "invalid access to memory", "invalid access to context", "math between ",
        "pointer arithmetic on ",
        "value is outside of the allowed memory range", "makes map_value pointer be out of bounds", "makes pkt pointer be out of bounds",
        "invalid zero-sized read", "offset is outside of the packet",
        "invalid access to map_value", "invalid size of register", "leads to invalid memory access", "misaligned value access", "misaligned packet access",
        "misaligned access off",
        "has unknown scalar with mixed signed bounds", "unbounded min value", "bitwise operator ",
    ]
    private static let types = [
        "type=", "expected pointer to ctx", "doesn't point to ", "is not a known constant", "must be a known constant", "expected=",
        "pointer to stack or map value",
        "is not a pointer to", "variable ctx access", "is expected to be",
    ]
    private static let stack = [
        "invalid stack off", "invalid stack type", "invalid read from stack", "invalid indirect read from stack", "invalid indirect access to stack",
        "invalid variable-offset", "variable stack access",
        "invalid write to stack", "misaligned stack access", "frame pointer is read only", "corrupted spill memory", "invalid unbounded variable-offset",
    ]
    private static let flow = [
        "infinite loop detected", "loop detected", "unreachable insn ", "jump out of range from insn ", "last insn is not an exit or jmp", "!read_ok",
        "jump into the middle of ldimm64",
        "only one return ", "recursive call", "the call stack of ", "call stack of ",
    ]
    private static let references = [
        "Possibly NULL pointer passed",
        "Unreleased reference id", "reference has not been acquired before", "release helper ", "bpf_spin_lock is missing", "bpf_spin_unlock is missing",
        "function calls are not allowed while holding a lock",
        "helper call might sleep in a non-sleepable prog", "BPF_EXIT instruction cannot be used inside bpf_spin_lock",
    ]
}
