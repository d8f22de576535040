import QEMUGuest
import GuestImages
import ArtefactCache
import Foundation
import KernelCatalogue
import MatrixModel
import SystemPackage
import TestSupport
import Testing

@testable import MatrixPlanning
@testable import MatrixRunner

@Suite("What an agent needs of a micro guest")
struct MicroSuppliesTests {
    static func preparer(_ folder: TemporaryFolder, _ warnings: ToldWarnings = ToldWarnings()) throws -> ArtefactPreparer {
        try StandInProducts.make(in: folder.path)
        let cache = ArtefactCache(root: folder.path.appending("cache"))
        return ArtefactPreparer(
            catalogue: KernelCatalogue(settings: CatalogueSettings(cache: cache, offline: true, environment: [:])), cache: cache,
            products: try Products(folder: folder.path),
            slots: GuestSlots(cache: cache, count: 1), events: { if case .warning(let text) = $0 { warnings.add(text) } })
    }

    @Test("is in its payload, each file once, and nothing is for an agent that needs nothing")
    func payload() async throws {
        let folder = try TemporaryFolder()
        let preparer = try Self.preparer(folder)
        let plain = try await preparer.payloadSpec(GuestContent())
        let supplied = try await preparer.payloadSpec(GuestContent(needs: [.findmnt, .passwd, .group, .osRelease]))
        #expect(!plain.items.contains { $0.path == "usr/bin/findmnt" || $0.path == "etc/os-release" })
        #expect(Set(supplied.items.map(\.path)).count == supplied.items.count)
        #expect(Set(supplied.items).isSuperset(of: plain.items))
        #expect(supplied.items.contains { $0.path == "usr/bin/findmnt" && $0.mode == 0o755 })
        let release = try #require(supplied.items.first { $0.path == "etc/os-release" })
        guard case .bytes(let bytes) = release.source else { throw CancellationError() }
        #expect(String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains("ID=kmatrix"))
    }

    @Test("and cannot be had makes the cell inconclusive by a cause of its own, never the agent's fault")
    func lacking() async throws {
        let folder = try TemporaryFolder()
        let warnings = ToldWarnings()
        let preparer = try Self.preparer(folder, warnings)
        let content = GuestContent(needs: [.systemctl])
        let made = try await preparer.make(.payload(content), PreparedArtefacts())
        guard case .failure(let failure)? = made.payloads[content] else {
            Issue.record("a payload was made")
            return
        }
        #expect(failure.judgement.cause == .guestLacks && failure.judgement.verdict == .inconclusive && failure.cause.fault == .harness)
        #expect(failure.reason.contains("systemctl") && failure.reason.contains("--distro"))
        #expect(warnings.warnings == [failure.reason])
    }
}
