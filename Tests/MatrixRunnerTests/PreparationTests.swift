import DiskImages
import KernelCatalogue
import MatrixModel
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

@Suite("What cells need")
struct PreparationTests {
    private static let failure = PreparationFailure(cause: .fetchFailed, reason: "gone")

    private static func cells(_ versions: [String], layouts: [CgroupLayout] = [.unified], under guest: GuestChoice = .micro) throws -> [PlannedCell] {
        try MatrixPlan.expand(guests: versions.map { (guest, try PlanSample.kernel($0)) }, axes: try PlanSample.axes(layouts))
    }

    /// What stands for a thing that was made.
    private static func made(_ artefact: Artefact) -> PreparedArtefacts {
        switch artefact {
        case .payload(let content): PreparedArtefacts(payloads: [content: .success("/payload")])
        case .builtRoot(let distribution): PreparedArtefacts(roots: [.distribution(distribution): .failure(failure)])
        case .imageRoot(let image): PreparedArtefacts(roots: [.image(image): .failure(failure)])
        case .disc(let asks): PreparedArtefacts(discs: [asks: .success("/disc")])
        case .files(let kernel): PreparedArtefacts(files: [kernel: .success(KernelParts(image: "/k", modules: nil, config: nil))])
        case .kernel(let use): PreparedArtefacts(kernels: [use: .success(PreparedKernel(boot: .elf("/k"), initramfs: "/i", modules: nil, config: nil))])
        }
    }

    @Test("is begun in the order of the cells, two downloads at a time, and a kernel's initramfs once the kernel is there")
    func order() throws {
        let cells = try Self.cells(["6.3.1-1", "6.2.1-1", "6.1.1-1"])
        var preparation = Preparation(of: cells)
        let (files, kernels) = (cells.map { Artefact.files($0.kernel) }, cells.map { Artefact.kernel(KernelUse($0)) })
        #expect(preparation.begin() == [files[0], .payload(cells[0].content), files[1]])
        #expect(preparation.begin().isEmpty)
        preparation.end(files[1], Self.made(files[1]))
        #expect(preparation.begin() == [files[2]])
        preparation.end(.payload(cells[0].content), Self.made(.payload(cells[0].content)))
        #expect(preparation.begin() == [kernels[1]])
        #expect(preparation.takeReady().isEmpty)
        preparation.end(kernels[1], Self.made(kernels[1]))
        #expect(preparation.takeReady().map(\.place) == [1])
        #expect(preparation.takeReady().isEmpty)
    }

    @Test("is made once, however many need it, and not at all when it is there")
    func once() throws {
        let cells = try Self.cells(["6.1.1-1", "6.2.1-1"], layouts: [.unified, .legacy, .hybrid])
        func all(_ prepared: PreparedArtefacts) -> ([Artefact], Preparation) {
            var preparation = Preparation(of: cells, prepared)
            var made: [Artefact] = []
            while let next = Optional(preparation.begin()), !next.isEmpty {
                made += next
                for artefact in next { preparation.end(artefact, Self.made(artefact)) }
            }
            return (made, preparation)
        }
        var (made, preparation) = all(PreparedArtefacts())
        #expect(made.count == 5 && Set(made).count == 5)
        #expect(preparation.takeReady().map(\.place) == Array(cells.indices))
        #expect(all(preparation.prepared).0.isEmpty)
    }

    @Test("of a distribution is a kernel for its own root, which says what mounts it")
    func distribution() throws {
        let image = ImageGuest(name: "x", source: .file("/x.qcow2"), boot: .direct)
        let cells = try Self.cells(["6.1.1-1"], under: .image(image)) + Self.cells(["6.1.1-1"])
        var preparation = Preparation(of: cells)
        let begun = preparation.begin()
        #expect(begun == [.files(cells[0].kernel), .payload(cells[0].content), .imageRoot(image)])
        for artefact in begun { preparation.end(artefact, Self.made(artefact)) }
        // One after the other.
        #expect(preparation.begin() == [.kernel(KernelUse(cells[0]))])
        preparation.end(.kernel(KernelUse(cells[0])), Self.made(.kernel(KernelUse(cells[0]))))
        // That there is no root concerns the distribution alone.
        let ready = preparation.takeReady()
        #expect(ready.map(\.place) == [0])
        #expect(throws: PreparationFailure.self) { try ready.first?.artefacts.get() }
        #expect(preparation.begin() == [.payload(cells[1].content)])
        #expect(KernelUse(cells[0]).needsModuleDisk && !KernelUse(cells[1]).needsModuleDisk)
    }
}
