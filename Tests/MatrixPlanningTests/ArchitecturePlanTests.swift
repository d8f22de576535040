import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning

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
        let blocks = try architectures.map { architecture in
            MatrixAxes(
                architecture: architecture, kernels: [.image(path: kernel.string)], layouts: [.unified],
                scenarios: .standard(try PlanSample.scenario("disabled")))
        }
        return try await PlanningBench(in: folder).planner(of: blocks).plan()
    }

    @Test("a kernel is a cell of its own architecture, and is refused by name for the other")
    func kernels() async throws {
        let folder = try TemporaryFolder()
        let kernel = folder.path.appending("vmlinuz-other")
        try Data(Self.rawImage()).write(to: URL(filePath: kernel.string))
        let plan = try await plan([.x86_64, .arm64], kernel: kernel, in: folder.path)
        #expect(plan.cells.map(\.cell.id.text) == ["micro/6.1.0-test/custom/unified/arch=arm64"])
        #expect(plan.cells.map(\.cell.architecture) == [.arm64] && plan.cells.map(\.kernel.architecture) == [.arm64])
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
        let cells = MatrixPlan.expand(guests: Set(kernels).map { (.micro, $0) }, axes: try PlanSample.axes([.unified, .legacy]))
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
        let error = try #require(throws: ProductError.self) { try products.of(Self.other) }
        #expect(error.code == .missingForArchitecture)
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
}
