import ArtefactCache
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

/// Whole distributions from an image that others could have built. These need what `ci/build` makes, and a mirror or a filled cache.
@Suite("Real guests from disk images", .enabled(if: RealGuests.areAsked, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct ImageRealGuestTests {
    private func image(with fault: BootableImage.Fault? = nil, on fileSystem: BootableImage.FileSystem = .ext4) async throws -> FilePath {
        let products = try #require(RealGuests.products)
        let debian = try #require(try DistributionCatalogue(file: products.catalogue).select("debian-12").first)
        let cache = ArtefactCache.standard()
        let packages = KernelCatalogue(settings: CatalogueSettings(cache: cache))
        guard let fault else { return try await BootableImage.make(debian, on: fileSystem, packages: packages, cache: cache) }
        return try await BootableImage.make(debian, with: fault, packages: packages, cache: cache)
    }

    private func run(_ guest: String, kernels: [String] = [], layouts: [CgroupLayout], timeout: Duration = .seconds(180), retries: Int = 1) async throws
        -> [CellRecord]
    {
        try await run(.image(try #require(ImageGuest(parsing: guest))), kernels: kernels, layouts: layouts, timeout: timeout, retries: retries)
    }

    private func run(_ guest: GuestChoice, kernels: [String], layouts: [CgroupLayout], timeout: Duration = .seconds(180), retries: Int = 1) async throws
        -> [CellRecord]
    {
        let products = try #require(RealGuests.products)
        return try await RealGuests.measure(
            MatrixRequest(
                blocks: [
                    MatrixAxes(
                        guests: [guest], kernels: try kernels.map { try KernelSelector(parsing: $0) }, layouts: layouts,
                        scenarios: .standard(try products.standardScenario()))
                ], tier: .quick), RunSettings(jobs: 1, timeout: timeout, retries: retries)
        ).cells
    }

    @Test("an image's own kernel proves the agent where cgroup v2 is mounted, and fails to attach where it is not")
    func direct() async throws {
        let cells = try await run(image().string, layouts: [.unified, .legacy])
        #expect(cells.map(\.verdict) == [.compatible, .incompatible], "\(cells.map(\.summary))")
        #expect(cells.last?.cause == .attachNoCgroup2)
        #expect(cells.allSatisfy { $0.release?.hasSuffix("-cloud-amd64") == true })
        let packages = FilePath(try #require(cells.first?.evidence)).appending("packages.tsv").string
        #expect(try String(contentsOfFile: packages, encoding: .utf8).contains("systemd\t252"))
    }

    @Test("another kernel runs under an image's userland")
    func foreignKernel() async throws {
        let cells = try await run(image().string, kernels: ["6.12"], layouts: [.unified])
        #expect(cells.map(\.verdict) == [.compatible], "\(cells.map(\.summary))")
        #expect(cells.first?.series == "6.12")
    }

    @Test("a kernel out of an OCI image that a registry serves boots with the modules it brings")
    func packedKernel() async throws {
        let catalogue = KernelCatalogue(settings: CatalogueSettings(cache: ArtefactCache.standard()))
        let selector = try KernelSelector(parsing: "6.1")
        let files = try await catalogue.fetch(try #require(try await catalogue.listing().resolve(selector).last))
        let folder = try TemporaryFolder()
        try await BootableImage.shell(
            """
            cd "$1"; mkdir -p tree/boot tree/lib/modules v2/ci/kernels/manifests v2/ci/kernels/blobs
            cp "$2" "tree/boot/vmlinuz-$4"; ln -s "$3" "tree/lib/modules/$4"
            tar --dereference -C tree -cf - . | gzip -1 > layer
            put() { sum=$(sha256sum "$1" | cut -c1-64); size=$(stat -c %s "$1"); mv "$1" "$2/sha256:$sum"; }
            put layer v2/ci/kernels/blobs
            printf '{"schemaVersion":2,"layers":[{"digest":"sha256:%s","size":%s}]}' $sum $size > v2/ci/kernels/manifests/6.1
            """, folder.path.string, files.image.string, try #require(files.modules).string, files.identity.release)
        try await LoopbackServer.serving(folder.path) { server in
            let cells = try await run(.micro, kernels: ["oci:\(server.address.dropFirst("http://".count))/ci/kernels:6.1"], layouts: [.unified])
            #expect(cells.map(\.verdict) == [.compatible], "\(cells.map(\.summary))")
            #expect(cells.first?.release == files.identity.release)
            #expect(cells.first?.origin?.hasPrefix("oci:127.0.0.1") == true)
        }
    }

    @Test("an image that boots by itself proves the agent, and has no other layout than its own")
    func whole() async throws {
        let cells = try await run("whole:\(image())", layouts: [.unified, .hybrid])
        #expect(cells.map(\.verdict) == [.compatible, .unavailable], "\(cells.map(\.summary))")
        #expect(cells.last?.cause == .layoutNotOffered)
        let command = FilePath(try #require(cells.first?.evidence)).appending("qemu.json").string
        #expect(try !String(contentsOfFile: command, encoding: .utf8).contains("-kernel"))
    }

    private static let atNight = ConditionTrait.enabled(
        if: ProcessInfo.processInfo.environment["KMATRIX_NIGHT"] != nil, "SKIPPED: KMATRIX_NIGHT is not set; ci/nightly sets it")

    @Test("an image whose loader only UEFI finds boots by itself and proves the agent", atNight)
    func uefi() async throws {
        let cells = try await run("whole:\(image(with: .uefi))", layouts: [.unified])
        #expect(cells.map(\.verdict) == [.compatible], "\(cells.map(\.summary))")
        let command = FilePath(try #require(cells.first?.evidence)).appending("qemu.json").string
        #expect(try String(contentsOfFile: command, encoding: .utf8).contains("OVMF"))
    }

    @Test(
        "an image whose root is xfs or btrfs gives its kernel, which mounts that root, and boots by itself", atNight,
        arguments: [BootableImage.FileSystem.xfs, .btrfs])
    func fileSystems(fileSystem: BootableImage.FileSystem) async throws {
        let path = try await image(on: fileSystem).string
        for guest in [path, "whole:\(path)"] {
            let cells = try await run(guest, layouts: [.unified])
            #expect(cells.map(\.verdict) == [.compatible], "\(cells.map(\.summary))")
            let facts = try JSONDecoder().decode(
                KernelFacts.self, from: Data(contentsOf: URL(filePath: FilePath(try #require(cells.first?.evidence)).appending("facts.json").string)))
            #expect(facts.mounts.contains { $0.contains(" / / ") && $0.contains(" - \(fileSystem.rawValue) ") }, "\(facts.mounts)")
        }
    }

    @Test(
        "an image that does not boot, or has no network, proves nothing",
        arguments: [(BootableImage.Fault.boot, Cause.emulatorHang, 10), (.network, .guestSetup, 90)])
    func faulty(fault: BootableImage.Fault, cause: Cause, timeout: Int) async throws {
        let cells = try await run("whole:\(image(with: fault))", layouts: [.unified], timeout: .seconds(timeout), retries: 0)
        #expect(cells.map(\.cause) == [cause], "\(cells.map(\.summary))")
        #expect(cells.map(\.verdict) == [.inconclusive])
    }
}
