import ArtefactCache
import EvidenceStore
import Foundation
import GuestImages
import KernelCatalogue
import MatrixModel
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

/// Real cloud-init on the simulated platform, and hardened kernels. The nightly matrix has all rows and profiles.
@Suite("Real guests, deployed and hardened", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct DeploymentRealGuestTests {
    private func run(_ axes: (Products, DistributionCatalogue) throws -> MatrixAxes) async throws -> [CellRecord] {
        let products = try #require(RealGuests.products)
        return try await RealGuests.measure(MatrixRequest(blocks: [axes(products, DistributionCatalogue(file: products.catalogue))])).cells
    }

    @Test("cloud-init before 24.3 reports ready without the agent and without waiting for it, as the article's first and third rows say")
    func unaware() async throws {
        let cells = try await run { products, catalogue in
            MatrixAxes(
                guests: try catalogue.select("debian-12").map(GuestChoice.init), kernels: [], layouts: [.unified],
                scenarios: .standard(try products.standardScenario()),
                deployments: [.installed, .missing])
        }
        #expect(cells.map(\.deployment) == ["installed", "missing"])
        #expect(cells.map(\.provisioning?.row) == [3, 1], "\(cells.map(\.summary))")
        #expect(cells.map(\.provisioning?.matches) == [true, true], "\(cells.map(\.provisioning?.platformSaw))")
        #expect(cells.map(\.provisioning?.cloudInit) == ["22.4.2", "22.4.2"])
        #expect(cells.last?.cause == .readyWithoutKey, "\(cells.map(\.summary))")
        // The image without the agent breaks `provisioned`, and that alone; with it, cloud-init and the agent race, which the article's third row says.
        let failed = cells.map { cell in cell.proofs.filter { $0.state == .fail }.map(\.id) }
        #expect(failed.last == [.provisioned] && failed.first.map { [[], [.provisioned]].contains($0) } == true, "\(cells.map(\.summary))")
        let log = FilePath(try #require(cells.last?.evidence)).appending("cloud-init.log").string
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains("Azure chassis asset tag: '7783-7084-3265-9085-8269-3286-77' (AZURE_CLOUD)"))
    }

    @Test("a kernel locked down for confidentiality takes the native program, and refuses the one that needs a kprobe's reading of memory")
    func lockdown() async throws {
        let cells = try await run { products, _ in
            MatrixAxes(
                kernels: [try KernelSelector(parsing: "6.1")], layouts: [.unified],
                programs: [try products.program("connect4"), try products.program("kprobe-audit")],
                scenarios: .standard(try products.standardScenario()), profiles: [.lockdownConfidentiality])
        }
        #expect(cells.map(\.bpf) == ["connect4", "kprobe-audit"])
        #expect(cells.map(\.cause) == [nil, .lockdown], "\(cells.map(\.summary))")
        let facts = FilePath(try #require(cells.first?.evidence)).appending("facts.json").string
        #expect(try String(contentsOfFile: facts, encoding: .utf8).contains("[confidentiality]"))
    }

    @Test(
        "a package whose own script fails is not installable, in the words of the distribution's tool",
        .enabled(if: ProcessInfo.processInfo.environment["KMATRIX_NIGHT"] != nil, "SKIPPED: KMATRIX_NIGHT is not set; ci/nightly sets it"))
    func notInstallable() async throws {
        let folder = try TemporaryFolder()
        let package = try #require(RealGuests.products).agentPackage
        try await DebianRepository.run(
            """
            dpkg-deb --raw-extract '\(package)' tree
            printf '#!/bin/sh\\necho "this machine is not wanted" >&2\\nexit 1\\n' > tree/DEBIAN/preinst
            chmod 755 tree/DEBIAN/preinst
            dpkg-deb --root-owner-group --build tree unwilling.deb > build.log
            """, in: folder.path)
        let agent = try await AgentBundle.load(folder.path.appending("unwilling.deb"))
        let cells = try await run { products, catalogue in
            MatrixAxes(
                guests: try catalogue.select("debian-12").map(GuestChoice.init), kernels: [], layouts: [.unified],
                scenarios: .standard(try products.standardScenario()),
                agents: [.bundle(agent)])
        }
        let cell = try #require(cells.first)
        #expect(cells.count == 1 && cell.cause == .notInstallable && cell.verdict == .incompatible, "\(cells.map(\.summary))")
        let log = FilePath(try #require(cell.evidence)).appending("install.log").string
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains("this machine is not wanted"))
        KeptEvidence.keep(cell, of: "preinst")
    }
}
