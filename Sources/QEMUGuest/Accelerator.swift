/// What runs the guest's instructions.
public enum Accelerator: String, Hashable, Sendable, Codable, CaseIterable {
    case kvm
    /// QEMU's own translator: everywhere, without hardware.
    case tcg
}
