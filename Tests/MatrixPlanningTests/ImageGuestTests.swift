import DiskImages
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning

@Suite("A guest from a disk image")
struct ImageGuestTests {
    @Test(
        "is named by a path, and its name can stand in a cell's id",
        arguments: [
            ("./Debian 12_cloud.qcow2", "debian-12-cloud.image", ImageGuest.Boot.direct), ("/srv/x.img", "x.image", .direct),
            ("whole:./x.qcow2", "x.whole", .ownLoader),
        ])
    func names(text: String, name: String, boot: ImageGuest.Boot) throws {
        let guest = try #require(ImageGuest(parsing: text))
        #expect(guest.name == name)
        #expect(guest.boot == boot)
    }

    @Test("is not named by a distribution's name", arguments: ["debian-12", "all", "debian-*", "whole:debian-12"])
    func others(text: String) { #expect(ImageGuest(parsing: text) == nil) }

    static let entry = """
        keys:
          mine: { title: Mine, fingerprint: FINGERPRINT, package: mine-keyring, file: /keys/mine.gpg }
        distributions:
          mine:
            title: Mine
            repository: { kind: debian, suite: bookworm }
            kernel: { flavour: cloud-amd64 }
            image: { address: "https://images.invalid/mine.qcow2", checksums: "https://images.invalid/SUMS", signature: SIGNATURE, keys: [mine] }
        """

    @Test("is what a distribution's makers publish, where the catalogue says so", arguments: ["clear", "https://images.invalid/SUMS.gpg"])
    func published(signature: String) throws {
        let text = Self.entry.replacing("SIGNATURE", with: signature).replacing("FINGERPRINT", with: "D2EB 4462 6FDD C30B 513D 5BB7 1A5D 6C4C 7DB8 7C81")
        let distribution = try #require(try DistributionCatalogue(parsing: text, source: "test").distributions.first)
        let guest = try #require(GuestChoice(distribution).image)
        #expect(guest.name == "mine")
        guard case .published(let image) = guest.source else {
            Issue.record("\(guest.source)")
            return
        }
        #expect(image.fingerprints == ["D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81"])
        #expect(image.signature == (signature == "clear" ? .clear : .detached(signature)))
        #expect(ImageGuest(distribution, boot: .ownLoader)?.name == "mine.whole")
    }

    @Test("is not believed without the whole fingerprint of a key", arguments: ["1A5D6C4C7DB87C81", "", "x"])
    func fingerprints(text: String) {
        let entry = Self.entry.replacing("SIGNATURE", with: "clear").replacing("FINGERPRINT", with: "\"\(text)\"")
        #expect(throws: (any Error).self) { try DistributionCatalogue(parsing: entry, source: "test") }
    }

    @Test(
        "is told its layout and profile on the kernel's command line, and one that boots by itself cannot be told",
        arguments: [ImageGuest.Boot.direct, .ownLoader])
    func refusals(boot: ImageGuest.Boot) throws {
        let guest = GuestChoice.image(ImageGuest(name: "x", source: .file("/x.qcow2"), boot: boot))
        var request = try PlanSample.axes([.unified, .hybrid, .unmounted])
        request.profiles = [nil, .allCases[0]]
        let cells = MatrixPlan.expand(guests: [(guest, try PlanSample.kernel("6.1.176-1"))], axes: request)
        let refused = Dictionary(grouping: cells.filter { $0.refusal != nil }, by: { $0.refusal?.cause })
        #expect(refused[.layoutNotOffered]?.count == (boot == .direct ? 2 : 4))
        #expect(refused[.profileNotOffered, default: []].count == (boot == .direct ? 0 : 1))
        #expect(cells.count - refused.values.joined().count == (boot == .direct ? 4 : 1))
    }

    @Test(
        "that cannot be used is unavailable, with the reason, and never a verdict on the agent",
        arguments: [
            ("text", Cause.imageNotBuilt, "something else"), ("none", .imageNotBuilt, "cannot be read"), ("published", .fetchFailed, "--offline"),
        ])
    func unusable(what: String, cause: Cause, words: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("x.qcow2")
        if what == "text" { try Data("no disk".utf8).write(to: URL(filePath: path.string)) }
        let address = "https://images.invalid/x.qcow2"
        let source: DiskImageSource =
            what == "published"
            ? .published(PublishedImage(address: address, checksums: address + ".sum", signature: .clear, key: address, fingerprints: [])) : .file(path)
        let result = try await PlanningBench(in: folder.path).given.kernel(of: ImageGuest(name: "x", source: source, boot: .direct))
        let failure = #expect(throws: PreparationFailure.self) { try result.get() }
        #expect(failure?.cause == cause)
        #expect(failure?.judgement.verdict == .unavailable)
        #expect(failure?.reason.contains(words) == true, "\(failure?.reason ?? "")")
    }

    @Test("that cannot be fetched gives way to one built from packages, where the catalogue has them, and a note says so", arguments: [true, false])
    func builtInstead(hasPackages: Bool) async throws {
        let text = Self.entry.replacing("SIGNATURE", with: "clear").replacing("FINGERPRINT", with: "D2EB 4462 6FDD C30B 513D 5BB7 1A5D 6C4C 7DB8 7C81")
            .replacing(
                "{ kind: debian, suite: bookworm }",
                with:
                    "{ kind: apt, name: mine, addresses: [\"https://mine.invalid\"], suites: [main], keys: [mine] "
                    + "}\(hasPackages ? "\n    packages: [systemd]" : "")"
            )
        let distribution = try #require(try DistributionCatalogue(parsing: text, source: "test").distributions.first)
        #expect(distribution.packageSuites == ["main"])
        let folder = try TemporaryFolder()
        var axes = try PlanSample.axes([.unified])
        axes.guests = [GuestChoice(distribution)]
        axes.kernels = []
        let plan = try await PlanningBench(in: folder.path).planner(of: [axes]).plan()
        #expect(plan.cells.isEmpty)
        let cell = try #require(plan.unavailable.first)
        #expect(cell.guest == "mine")
        // Without the network there is no kernel for the built one either; the published one fails for its image.
        #expect(cell.summary.contains(hasPackages ? "own kernel" : "images.invalid"), "\(cell.summary)")
        #expect(plan.notes.contains { $0.contains("mine is built from its packages") } == hasPackages, "\(plan.notes)")
    }

    @Test("and a full disk or a missing tool says nothing of it")
    func ours() {
        for code in [DiskImageError.Code.noSpace, .toolMissing] {
            let failure = PreparationFailure(DiskImageError(code, subject: "x"), otherwise: .imageNotBuilt)
            #expect(failure.cause == .harness)
            #expect(failure.judgement.verdict == .inconclusive)
        }
    }

    @Test(
        "kernels that are named by what holds them say why they cannot be had",
        arguments: [
            ("oci:./none", Cause.notABootableKernel, "no such layout"), ("oci:quay.invalid/k:1", .fetchFailed, "--offline"),
            ("source:6.1.100", .fetchFailed, "KMATRIX_KERNEL_KEYS"),
            ("source:6.1.100+less", .fetchFailed, "KMATRIX_KERNEL_KEYS"), ("source:linux-source-6.1", .fetchFailed, "--offline"),
            ("/none/vmlinuz", .notABootableKernel, "cannot read"),
        ])
    func kernels(text: String, cause: Cause, words: String) async throws {
        let folder = try TemporaryFolder()
        let products = folder.path.appending("kernels")
        let given = try PlanningBench(in: folder.path).given
        try FileManager.default.createDirectory(atPath: products.string, withIntermediateDirectories: true)
        try Data("CONFIG_BPF=y\n".utf8).write(to: URL(filePath: products.appending("small.config").string))
        guard case .image(let path) = try KernelSelector(parsing: text) else {
            Issue.record("'\(text)' is no selector of a given kernel")
            return
        }
        try Data("CONFIG_BPF=n\n".utf8).write(to: URL(filePath: products.appending("less.config").string))
        let result = try await given.kernel(path)
        let failure = #expect(throws: PreparationFailure.self) { try result.get() }
        #expect(failure?.cause == cause, "\(failure?.reason ?? "")")
        #expect(failure?.reason.contains(words) == true, "\(failure?.reason ?? "")")
        await #expect(throws: DiskImageError.self) { _ = try await given.kernel("oci:nonsense") }
        let unknown = await #expect(throws: ProductError.self) { _ = try await given.kernel("source:6.1.100+more") }
        #expect(unknown?.description.contains("known are less, small") == true, "\(unknown?.description ?? "")")
    }
}
