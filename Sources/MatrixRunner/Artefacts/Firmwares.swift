import DiskImages
import Foundation
import MatrixModel
import QEMUGuest
import SystemPackage

/// The firmware that this machine has for guests.
public enum Firmwares {
    /// - Throws: `DiskImageError` with `toolMissing`.
    static func find(_ kind: FirmwareKind, for architecture: Architecture = .host, places: [FilePath]? = nil) throws(DiskImageError) -> Firmware {
        switch kind {
        case .bios: return .bios
        case .uefi: return .uefi(try uefi(for: architecture, places: places))
        }
    }

    /// - Throws: `DiskImageError` with `toolMissing`.
    static func uefi(for architecture: Architecture, places: [FilePath]? = nil) throws(DiskImageError) -> FilePath {
        guard let found = (places ?? architecture.uefiPlaces).first(where: { FileManager.default.isReadableFile(atPath: $0.string) }) else {
            throw DiskImageError(.toolMissing, subject: architecture.uefi.name, detail: architecture.uefi.package)
        }
        return found
    }
}
