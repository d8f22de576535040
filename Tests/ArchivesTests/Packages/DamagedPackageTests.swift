import TestSupport
import Testing

@testable import Archives

@Suite("A damaged package")
struct DamagedPackageTests {
    private static let largest = 1 << 20

    private static func expectSafe(_ members: [PackageMember], in archive: [UInt8]) {
        for member in members {
            #expect(member.content.lowerBound >= 0 && member.content.upperBound <= archive.count && member.content.count <= largest)
            #expect(member.kind != .special && !member.path.hasPrefix("/") && !member.path.split(separator: "/").contains(".."))
        }
    }

    @Test("of Debian's is refused or read within its bounds", arguments: fuzzSeeds(2))
    func tar(seed: UInt64) async throws {
        var archives: [[UInt8]] = []
        for form in ["gnu", "pax", "ustar"] {
            archives.append(try await PackageReaderTests.output(PackageReaderTests.tree + "tar --format=\(form) --blocking-factor=1 -cf - ."))
        }
        var read = 0
        for bytes in DamagedSamples(of: archives, seed: seed, count: 150) {
            // A good checksum, so that more than the checksum is tried.
            let archive = Self.withChecksums(bytes)
            guard let members = try? TarReader.members(of: archive, largest: Self.largest) else { continue }
            Self.expectSafe(members, in: archive)
            read += 1
        }
        #expect((1..<150).contains(read))
    }

    @Test("of rpm's is refused or read within its bounds", arguments: fuzzSeeds(2))
    func cpio(seed: UInt64) async throws {
        var archives: [[UInt8]] = []
        for form in ["newc", "crc"] {
            archives.append(try await PackageReaderTests.output(PackageReaderTests.tree + "ln b c; find . | cpio --quiet -o -H \(form)"))
        }
        var read = 0
        for archive in DamagedSamples(of: archives, seed: seed, count: 150) {
            guard let members = try? CpioReader.members(of: archive, largest: Self.largest) else { continue }
            Self.expectSafe(members, in: archive)
            read += 1
        }
        #expect((1..<150).contains(read))
    }

    /// The archive with the right sum in each block that looks like a header.
    private static func withChecksums(_ archive: [UInt8]) -> [UInt8] {
        var archive = archive
        for block in stride(from: 0, to: archive.count - 511, by: 512) where archive[(block + 257)...].starts(with: "ustar".utf8) {
            let sum = (0..<512).reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(archive[block + $1])) }
            let digits = String(sum, radix: 8)
            archive.replaceSubrange((block + 148)..<(block + 156), with: Array((String(repeating: "0", count: 6 - digits.count) + digits).utf8) + [0, 0x20])
        }
        return archive
    }
}
