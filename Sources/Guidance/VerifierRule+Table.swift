extension VerifierRule {
    static let relocations: [VerifierRule] = [
        VerifierRule("instruction poisoned by CO-RE", answer: .relocation, missingType),
        VerifierRule("bad CO-RE relocation", answer: .relocation, missingType),
        VerifierRule("<invalid CO-RE relocation>", answer: .relocation, missingType),
        VerifierRule("failed to resolve CO-RE relocation", answer: .relocation, missingType),
        VerifierRule("CO-RE relocation", "no matching targets", answer: .relocation, missingType),
        VerifierRule("invalid func unknown#195896080", answer: .relocation, missingType),
        VerifierRule("unknown func unknown#195896080", answer: .relocation, missingType),
        VerifierRule("invalid func unknown#2002", answer: .unknown, "The program calls a kernel function (kfunc) that the loader did not find in this kernel."),
        VerifierRule("invalid func unknown#2001", answer: .unknown, "The program uses a map that the loader did not create on this kernel."),
    ]

    private static let missingType =
        "A CO-RE relocation failed: a field, type or enumerator that the program names is not in this kernel's type information. The loader put an "
        + "invalid call in its place."

    /// Calls of helpers, whose number decides (`VerifierExplanation`).
    static let helpers: [VerifierRule] = [
        VerifierRule("invalid func ", "#", answer: .unknown, "The program calls a helper that this kernel does not know."),
        VerifierRule("unknown func ", answer: .unknown, "The program calls a helper that this kernel does not allow here."),
        VerifierRule("program of this type cannot use helper ", answer: .unknown, "The kernel does not allow a program of this type to call the helper."),
        VerifierRule("helper call is not allowed in probe", answer: .program, "The program calls a helper that tracing programs may not call."),
    ]

    static let features: [VerifierRule] = [
        VerifierRule(
            "BPF_STX uses reserved fields", answer: .lacks(.atomicFetch),
            "The program uses an atomic operation that returns the previous value; this kernel knows only the plain atomic addition."),
        VerifierRule("BPF_XADD uses reserved fields", answer: .lacks(.atomicFetch), "The program uses an atomic operation that this kernel does not know."),
        VerifierRule(
            "BPF_ATOMIC uses invalid atomic opcode", answer: .lacks(.acquireRelease), "The program uses an atomic instruction that this kernel does not know."),
        VerifierRule(
            "number of funcs in func_info doesn't match number of subprogs", answer: .lacks(.callbacks),
            "The program passes one of its functions to a helper as a callback; this kernel does not count the callback as a function."),
        VerifierRule(
            "back-edge from insn ", answer: .lacks(.boundedLoops), "The program has a backward jump, and this kernel accepts no loop, bounded or not."),
        VerifierRule(
            "unrecognized bpf_ld_imm64 insn", answer: .lacks(.globalData),
            "The program refers to global data or to a function in a way that this kernel does not know."),
        VerifierRule(
            "Arg#", " type PTR in ", "is not supported yet", answer: .lacks(.globalPointers),
            "The program passes a pointer to a global function, which this kernel does not allow."),
        VerifierRule(
            "tail_calls are not allowed in programs with bpf-to-bpf calls", answer: .lacks(.tailCallsInSubprograms),
            "The program uses tail calls and calls between BPF functions; this kernel does not allow both in one program."),
        VerifierRule(
            "BPF_CALL uses reserved fields", answer: .lacks(.kernelFunctions), "The program calls a kernel function (kfunc), which this kernel does not know."),
        VerifierRule("unknown opcode ", answer: .unknown, "The program uses an instruction that this kernel does not know."),
        VerifierRule("invalid BPF_LDX mode", answer: .unknown, "The program uses an instruction that this kernel does not know."),
        VerifierRule("invalid BPF_ALU opcode", answer: .unknown, "The program uses an instruction that this kernel does not know."),
        VerifierRule(
            "BPF_MOV uses reserved fields", answer: .lacks(.instructionSet4), "The program uses a sign-extending move, which this kernel does not know."),
        VerifierRule(
            "BPF_END uses reserved fields", answer: .lacks(.instructionSet4), "The program uses an unconditional byte swap, which this kernel does not know."),
        VerifierRule("BPF_ALU uses reserved fields", answer: .lacks(.instructionSet4), "The program uses a signed division, which this kernel does not know."),
        VerifierRule(
            "calling kernel function ", "is not supported without CONFIG_DEBUG_INFO_BTF", answer: .configuration("CONFIG_DEBUG_INFO_BTF"),
            "The program calls a kernel function (kfunc), and this kernel has no type information of its own (BTF)."),
        VerifierRule(
            "calling kernel functions are not allowed in non-JITed programs", answer: .jit,
            "The program calls a kernel function (kfunc), which needs the JIT compiler."),
        VerifierRule(
            "calling kernel function ", "is not allowed", answer: .unknown,
            "The kernel has the kernel function (kfunc) and does not allow programs of this type to call it."),
        VerifierRule("calling invalid kernel btf_id", answer: .unknown, "The program calls a kernel function (kfunc) that this kernel does not have."),
        VerifierRule(
            "attach_btf_id ", "is not a function", answer: .unknown, "The kernel function that the program is attached to does not exist in this kernel."),
        VerifierRule("func '", "doesn't have", answer: .unknown, "The kernel function that the program is attached to has other arguments in this kernel."),
    ]

    static let privileges: [VerifierRule] = [
        VerifierRule(
            "function calls to other bpf functions are allowed for", answer: .privilege,
            "The kernel treats the process as unprivileged, and allows it no calls between BPF functions."),
        VerifierRule("leaks addr ", answer: .privilege, "The kernel treats the process as unprivileged, and allows it no pointer in a map or return value."),
        VerifierRule(
            "pointer arithmetic with it prohibited for !root", answer: .privilege,
            "The kernel treats the process as unprivileged, and restricts its pointer arithmetic."),
        VerifierRule(
            "has pointer with unsupported alu operation", "prohibited for !root", answer: .privilege,
            "The kernel treats the process as unprivileged, and restricts its pointer arithmetic."),
        VerifierRule(
            "tried to ", "prohibited for !root", answer: .privilege, "The kernel treats the process as unprivileged, and restricts its pointer arithmetic."),
        VerifierRule(
            "attempt to corrupt spilled pointer on stack", answer: .privilege,
            "The kernel treats the process as unprivileged, and restricts its use of the stack."),
        VerifierRule(
            "pointer comparison prohibited", answer: .privilege, "The kernel treats the process as unprivileged, and allows it no comparison of pointers."),
    ]

    static let configurations: [VerifierRule] = [
        VerifierRule(
            "bpf verifier is misconfigured", answer: .configuration("the option of the program's type, such as CONFIG_CGROUP_BPF"),
            "The kernel was built without support for this type of program."),
        VerifierRule(
            "kernel subsystem misconfigured func", answer: .configuration("the option of the subsystem that the helper belongs to"),
            "The kernel was built without the subsystem that a helper belongs to."),
        VerifierRule("in-kernel BTF is malformed", answer: .kernelFault, "The kernel's own type information (BTF) is damaged."),
        VerifierRule("JIT does not support", answer: .jit, "The JIT compiler of this processor's kernel does not support what the program uses."),
        VerifierRule("tail_calls are not allowed in non-JITed programs", answer: .jit, "The program needs the JIT compiler, which is off."),
        VerifierRule("callbacks are not allowed in non-JITed programs", answer: .jit, "The program needs the JIT compiler, which is off."),
        VerifierRule("verifier bug", answer: .kernelFault, "The verifier reports a fault of its own."),
        VerifierRule("verifier internal error", answer: .kernelFault, "The verifier reports a fault of its own."),
        VerifierRule("kernel verifier", "bug", answer: .kernelFault, "The verifier reports a fault of its own."),
    ]

    /// The limit is the log's own number (`VerifierExplanation`).
    static let limits: [VerifierRule] = [
        VerifierRule("BPF program is too large. Processed ", answer: .program, "The program is too complex: verification reached the limit of instructions."),
        VerifierRule("BPF program is too large", answer: .program, "The program is too complex to be verified."),
        VerifierRule("The sequence of ", "jumps is too complex", answer: .program, "The program has too many branches to be verified."),
        VerifierRule("combined stack size of ", "Too large", answer: .program, "The program's functions use more than 512 bytes of stack together."),
        VerifierRule("BPF program is too complex", answer: .program, "The program is too complex to be verified."),
    ]
}
