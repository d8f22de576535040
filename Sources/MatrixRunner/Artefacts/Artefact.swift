import KernelCatalogue
import MatrixModel
import MatrixPlanning

/// One thing that cells are started with, prepared once for all that need it.
enum Artefact: Hashable, Sendable {
    case payload(GuestContent)
    /// The root file system of a distribution, built from its packages.
    case builtRoot(Distribution)
    /// The root file system in a prebuilt disk image.
    case imageRoot(ImageGuest)
    /// The provisioning disc of a deployment (`ovf-env.xml`).
    case disc(asksForAgent: Bool)
    /// The files of a kernel, as fetched.
    case files(PlannedKernel)
    /// A kernel ready to boot, with its initramfs.
    case kernel(KernelUse)

    /// The artefacts of a cell, each after its ingredients.
    static func all(for planned: PlannedCell) -> [Artefact] {
        let disc = planned.guest == .micro ? nil : (planned.deployment?.asksForAgent).map(Artefact.disc)
        return [.files(planned.kernel), .payload(planned.content)] + [root(of: planned.guest), disc].compactMap(\.self) + [.kernel(KernelUse(planned))]
    }

    private static func root(of guest: GuestChoice) -> Artefact? {
        switch guest {
        case .micro: nil
        case .distribution(let distribution): .builtRoot(distribution)
        case .image(let image): .imageRoot(image)
        }
    }

    /// The artefacts that this one is made from.
    var ingredients: [Artefact] {
        guard case .kernel(let use) = self else { return [] }
        return [.files(use.kernel)] + [Self.root(of: use.guest)].compactMap(\.self)
    }

    /// Artefacts that use the same resource of this machine: each lane makes few of them at a time.
    enum Lane: Hashable {
        case packing, roots, downloads

        /// How many are made at a time.
        var width: Int {
            switch self {
            case .packing: 1
            // Building a root uses the whole machine.
            case .roots: 1
            // One downloads while the other unpacks.
            case .downloads: 2
            }
        }
    }

    var lane: Lane {
        switch self {
        case .payload, .disc, .kernel: .packing
        case .builtRoot, .imageRoot: .roots
        case .files: .downloads
        }
    }
}

/// A kernel and its guest: the guest's root determines which modules the initramfs needs.
struct KernelUse: Hashable, Sendable {
    let kernel: PlannedKernel
    let guest: GuestChoice

    /// Whether the guest needs a disk with the kernel's modules. A distribution loads them; an image already contains those of its own kernel.
    var needsModuleDisk: Bool {
        if case .ofImage = kernel.source { return false }
        return guest != .micro
    }
}

extension KernelUse {
    init(_ planned: PlannedCell) { self.init(kernel: planned.kernel, guest: planned.guest) }
}
