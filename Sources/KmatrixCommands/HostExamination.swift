import HostTools
import ArgumentParser
import ArtefactCache
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import MatrixRunner
import QEMUGuest
import SystemPackage

/// Checks everything on this machine that a run uses.
struct HostExamination {
    struct Check: Encodable, Sendable {
        enum Outcome: String, Encodable, Sendable {
            case ok
            /// A run works without it, with restrictions.
            case note
            /// A run cannot work without it.
            case missing
        }
        let name: String
        let outcome: Outcome
        let detail: String
    }

    let kernels: KernelOptions
    /// Whether a trial guest is booted whatever is remembered of earlier ones.
    var probesAgain = false

    func checks() async -> [Check] {
        var checks = [host(), products(), await emulator(), await accelerator()] + (await otherArchitectures())
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        checks += HostRequirement.all.map { Self.check($0, path: path) }
        checks += [await mirror(), cache()]
        return checks
    }

    private func host() -> Check {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let cores = UsableProcessors.count
        let memory = ProcessInfo.processInfo.physicalMemory / (1 << 20)
        // A guest takes 512 MiB and the harness its share.
        let fits = memory >= 1500
        return Check(
            name: "host", outcome: fits ? .ok : .missing,
            detail: "Linux \(release), \(cores) processors, \(memory) MiB" + (fits ? "" : "; not enough: a guest needs 512 MiB, kmatrix another 512 MiB"))
    }

    private func products() -> Check {
        do {
            let products = try Products(folder: RunPreparation.productsFolder())
            return Check(
                name: "products", outcome: .ok,
                detail: "agent, guest runner and programs in \(products.folder); variants: \(products.variantNames.joined(separator: ", "))")
        } catch {
            return Check(name: "products", outcome: .missing, detail: "\(error)")
        }
    }

    private func emulator() async -> Check {
        do {
            let emulator = try await Emulator.find()
            return Check(name: "emulator", outcome: .ok, detail: "QEMU \(emulator.version) at \(emulator.path)")
        } catch {
            return Check(name: "emulator", outcome: .missing, detail: "\(error)")
        }
    }

    /// Guests of other architectures are nothing that a run needs.
    private func otherArchitectures() async -> [Check] {
        guard let products = try? Products(folder: RunPreparation.productsFolder()) else { return [] }
        var checks: [Check] = []
        for architecture in Architecture.allCases where architecture != .host {
            let guests = ForeignGuests(architecture)
            let details = [await guests.found(products)].compactMap(\.self) + (await guests.lacking(products))
            let isWhole = await guests.lacking(products).isEmpty
            checks.append(Check(name: "\(architecture.title) guests", outcome: isWhole ? .ok : .note, detail: details.joined(separator: "; ")))
        }
        return checks
    }

    private func accelerator() async -> Check {
        if probesAgain { return await trial() }
        if let remembered = AcceleratorProbe.remembered(cache: ArtefactCache.standard().root) {
            return Check(name: "accelerator", outcome: .ok, detail: "\(remembered.accelerator.rawValue): \(remembered.reason)")
        }
        let canOpen = access("/dev/kvm", R_OK | W_OK) == 0
        return Check(
            name: "accelerator", outcome: .note,
            detail: canOpen
                ? "/dev/kvm opens; the first run boots a trial guest with KVM and falls back to TCG if that fails"
                : "/dev/kvm cannot be opened; runs use TCG, which is slower with the same verdicts (join the group kvm for KVM)")
    }

    private func trial() async -> Check {
        do {
            let prepared = try await RunPreparation(
                axes: AxisOptions.parse(["--kernel", "6.1", "--cgroup", "unified"]), kernels: kernels, guests: GuestOptions.parse([])
            ) { _ in }
            let answer = try await prepared.runner.probeAccelerator(prepared.runner.plan())
            return Check(name: "accelerator", outcome: .ok, detail: "\(answer.accelerator.rawValue): \(answer.reason)")
        } catch {
            return Check(name: "accelerator", outcome: .note, detail: "cannot boot a trial guest: \(error)")
        }
    }

    private static func check(_ requirement: HostRequirement, path: String) -> Check {
        if let found = requirement.found(path: path) { return Check(name: requirement.name, outcome: .ok, detail: found) }
        return Check(
            name: requirement.name, outcome: requirement.purpose == nil ? .missing : .note,
            detail: "not found; install Debian's package \(requirement.package)" + (requirement.purpose.map { "; needed for \($0) only" } ?? ""))
    }

    private func mirror() async -> Check {
        do {
            let catalogue = KernelCatalogue(settings: try kernels.settings(cache: .standard()))
            let listing = try await catalogue.listing { _ in }
            let newest = listing.kernels.last.map { ", the newest \($0.identity.version)" } ?? ""
            let notes = listing.warnings.isEmpty ? "" : "; \(listing.warnings.count) suites are expired or unreadable (kmatrix kernels list names them)"
            return Check(name: "mirror", outcome: .ok, detail: "\(listing.kernels.count) kernels available\(newest)\(notes)")
        } catch {
            return Check(name: "mirror", outcome: .missing, detail: "\(error)")
        }
    }

    private func cache() -> Check {
        let root = ArtefactCache.standard().root
        do {
            try DurableFile.makeFolder(root)
            try DurableFile.write([], to: root.appending(".doctor"))
            unlink(root.appending(".doctor").string)
        } catch {
            return Check(name: "cache", outcome: .missing, detail: "\(error)")
        }
        let free = (try? FileManager.default.attributesOfFileSystem(forPath: root.string)[.systemFreeSize] as? Int) ?? 0
        let used = ArtefactCache.size(of: root)
        // One kernel with its unpacked modules takes about 200 MB.
        let outcome: Check.Outcome = free > 1 << 30 ? .ok : .note
        return Check(name: "cache", outcome: outcome, detail: "\(root): \(used >> 20) MiB used, \(free >> 20) MiB free")
    }
}
