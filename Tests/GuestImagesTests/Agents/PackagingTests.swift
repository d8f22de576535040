import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite("Our agent's package")
struct PackagingTests {

    /// Packs stand-ins for what a build makes: the script looks at nothing in them but the version that the agent prints.
    private static func pack(into folder: TemporaryFolder, name: String) async throws -> FilePath {
        let products = folder.path.appending("products")
        try FileManager.default.createDirectory(atPath: products.appending("bpf").string, withIntermediateDirectories: true)
        try ProgramFile.write("#!/bin/sh\necho 7.8.9\n", to: products.appending("azure-proxy-agent"))
        try Data([1, 2, 3]).write(to: URL(filePath: products.appending("bpf/connect4.bpf.o").string))
        let result = try await Subprocess.run(
            .path(Repository.path.appending("ci/package-agent")), arguments: [folder.path.appending(name).string],
            environment: .inherit.updating(["KMATRIX_PRODUCTS": products.string, "SOURCE_DATE_EPOCH": "1700000000"]),
            output: .string(limit: 64 << 10), error: .string(limit: 64 << 10))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return folder.path.appending(name).appending("azure-proxy-agent_7.8.9_amd64.deb")
    }

    @Test("has upstream's paths, modes and owners, and the same bytes each time")
    func layout() async throws {
        let folder = try TemporaryFolder()
        let first = try await Self.pack(into: folder, name: "first")
        let second = try await Self.pack(into: folder, name: "second")
        #expect(try Data(contentsOf: URL(filePath: first.string)) == Data(contentsOf: URL(filePath: second.string)))
        let lines = try await PackageListing.content(of: first)
        let files = lines.filter { $0[0].hasPrefix("-") }
        #expect(
            Dictionary(files.map { ($0[$0.count - 1], $0[0]) }, uniquingKeysWith: { first, _ in first }) == [
                "./usr/sbin/azure-proxy-agent": "-rwxr-xr-x", "./etc/azure/proxy-agent.json": "-rw-r--r--",
                "./usr/lib/azure-proxy-agent/ebpf_cgroup.o": "-rw-r--r--", "./usr/lib/systemd/system/azure-proxy-agent.service": "-rw-r--r--",
                "./usr/share/man/man8/azure-proxy-agent.8.gz": "-rw-r--r--",
            ])
        #expect(lines.allSatisfy { $0[1] == "root/root" })
    }

    @Test("has scripts with an interpreter that know the unit by its name, and a configuration that is the administrator's")
    func scripts() async throws {
        let folder = try TemporaryFolder()
        let package = try await Self.pack(into: folder, name: "out")
        let control = folder.path.appending("control")
        _ = try await PackageListing.output(["--control", package.string, control.string])
        for script in ["postinst", "prerm", "postrm"] {
            let text = try String(contentsOfFile: control.appending(script).string, encoding: .utf8)
            #expect(text.hasPrefix("#!/bin/sh\n") && text.contains("azure-proxy-agent.service") && !text.contains("GuestProxyAgent"), "\(script)")
            let attributes = try FileManager.default.attributesOfItem(atPath: control.appending(script).string)
            #expect(attributes[.posixPermissions] as? Int == 0o755)
        }
        #expect(try String(contentsOfFile: control.appending("conffiles").string, encoding: .utf8) == "/etc/azure/proxy-agent.json\n")
        #expect(try await PackageListing.output(["--field", package.string, "Version"]) == "7.8.9\n")
    }

    @Test("purged, takes logs and rules along and leaves the latched key")
    func purge() async throws {
        let folder = try TemporaryFolder()
        let state = folder.path.appending("var/lib/azure-proxy-agent")
        for name in ["var/lib/azure-proxy-agent/keys", "var/lib/azure-proxy-agent/rules", "var/log/azure-proxy-agent"] {
            try FileManager.default.createDirectory(atPath: folder.path.appending(name).string, withIntermediateDirectories: true)
        }
        for name in ["keys/a.key", "keys/status.tag", "rules/IMDS_Rules.json"] { try Data("x".utf8).write(to: URL(filePath: state.appending(name).string)) }
        func run(_ action: String) async throws -> String {
            // Debian's helpers keep to DPKG_ROOT as the script does.
            let result = try await Subprocess.run(
                .path(Repository.path.appending("images/agent/postrm")), arguments: [action],
                environment: .inherit.updating(["DPKG_ROOT": folder.path.string]), output: .string(limit: 4096), error: .string(limit: 4096))
            try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
            return result.standardOutput
        }
        _ = try await run("remove")
        #expect(FileManager.default.fileExists(atPath: state.appending("rules/IMDS_Rules.json").string))
        let said = try await run("purge")
        #expect(said.contains("are kept"))
        #expect(try FileManager.default.subpathsOfDirectory(atPath: state.string).sorted() == ["keys", "keys/a.key"])
        #expect(!FileManager.default.fileExists(atPath: folder.path.appending("var/log/azure-proxy-agent").string))
        try FileManager.default.removeItem(atPath: state.appending("keys/a.key").string)
        _ = try await run("purge")
        #expect(!FileManager.default.fileExists(atPath: state.string))
    }
}
