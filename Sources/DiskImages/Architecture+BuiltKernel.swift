import MatrixModel

/// The make target of a kernel that is built from source, for each architecture.
extension Architecture {
    /// The target of make, and where it puts the image.
    var builtKernel: (target: String, path: String) {
        switch self {
        case .x86_64: ("bzImage", "arch/x86/boot/bzImage")
        case .arm64: ("Image", "arch/arm64/boot/Image")
        }
    }
}
