import DiskImages
import Foundation
import QEMUGuest
public import SystemPackage

/// The firmware that this machine has for guests.
public enum Firmwares {
    /// Where distributions keep UEFI's code and variables in one file; those in two would have to be copied for each guest.
    public static let places: [FilePath] = ["/usr/share/ovmf/OVMF.fd", "/usr/share/OVMF/OVMF.fd", "/usr/share/qemu/OVMF.fd", "/usr/share/edk2/x64/OVMF.4m.fd"]

    /// - Throws: `DiskImageError` with `toolMissing`.
    static func find(_ kind: FirmwareKind, places: [FilePath] = places) throws(DiskImageError) -> Firmware {
        switch kind {
        case .bios: return .bios
        case .uefi:
            guard let found = places.first(where: { FileManager.default.isReadableFile(atPath: $0.string) }) else {
                throw DiskImageError(.toolMissing, subject: "OVMF.fd", detail: "ovmf")
            }
            return .uefi(found)
        }
    }
}
