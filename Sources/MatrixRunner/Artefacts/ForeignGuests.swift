import DiskImages
import GuestImages
public import MatrixModel
public import MatrixPlanning
import QEMUGuest

/// What this machine lacks for guests of another architecture than its own.
public struct ForeignGuests: Sendable {
    let architecture: Architecture

    public init(_ architecture: Architecture) { self.architecture = architecture }

    /// - Returns: The emulator and products that were found, in words; nil if no guest of the architecture can run.
    public func found(_ products: Products) async -> String? {
        guard (try? products.of(architecture)) != nil, let emulator = try? await Emulator.find(for: architecture) else { return nil }
        return "QEMU \(emulator.version) at \(emulator.path), agent and guest runner"
    }

    /// - Returns: A sentence for each missing thing, with the remedy; what every guest needs comes first.
    public func lacking(_ products: Products) async -> [String] {
        var sentences: [String] = []
        do { _ = try products.of(architecture) } catch { sentences.append("\(error)") }
        do { _ = try await Emulator.find(for: architecture) } catch { sentences.append("\(error)") }
        if !ForeignPrograms.run(architecture) {
            sentences.append("distributions cannot be built: install Debian's packages qemu-user-static, binfmt-support and arch-test")
        }
        do { _ = try Firmwares.uefi(for: architecture) } catch {
            sentences.append("no \(architecture.uefi.name) for deployments and disk images: install Debian's package \(architecture.uefi.package)")
        }
        return sentences
    }
}
