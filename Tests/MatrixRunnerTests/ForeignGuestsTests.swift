import DiskImages
import GuestImages
import MatrixModel
import MatrixPlanning
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

@Suite("Guests of another architecture")
struct ForeignGuestsTests {
    private static var other: Architecture { Architecture.allCases.first { $0 != .host } ?? .host }

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
