import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import DiskImages

@Suite("The damaged header of a disk image")
struct DamagedDiskTests {
    /// The beginnings of images that qemu-img makes: alone, of the old version, and over a backing file.
    private static func headers() async throws -> [[UInt8]] {
        let folder = try TemporaryFolder()
        let script = """
            qemu-img create -q -f qcow2 new.qcow2 1G; qemu-img create -q -f qcow2 -o compat=0.10 old.qcow2 1G; qemu-img create -q -f qcow2 -b new.qcow2 \
            -F qcow2 layer.qcow2
            """
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-ec", script], workingDirectory: folder.path, output: .discarded, error: .string(limit: 1 << 16))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return try ["new", "old", "layer"].map { Array(try Data(contentsOf: URL(filePath: folder.path.appending("\($0).qcow2").string)).prefix(1024)) }
    }

    @Test("is refused, or that of a disk of its own and of no other file", arguments: fuzzSeeds(2))
    func header(seed: UInt64) async throws {
        var read = 0
        for bytes in DamagedSamples(of: try await Self.headers(), seed: seed, count: 3000) {
            guard let header = try? QCOW2Header(bytes, subject: "a disk") else { continue }
            read += 1
            #expect((2...3).contains(header.version) && (1...QCOW2Header.largestDisk).contains(header.virtualSize))
            // Where the name of a backing file stands, and how long it is.
            #expect(bytes[8..<20].allSatisfy { $0 == 0 })
            // In version 3: whether the data lie in another file.
            #expect(header.version == 2 || bytes[79] & 4 == 0)
        }
        #expect((1..<3000).contains(read))
    }
}
