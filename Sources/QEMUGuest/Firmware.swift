public import SystemPackage

/// What starts a disk's own boot loader.
public enum Firmware: Hashable, Sendable {
    /// The emulator's own (SeaBIOS).
    case bios
    /// UEFI's firmware in a file, as OVMF.
    case uefi(FilePath)
}
