import MatrixModel

/// The forms that kernels of each architecture come in.
extension Architecture {
    /// Whose kernels come as a bzImage, or uncompressed with a PVH entry.
    static let ofBzImages = Architecture.x86_64
    /// Whose kernels come as a raw image, perhaps packed.
    static let ofRawImages = Architecture.arm64

    /// What to use in place of a file that is not a kernel.
    var kernelForms: String {
        switch self {
        case .x86_64: "an x86 bzImage ('vmlinuz') or an uncompressed 'vmlinux'"
        case .arm64: "an arm64 Image ('vmlinuz')"
        }
    }
}
