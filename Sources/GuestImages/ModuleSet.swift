import Foundation
import SystemPackage

/// The kernel modules a guest needs before anything else, decompressed and in an order that can be loaded.
///
/// Dependencies come from the modules themselves (`depends=` and `softdep=` in `.modinfo`, which the kernel's build writes): packages
/// ship no `modules.dep`, which is made when they are installed, and what is not needed does not have to exist or be made as root.
struct ModuleSet {
    struct Module: Hashable {
        /// With `_` for `-`, as the kernel has it.
        let name: String
        let content: [UInt8]
    }

    /// Every module after those it needs.
    let modules: [Module]
    /// Wanted modules that are part of the kernel.
    let builtIn: [String]
    /// Wanted modules that are neither.
    let missing: [String]

    /// Without these the host cannot reach a guest on a PCI machine.
    static let required = ["virtio_pci", "virtio_blk", "virtio_console", "virtio_net"]
    /// Machines without PCI, and the drive with the platform's provisioning disc: it has to be there before the distribution's first
    /// unit, as it is on the platform.
    static let optional = ["virtio_mmio", "virtio_scsi", "sr_mod", "isofs", "udf"]

    /// - Parameter folder: `lib/modules/<release>` of the kernel.
    static func resolve(_ wanted: [String] = required + optional, in folder: FilePath) async throws -> ModuleSet {
        var resolution = Resolution(tree: try ModuleTree(folder))
        for name in wanted { try await resolution.add(ModuleTree.normalised(name), isOptional: false) }
        return ModuleSet(modules: resolution.ordered, builtIn: resolution.builtIn, missing: resolution.missing)
    }

    private struct Resolution {
        let tree: ModuleTree
        var ordered: [Module] = []
        var builtIn: [String] = []
        var missing: [String] = []
        private var seen: Set<String> = []

        init(tree: ModuleTree) { self.tree = tree }

        mutating func add(_ name: String, isOptional: Bool) async throws {
            // Also ends a circle of dependencies, which the kernel's build refuses but a file may claim.
            guard seen.insert(name).inserted else { return }
            guard let path = tree.files[name] else {
                if tree.builtIn.contains(name) {
                    builtIn.append(name)
                } else if !isOptional {
                    missing.append(name)
                }
                return
            }
            let content = try await tree.content(of: path)
            let info = try ModuleInfo(content, path: path)
            for dependency in info.dependencies { try await add(dependency, isOptional: false) }
            for helper in info.softBefore { try await add(helper, isOptional: true) }
            ordered.append(Module(name: name, content: content))
            for helper in info.softAfter { try await add(helper, isOptional: true) }
        }
    }
}
