import Foundation
@testable import GuestImages
import Subprocess
import SystemPackage
import Testing

@Suite("The disc that brings the runner into a guest that boots by itself")
struct SeedDiscTests {
    @Test("holds what cloud-init's NoCloud data source looks for, and the runner")
    func content() async throws {
        try await withScratch { scratch in
            let runner = try scratch.file("guest-runner", Array("#!runner".utf8))
            let disc = try await SeedDisc(runner: runner).build(in: scratch.cache)
            let listing = try await run(
                .name("xorriso"), arguments: ["-indev", disc.string, "-pvd_info", "-find", "/"], output: .string(limit: 1 << 16), error: .string(limit: 1 << 16)
            )
            let text = listing.standardOutput + listing.standardError
            // The label by which it is found (ds-identify and DataSourceNoCloud).
            #expect(text.contains("CIDATA"))
            for name in ["user-data", "meta-data", "network-config", "guest-runner"] { #expect(text.contains("'/\(name)'"), "\(text)") }
            #expect(try await SeedDisc(runner: runner).build(in: scratch.cache) == disc)
            try scratch.file("guest-runner", Array("#!another".utf8))
            #expect(try await SeedDisc(runner: runner).build(in: scratch.cache) != disc)
        }
    }

    @Test("starts the runner by a command that a shell understands, from a document that is one line of YAML there")
    func command() async throws {
        let line = try #require(SeedDisc.userData.split(separator: "\n").first { $0.contains("systemd-run") })
        let quoted = try #require(line.split(separator: "\"").dropFirst().first)
        #expect(SeedDisc.userData.hasPrefix("#cloud-config\n"))
        let check = try await run(.name("sh"), arguments: ["-n", "-c", String(quoted)], output: .discarded, error: .string(limit: 4096))
        #expect(check.terminationStatus.isSuccess, "\(check.standardError)")
        #expect(quoted.contains("/dev/disk/by-id/virtio-kmatrix-seed"))
        #expect(quoted.hasSuffix("/usr/lib/kmatrix/guest-runner installed"))
    }
}
