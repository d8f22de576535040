import ArtefactCache
import DiskImages
import EvidenceStore
import Foundation
import GuestImages
import KernelCatalogue
import MatrixModel
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

@Suite("Architectures of a plan")
struct ArchitecturePlanTests {
    private static var other: Architecture { Architecture.allCases.first { $0 != .host } ?? .host }

    /// An uncompressed kernel image that its architecture's guests enter at its start.
    private static func rawImage() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        bytes.replaceSubrange(0..<2, with: [0x4D, 0x5A])
        bytes.replaceSubrange(56..<60, with: Array("ARMd".utf8))
        return bytes + Array("Linux version 6.1.0-test (builder) #1 SMP\0".utf8)
    }

    private func plan(_ architectures: [Architecture], kernel: FilePath, in folder: FilePath) async throws -> MatrixPlan {
        try StandInProducts.make(in: folder)
        let products = try Products(folder: folder)
        let blocks = try architectures.map { architecture in
            MatrixAxes(
                architecture: architecture, kernels: [.image(path: kernel.string)], layouts: [.unified],
                scenarios: .standard(try MatrixPlanTests.scenario("disabled")))
        }
        let cache = ArtefactCache(root: folder.appending("cache"))
        let catalogue = KernelCatalogue(settings: CatalogueSettings(cache: cache, offline: true, environment: [:]))
        let given = ExplicitKernels(
            images: GuestImageBuilder(cache: cache, runner: products.runner), catalogue: catalogue, products: products, events: { _ in })
        return try await MatrixPlanner(request: MatrixRequest(blocks: blocks), catalogue: catalogue, given: given, products: products, events: { _ in }).plan()
    }

    @Test("a kernel is a cell of its own architecture, and is refused by name for the other")
    func kernels() async throws {
        let folder = try TemporaryFolder()
        let kernel = folder.path.appending("vmlinuz-other")
        try Data(Self.rawImage()).write(to: URL(filePath: kernel.string))
        let plan = try await plan([.x86_64, .arm64], kernel: kernel, in: folder.path)
        #expect(plan.cells.map(\.cell.id.text) == ["micro/6.1.0-test/custom/unified/arch=arm64"])
        #expect(plan.cells.map(\.cell.architecture) == [.arm64] && plan.cells.map(\.content.architecture) == [.arm64])
        let refused = try #require(plan.unavailable.first)
        #expect(plan.unavailable.count == 1 && refused.architecture == .x86_64 && refused.cause == .notABootableKernel)
        #expect(refused.summary.contains("is an arm64 kernel") && refused.summary.contains("--arch"))
    }

    @Test("kernels of the same identity boot apart")
    func boots() throws {
        let kernels = Architecture.allCases.flatMap { architecture in
            (0..<2).map { _ in
                PlannedKernel(
                    identity: KernelIdentity(
                        version: KernelSeries(major: 5, minor: 15).firstVersion, flavour: .custom, release: "5.15.0-azure", origin: "ubuntu-22.04/x"),
                    source: .file(image: "/vmlinuz", modules: nil), architecture: architecture)
            }
        }
        let cells = MatrixPlan.expand(guests: Set(kernels).map { (.micro, $0) }, axes: try MatrixPlanTests.axes([.unified, .legacy]))
        #expect(Set(cells.map(\.cell.id.text)).count == 4)
        #expect(SharedBoot.all(cells).count == 2)
        #expect(MatrixPlan(cells: cells, unavailable: [], warnings: []).boots == 2)
    }

    @Test("what guests of another architecture get is missing until it was built, and is then taken from a folder of its own")
    func products() throws {
        let folder = try TemporaryFolder()
        try StandInProducts.make(in: folder.path)
        let products = try Products(folder: folder.path)
        #expect(products.architecture == .host)
        let error = try #require(throws: RunnerError.self) { try products.of(Self.other) }
        #expect(error.code == .productsOfArchitectureMissing)
        #expect(error.description.contains("ci/build --arch \(Self.other)") && error.description.contains("ci/package --arch \(Self.other)"))
        let own = folder.path.appending(Self.other.rawValue)
        try StandInProducts.make(in: own)
        let found = try products.of(Self.other)
        #expect(found.architecture == Self.other && found.agent == own.appending("azure-proxy-agent") && found.runner == own.appending("guest-runner"))
        #expect(found.agentPackage.starts(with: own) && found.nativeProgram.starts(with: own))
        // The network and the catalogue are this machine's.
        #expect(found.network == products.network && found.catalogue == products.catalogue)
        #expect(try found.of(.host).agent == products.agent)
    }

    @Test("a micro guest of another architecture takes no program of this machine")
    func supplies() async throws {
        let failure = try await #require(throws: PreparationFailure.self) { try await MicroSupplies.items(for: [.findmnt], on: Self.other) }
        #expect(failure.cause == .guestLacks && failure.reason.contains("is not for \(Self.other.title) guests"))
        #expect(throws: RunnerError.self) { try GuestTool.busybox(for: Self.other) }
    }

    @Test("a machine that lacks all of it says what, and what to do")
    func lacking() async throws {
        let folder = try TemporaryFolder()
        try StandInProducts.make(in: folder.path)
        let products = try Products(folder: folder.path)
        let sentences = await ForeignGuests(Self.other).lacking(products)
        #expect(sentences.first?.contains("ci/build --arch") == true)
        #expect(await ForeignGuests(Self.other).found(products) == nil)
        try StandInProducts.make(in: folder.path.appending(Self.other.rawValue))
        #expect(await ForeignGuests(Self.other).lacking(products).contains { $0.contains("ci/build") } == false)
    }

    @Test("firmware is that of the guest's architecture")
    func firmware() throws {
        for architecture in Architecture.allCases {
            let error = #expect(throws: DiskImageError.self) { try Firmwares.uefi(for: architecture, places: ["/nonexistent"]) }
            #expect(error?.description.contains(architecture.uefi.package) == true)
        }
        #expect(Set(Architecture.allCases.flatMap(\.uefiPlaces)).count == Architecture.allCases.flatMap(\.uefiPlaces).count)
    }
}
