import DiskImages
import Foundation
import GuestProtocol
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

@Suite("The root of a disk image")
struct ImageRootTests {
    @Test("boots by itself and has nothing to bring the runner in is unavailable, and told how it can be booted", arguments: [false, true])
    func withoutCloudInit(hasIt: Bool) async throws {
        let folder = try TemporaryFolder()
        try await BootableImage.shell(
            """
            cd "$1"; mkdir -p tree/usr/lib tree/usr/bin; echo ID=some > tree/usr/lib/os-release
            if [ "$2" = true ]; then echo '#!/usr/bin/python3' > tree/usr/bin/cloud-init; fi
            truncate -s 16M raw; mke2fs -q -F -t ext4 -d tree raw; qemu-img convert -q -f raw -O qcow2 raw x.qcow2
            """, folder.path.string, "\(hasIt)")
        let guest = GuestChoice.image(ImageGuest(name: "x", source: .file(folder.path.appending("x.qcow2")), boot: .ownLoader))
        let preparer = try MicroSuppliesTests.preparer(folder)
        let prepared = try await preparer.prepare(
            MatrixPlan.expand(guests: [(guest, try PlanSample.kernel("6.1.176-1"))], axes: PlanSample.axes([.unified])))
        let outcome = try #require(prepared.roots[guest])
        guard !hasIt else {
            let root = try outcome.get()
            #expect(root.place == .mounted)
            #expect(root.firmware == .bios)
            #expect(FileManager.default.fileExists(atPath: try #require(root.seed).string))
            return
        }
        let failure = #expect(throws: PreparationFailure.self) { try outcome.get() }
        #expect(failure?.cause == .imageNotBuilt)
        #expect(failure?.reason.contains("remove 'whole:'") == true)
    }

    @Test("UEFI's firmware is looked for where distributions have it, and named when it is not there")
    func firmware() throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("OVMF.fd")
        #expect(try Firmwares.find(.bios, places: []) == .bios)
        let error = #expect(throws: DiskImageError.self) { try Firmwares.find(.uefi, places: [file]) }
        #expect(error?.code == .toolMissing)
        try Data("firmware".utf8).write(to: URL(filePath: file.string))
        #expect(try Firmwares.find(.uefi, places: ["/none", file]) == .uefi(file))
    }
}
