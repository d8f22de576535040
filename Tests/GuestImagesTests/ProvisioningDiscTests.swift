import Foundation
import FoundationXML
import Subprocess
import SystemPackage
import Testing

@testable import GuestImages

@Suite("A provisioning disc")
struct ProvisioningDiscTests {
    @Test("asks for the agent, or says nothing of it, as its file on the disc shows", arguments: [true, false])
    func content(asks: Bool) async throws {
        try await withScratch { scratch in
            let disc = try await ProvisioningDisc(asksForAgent: asks).build(in: scratch.cache)
            let target = scratch.root.appending("ovf-env.xml")
            let outcome = try await run(
                .name("xorriso"), arguments: ["-osirrox", "on", "-indev", disc.string, "-extract", "/ovf-env.xml", target.string], output: .discarded,
                error: .string(limit: 65_536))
            let text = try String(contentsOfFile: target.string, encoding: .utf8)
            #expect(outcome.terminationStatus.isSuccess, "\(outcome.standardError)")
            #expect(text.contains("<ProvisionGuestProxyAgent>true</ProvisionGuestProxyAgent>") == asks)
            // Well-formed for a reader that is not ours.
            #expect(XMLParser(data: Data(text.utf8)).parse())
            #expect(try await ProvisioningDisc(asksForAgent: asks).build(in: scratch.cache) == disc)
        }
    }
}
