public import MatrixModel
public import SystemPackage

/// What this machine needs to have for guests of each architecture.
extension Architecture {
    /// Where distributions install UEFI firmware with code and variables in one file. Of two files, the variables would have to be copied for
    /// each guest.
    public var uefiPlaces: [FilePath] {
        switch self {
        case .x86_64: ["/usr/share/ovmf/OVMF.fd", "/usr/share/OVMF/OVMF.fd", "/usr/share/qemu/OVMF.fd", "/usr/share/edk2/x64/OVMF.4m.fd"]
        case .arm64: ["/usr/share/qemu-efi-aarch64/QEMU_EFI.fd", "/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd", "/usr/share/edk2/aarch64/QEMU_EFI.fd"]
        }
    }

    /// What UEFI's firmware is called, and Debian's package of it.
    public var uefi: (name: String, package: String) {
        switch self {
        case .x86_64: ("OVMF", "ovmf")
        case .arm64: ("AAVMF", "qemu-efi-aarch64")
        }
    }
}
