import EvidenceStore
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What documentation of a distribution does to a run's exit code, on a real kernel behind a vendor's repository.
@Suite("A distribution documented as supported, with real guests", .enabled(if: RealProgram.path != nil, "KMATRIX_PRODUCTS names no built products; ci/test sets it"), .serialized)
struct DocumentedSupportRealGuestTests {
    private static let (version, release) = ("5.14.0", "427.el9")

    /// `uname -r` of an EL 9 kernel; as long as that of Debian's, in whose place it stands in the image and in the modules.
    private static let elRelease = "\(version)-\(release).x86_64"

    /// A kernel image as the ELF file inside it, with another release.
    private static func image(_ path: String, release: String) async throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let script = """
            start=$(LC_ALL=C grep -obUaP '\\x02\\x21\\x4C\\x18' "$1" | head -n 1 | cut -d : -f 1)
            tail -c "+$((start + 1))" "$1" | lz4 -dc > "$2"
            """
        let elf = folder.path.appending("vmlinux").string
        _ = try await Subprocess.run(
            .name("sh"), arguments: ["-c", script, "sh", path, elf], output: .discarded, error: .discarded)
        return replacing(release, in: Array(try Data(contentsOf: URL(filePath: elf))))
    }

    /// The same bytes with EL's release in the place of another one.
    private static func replacing(_ release: String, in bytes: [UInt8]) -> [UInt8] {
        let (old, new) = (Data(release.utf8), Data(elRelease.utf8))
        var data = Data(bytes)
        var from = data.startIndex
        while let range = data.range(of: old, in: from..<data.endIndex) {
            data.replaceSubrange(range, with: new)
            from = range.upperBound
        }
        return Array(data)
    }

    /// Debian's newest 5.10 under the names, paths, version and release of an EL 9 kernel.
    private static func packages() async throws -> [RpmArchive.Package] {
        struct Fetched: Decodable {
            struct Kernel: Decodable { let release: String, image: String }
            let kernels: [Kernel]
        }
        let said = try await RealProgram.run(["kernels", "fetch", "--kernel", "5.10", "--format", "json"])
        #expect(said.code == 0, "\(said.stderr)")
        let kernel = try #require(try JSONDecoder().decode(Fetched.self, from: Data(said.stdout.utf8)).kernels.last)
        let root = FilePath(kernel.image).removingLastComponent().removingLastComponent()
        let modules = try #require(["usr/lib", "lib"].map { root.appending("\($0)/modules/\(kernel.release)") }.first { FileManager.default.fileExists(atPath: $0.appending("kernel").string) })
        try #require(kernel.release.utf8.count == elRelease.utf8.count, "\(kernel.release) is not as long as \(elRelease), so it cannot be replaced in place")
        let folder = "lib/modules/\(elRelease)"
        var content: [String: [UInt8]] = [:]
        let entries = FileManager.default.enumerator(atPath: modules.string)
        while let entry = entries?.nextObject() as? String {
            let file = modules.appending(entry).string
            guard FileManager.default.contents(atPath: file) != nil, (try? FileManager.default.destinationOfSymbolicLink(atPath: file)) == nil else { continue }
            content["\(folder)/\(entry)"] = replacing(kernel.release, in: Array(try Data(contentsOf: URL(filePath: file))))
        }
        func package(_ name: String, _ files: [String: [UInt8]]) -> RpmArchive.Package {
            RpmArchive.Package(name: name, version: version, release: release, provides: ["kernel = \(version)-\(release)"], files: files)
        }
        return [
            package("kernel-core", ["\(folder)/vmlinuz": try await image(kernel.image, release: kernel.release)]), package("kernel-modules-core", content),
            package("kernel-modules", ["usr/share/doc/kernel-modules/README": Array("all modules are in kernel-modules-core\n".utf8)]),
        ]
    }

    /// The program needs a helper that the kernel does not have.
    @Test("an agent that fails on Rocky Linux 9 is against what is documented; on AlmaLinux 9, which no source promises, it is as documented", arguments: [
        ("rocky", "rocky-9", Int32(1), MatrixModel.Expectation.supported), ("alma", "alma-9", 0, .unsupported),
    ])
    func brokenAgent(vendor: String, distribution: String, code: Int32, expectation: MatrixModel.Expectation) async throws {
        let archive = try await RpmArchive()
        try await archive.publish("9/BaseOS/x86_64/os", packages: try await Self.packages(), signs: .packages)
        let folder = try TemporaryFolder()
        try await LoopbackServer.serving(archive.root) { server in
            let out = folder.path.appending("run").string
            let ended = try await RealProgram.run([
                "run", "--kernel", "5.14@\(distribution)", "--cgroup", "unified", "--bpf", "loop-lookup", "--mirror", "\(vendor)=\(server.address)",
                "--keyring", "\(vendor)=\(archive.keyring)", "--no-history", "--format", "json", "--out", out,
            ])
            let cells = try JSONDecoder().decode(RunDocument.self, from: Data(ended.stdout.utf8)).cells
            #expect(cells.map(\.verdict) == [.incompatible], "\(cells.map(\.summary)) \(ended.stderr)")
            #expect(cells.first?.origin?.hasPrefix("\(distribution)/") == true)
            #expect(cells.first?.documentation.distribution == distribution)
            #expect(cells.first?.expectation == expectation)
            #expect(ended.code == code, "\(ended.stderr)")
        }
    }
}
