import Diagnosis
import Foundation
import SupportBundles
import SystemPackage
import TestSupport
import Testing

@Suite("Bundles with damage")
struct DamagedBundleTests {
    @Test(
        "are refused with their path, or read within the limits and without a path that leads out",
        arguments: ["tar -cf bundle -C tree .", "tar -czf bundle -C tree .", "cd tree; zip -qr ../bundle.zip .; mv ../bundle.zip ../bundle"], fuzzSeeds(1))
    func bundles(script: String, seed: UInt64) async throws {
        let (folder, path) = try await BundleReaderTests.bundle(script)
        let sample = Array(try Data(contentsOf: URL(filePath: path.string)))
        var limits = BundleLimits()
        (limits.unpacked, limits.packed, limits.file, limits.members) = (1 << 20, 1 << 20, 1 << 16, 20)
        let place = folder.path.appending("damaged")
        for bytes in DamagedSamples(of: [sample], seed: seed, count: 40) {
            try Data(bytes).write(to: URL(filePath: place.string))
            do {
                let contents = try await BundleReader(limits: limits).read(place)
                #expect(contents.files.count <= limits.members && contents.files.allSatisfy { $0.bytes.count <= limits.file })
                #expect(contents.files.allSatisfy { !$0.name.hasPrefix("/") && !$0.name.split(separator: "/").contains("..") })
            } catch {
                #expect(error is SupportBundleError && "\(error)".contains("damaged"))
            }
        }
    }
}
