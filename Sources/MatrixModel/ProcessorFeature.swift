/// What a processor may have beyond what every kernel needs. The emulated one has it only where a guest is to be tested with it: it is slow
/// to emulate.
public enum ProcessorFeature: Hashable, Sendable {
    case branchProtection, memoryTagging
}
