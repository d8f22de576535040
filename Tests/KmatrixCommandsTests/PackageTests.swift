import Foundation
import MatrixRunner
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import KmatrixCommands

@Suite(
    "The Debian package of kmatrix",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg-shlibdeps"), "needs dpkg-shlibdeps of dpkg-dev, which ci/setup test installs"))
struct PackageTests {

    /// Packs stand-ins for what a build makes: the script asks `kmatrix` for its version, manual page and completions, and reads which
    /// libraries `guest-network` is linked with.
    private static func pack(into folder: TemporaryFolder, name: String, without missing: String? = nil) async throws -> (package: FilePath, stderr: String) {
        let products = folder.path.appending("products-\(name)")
        func put(_ path: String, _ content: String) throws {
            // Modes that a careless umask leaves.
            try ProgramFile.write(content, to: products.appending(path), permissions: 0o775)
        }
        try put("kmatrix", "#!/bin/sh\n[ \"$1\" = --version ] && echo 7.8.9 || echo \"#!$*\"\n")
        for file in [
            "azure-proxy-agent", "guest-runner", "bpf/connect4.bpf.o", "scenarios/normal.yml", "conformance/enforced.yml", "kernels/small.config",
            "agents/own.yml",
        ] { try put(file, file) }
        for file in ["catalogue.yml", "packages/azure-proxy-agent.deb", "packages/other.deb", "bench-init"] { try put(file, file) }
        try FileManager.default.copyItem(atPath: "/bin/ls", toPath: products.appending("guest-network").string)
        if let missing { try FileManager.default.removeItem(atPath: products.appending(missing).string) }
        let result = try await Subprocess.run(
            .path(Repository.path.appending("ci/package")), arguments: [folder.path.appending(name).string],
            environment: .inherit.updating(["KMATRIX_PRODUCTS": products.string, "SOURCE_DATE_EPOCH": "1700000000", "KMATRIX_DEB_COMPRESSION": "none"]),
            output: .string(limit: 64 << 10), error: .string(limit: 64 << 10))
        if missing == nil { try #require(result.terminationStatus.isSuccess, "\(result.standardError)") } else { #expect(!result.terminationStatus.isSuccess) }
        return (folder.path.appending(name).appending("kmatrix_7.8.9_amd64.deb"), result.standardError)
    }

    @Test("has all that runs need and nothing else, owned by root, and the same bytes each time")
    func content() async throws {
        let folder = try TemporaryFolder()
        let first = try await Self.pack(into: folder, name: "first").package
        let second = try await Self.pack(into: folder, name: "second").package
        #expect(try Data(contentsOf: URL(filePath: first.string)) == Data(contentsOf: URL(filePath: second.string)))
        let lines = try await PackageListing.content(of: first)
        #expect(lines.allSatisfy { $0[1] == "root/root" })
        let files = lines.filter { $0[0].hasPrefix("-") }
        let program = "-rwxr-xr-x", data = "-rw-r--r--"
        let lib = "./usr/lib/kmatrix/", share = "./usr/share/"
        #expect(
            Dictionary(files.map { ($0[5], $0[0]) }, uniquingKeysWith: { first, _ in first }) == [
                lib + "kmatrix": program, lib + "azure-proxy-agent": program, lib + "guest-runner": program, lib + "guest-network": program,
                lib + "bpf/connect4.bpf.o": data, lib + "scenarios/normal.yml": data, lib + "conformance/enforced.yml": data,
                lib + "kernels/small.config": data, lib + "agents/own.yml": data,
                lib + "catalogue.yml": data, lib + "packages/azure-proxy-agent.deb": data,
                share + "man/man1/kmatrix.1.gz": data, share + "bash-completion/completions/kmatrix": data, share + "zsh/vendor-completions/_kmatrix": data,
                share + "fish/vendor_completions.d/kmatrix.fish": data, share + "doc/kmatrix/copyright": data, share + "doc/kmatrix/changelog.gz": data,
                share + "lintian/overrides/kmatrix": data,
            ])
        #expect(lines.filter { $0[0].hasPrefix("l") }.map { $0[5...].joined(separator: " ") } == ["./usr/bin/kmatrix -> ../lib/kmatrix/kmatrix"])
    }

    @Test("depends on what every run needs and recommends what some runs need, by ci/dependencies")
    func dependencies() async throws {
        let folder = try TemporaryFolder()
        let package = try await Self.pack(into: folder, name: "out").package
        func names(_ field: String) async throws -> Set<String> {
            let text = try await PackageListing.output(["--field", package.string, field])
            return Set(text.split(separator: ",").compactMap { $0.split(separator: " ").first.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } })
        }
        // Essential packages are not named.
        let essential: Set<String> = ["dpkg", "gzip", "tar", "util-linux"]
        let depends = try await names("Depends")
        #expect(depends.isSuperset(of: Set(HostRequirement.all.filter { $0.purpose == nil }.map(\.package)).subtracting(essential)))
        #expect(depends.contains("qemu-system-x86") && depends.contains("libc6") && depends.isDisjoint(with: essential))
        #expect(try await names("Recommends") == Set(HostRequirement.all.filter { $0.purpose != nil }.map(\.package)))
        #expect(try await names("Static-Built-Using").isSuperset(of: ["glibc", "libbpf", "elfutils", "openssl"]))
        #expect(try await PackageListing.output(["--field", package.string, "Version"]) == "7.8.9\n")
    }

    @Test("has all that the build copies from images/")
    func sameAsBuild() throws {
        func line(of script: String, _ marker: String) throws -> Substring {
            let text = try String(contentsOfFile: Repository.path.appending("ci").appending(script).string, encoding: .utf8)
            return try #require(text.split(separator: "\n").first { $0.contains(marker) })
        }
        let copied = try line(of: "build", "cp -R images/").split(separator: " ").filter { $0.hasPrefix("images/") }.map { $0.dropFirst("images/".count) }
        let packaged = try line(of: "package", " catalogue.yml;").split { " ;".contains($0) }
        #expect(copied.count > 4 && Set(copied).isSubset(of: Set(packaged)))
    }

    @Test("is not made of half a build", arguments: ["guest-network", "catalogue.yml", "bpf", "agents"])
    func incomplete(missing: String) async throws {
        let folder = try TemporaryFolder()
        let made = try await Self.pack(into: folder, name: "out", without: missing)
        #expect(made.stderr.contains("there is no '\(missing)'") && made.stderr.contains("ci/build"))
        #expect(!FileManager.default.fileExists(atPath: made.package.string))
    }
}
