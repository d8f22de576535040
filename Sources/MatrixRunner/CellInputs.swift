import GuestImages
import ArtefactCache
import FabricSimulator
import MatrixModel
import MatrixPlanning
import QEMUGuest
import SystemPackage

/// A digest of everything that a cell's verdict depends on: kernel, initramfs, payload, agent profile, root file system, scenario, emulator, and
/// this program, which contains the guest's steps and the judgement.
struct CellInputs: Sendable {
    /// Increased when the digest covers something new.
    private static let format = "3"

    var digests = ArtefactDigests()
    /// This program itself: another build of the harness may judge differently.
    var program: FilePath = "/proc/self/exe"

    /// - Parameter burst: The clients of the burst; nil for the cell's own.
    /// - Returns: Nil when one of the files cannot be read: then nothing is known to be the same.
    func digest(of planned: PlannedCell, _ artefacts: PreparedCell, _ context: CellContext, burst: Int? = nil) -> String? {
        do {
            var parts = [Self.format, planned.cell.id.text, planned.kernel.identity.release, planned.kernel.identity.origin]
            parts += [context.accelerator.rawValue] + context.kernelArguments + planned.layoutArguments
            parts += ["scenario", planned.scenario.name, planned.scenario.text, "burst", "\(burst ?? planned.burst)"]
            parts += ["agent-profile", planned.agentProfile.text] + planned.agentProfile.defects.map(\.proof.rawValue)
            var files: [(String, FilePath?)] = [
                ("harness", program), ("emulator", context.emulator.path), ("network", context.products.network), ("kernel", artefacts.kernel.boot.path),
                ("initramfs", artefacts.kernel.initramfs), ("payload", artefacts.payload),
            ]
            if let distribution = artefacts.distribution {
                files += [
                    ("modules", artefacts.kernel.modules), ("packages", distribution.root.packages), ("seed", distribution.root.seed),
                    ("provisioning", distribution.provisioning),
                ]
                // Gigabytes, and never written to. The name of its folder in the cache is a digest of its inputs.
                parts += ["root", distribution.root.disk.removingLastComponent().lastComponent?.string ?? "", distribution.root.fileSystem]
                parts += ["partition", "\(distribution.root.partition ?? 0)", "package", distribution.package ?? ""]
                switch distribution.root.firmware {
                case nil: parts.append("direct")
                case .bios?: parts.append("bios")
                case .uefi(let code)?: files.append(("uefi", code))
                }
            }
            for case (let name, let file?) in files { parts += [name, try digests.digest(of: file)] }
            return FileDigest.text(parts)
        } catch {
            return nil
        }
    }
}
