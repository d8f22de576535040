/// What the person who runs guests asked to run them with.
public enum AcceleratorChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// KVM where a guest was seen to run with it, else TCG.
    case auto
    case kvm
    case tcg
}
