public import ArtefactCache
import Foundation
public import KernelCatalogue
import EvidenceStore
import HostTools
public import MatrixModel
import MatrixPlanning
import QEMUGuest
public import SystemPackage

/// Checks everything on this machine that a run uses.
public struct HostExamination: Sendable {
    /// The folder of the built products.
    let products: FilePath
    let cache: ArtefactCache
    /// The repositories of Debian, or why their settings cannot be read.
    let repositories: Result<CatalogueSettings, any Error>
    /// The architectures whose guests a run needs.
    let architectures: Set<Architecture>
    /// Creates a runner that boots a trial guest; nil to use the remembered result of an earlier one.
    let trial: (@Sendable () async throws -> MatrixRunner)?

    public init(
        products: FilePath, cache: ArtefactCache, repositories: Result<CatalogueSettings, any Error>, architectures: Set<Architecture> = [.host],
        trial: (@Sendable () async throws -> MatrixRunner)? = nil
    ) {
        self.products = products
        self.cache = cache
        self.repositories = repositories
        self.architectures = architectures
        self.trial = trial
    }

    public func checks() async -> [HostCheck] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let tools = HostRequirement.all.map { $0.check(path: path) }
        return [host(), built(), await emulator(), await accelerator()] + (await otherArchitectures()) + tools + [await mirror(), writableCache()]
    }

    private func host() -> HostCheck {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let cores = UsableProcessors.count
        let memory = ProcessInfo.processInfo.physicalMemory / (1 << 20)
        // A guest of 512 MiB with its emulator, kmatrix, and this machine itself.
        let fits = memory >= 1500
        return HostCheck(
            name: "host", outcome: fits ? .ok : .missing,
            detail: "Linux \(release), \(cores) processors, \(memory) MiB" + (fits ? "" : "; not enough: a run needs 1500 MiB"))
    }

    private func built() -> HostCheck {
        do {
            let products = try Products(folder: products)
            return HostCheck(
                name: "products", outcome: .ok,
                detail: "agent, guest runner and programs in \(products.folder); variants: \(products.variantNames.joined(separator: ", "))")
        } catch {
            return HostCheck(name: "products", outcome: .missing, detail: "\(error)")
        }
    }

    private func emulator() async -> HostCheck {
        do {
            let emulator = try await Emulator.find()
            return HostCheck(name: "emulator", architecture: .host, outcome: .ok, detail: "QEMU \(emulator.version) at \(emulator.path)")
        } catch {
            return HostCheck(name: "emulator", architecture: .host, outcome: .missing, detail: "\(error)")
        }
    }

    /// Guests of other architectures are optional, unless they are requested.
    private func otherArchitectures() async -> [HostCheck] {
        guard let products = try? Products(folder: products) else { return [] }
        var checks: [HostCheck] = []
        for architecture in Architecture.allCases where architecture != .host {
            let guests = ForeignGuests(architecture)
            let found = await guests.found(products)
            let lacking = await guests.lacking(products)
            let isMissing = found == nil && architectures.contains(architecture)
            checks.append(
                HostCheck(
                    name: "\(architecture.title) guests", architecture: architecture, outcome: lacking.isEmpty ? .ok : isMissing ? .missing : .note,
                    detail: ([found].compactMap(\.self) + lacking).joined(separator: "; ")))
        }
        return checks
    }

    private func accelerator() async -> HostCheck {
        if let trial { return await outcome(of: trial) }
        if let remembered = AcceleratorProbe.remembered(cache: cache.root) {
            return HostCheck(name: "accelerator", architecture: .host, outcome: .ok, detail: "\(remembered.accelerator.rawValue): \(remembered.reason)")
        }
        let canOpen = access("/dev/kvm", R_OK | W_OK) == 0
        return HostCheck(
            name: "accelerator", architecture: .host, outcome: .note,
            detail: canOpen
                ? "/dev/kvm opens; the first run boots a trial guest with KVM and falls back to TCG if that fails"
                : "/dev/kvm cannot be opened; runs use TCG, which is slower with the same verdicts (join the group kvm for KVM)")
    }

    private func outcome(of trial: @Sendable () async throws -> MatrixRunner) async -> HostCheck {
        do {
            let runner = try await trial()
            let answer = try await runner.probeAccelerator(runner.plan())
            return HostCheck(name: "accelerator", architecture: .host, outcome: .ok, detail: "\(answer.accelerator.rawValue): \(answer.reason)")
        } catch {
            return HostCheck(name: "accelerator", architecture: .host, outcome: .note, detail: "cannot boot a trial guest: \(error)")
        }
    }

    private func mirror() async -> HostCheck {
        do {
            let catalogue = KernelCatalogue(settings: try repositories.get())
            let listing = try await catalogue.listing { _ in }
            let newest = listing.kernels.last.map { ", the newest \($0.identity.version)" } ?? ""
            let notes = listing.warnings.isEmpty ? "" : "; \(listing.warnings.count) suites are expired or unreadable (kmatrix kernels list names them)"
            return HostCheck(name: "mirror", outcome: .ok, detail: "\(listing.kernels.count) kernels available\(newest)\(notes)")
        } catch {
            return HostCheck(name: "mirror", outcome: .missing, detail: "\(error)")
        }
    }

    private func writableCache() -> HostCheck {
        let root = cache.root
        do {
            try DurableFile.makeFolder(root)
            try DurableFile.write([], to: root.appending(".doctor"))
            unlink(root.appending(".doctor").string)
        } catch {
            return HostCheck(name: "cache", outcome: .missing, detail: "\(error)")
        }
        let free = (try? FileManager.default.attributesOfFileSystem(forPath: root.string)[.systemFreeSize] as? Int) ?? 0
        let used = ArtefactCache.size(of: root)
        // One kernel with its unpacked modules takes about 200 MB.
        let outcome: HostCheck.Outcome = free > 1 << 30 ? .ok : .note
        return HostCheck(name: "cache", outcome: outcome, detail: "\(root): \(used >> 20) MiB used, \(free >> 20) MiB free")
    }
}
