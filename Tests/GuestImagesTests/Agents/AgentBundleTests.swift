import Foundation
@testable import GuestImages
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

@Suite("An agent's bundle")
struct AgentBundleTests {
    /// A tree with upstream's paths, and packages of it by the packages' own tools.
    struct Fixture {
        let folder: TemporaryFolder
        let tree: FilePath

        init(layout: [String: [UInt8]]) throws {
            folder = try TemporaryFolder()
            tree = folder.path.appending("tree")
            for (path, bytes) in layout {
                let file = tree.appending(path)
                try FileManager.default.createDirectory(atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
                try Data(bytes).write(to: URL(filePath: file.string))
            }
        }

        func run(_ script: String) async throws {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-ec", script], workingDirectory: tree.removingLastComponent(), output: .discarded,
                error: .string(limit: 64 << 10))
            try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        }

        /// The folder lives as long as it is read.
        func load() async throws -> AgentBundle {
            defer { withExtendedLifetime(folder) {} }
            return try await AgentBundle.load(tree)
        }

        func loadDeb() async throws -> AgentBundle {
            defer { withExtendedLifetime(folder) {} }
            return try await AgentBundle.load(try await deb())
        }

        func deb() async throws -> FilePath {
            try await run(
                "mkdir -p tree/DEBIAN; printf 'Package: agent\\nVersion: 1.0.47\\nArchitecture: amd64\\nMaintainer: m <m@localhost>\\nDescription: d\\n' "
                    + "> tree/DEBIAN/control; dpkg-deb --root-owner-group -b tree mine.deb"
            )
            return tree.removingLastComponent().appending("mine.deb")
        }
    }

    /// The start of a static program: as much as is looked at.
    static let program: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 120)
        bytes.replaceSubrange(0..<7, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1])
        (bytes[16], bytes[18], bytes[20], bytes[52]) = (2, 62, 1, 64)
        return bytes
    }()

    static let upstream: [String: [UInt8]] = [
        "usr/sbin/azure-proxy-agent": program, "usr/lib/azure-proxy-agent/ebpf_cgroup.o": [1, 2, 3],
        "etc/azure/proxy-agent.json": Array(#"{"logFolder":"/var/log/x","pollKeyStatusIntervalInSeconds":15}"#.utf8),
    ]

    private static func content(_ bundle: AgentBundle, _ path: String) -> [UInt8]? {
        guard case .bytes(let bytes)? = bundle.items.first(where: { $0.path == path })?.source else { return nil }
        return bytes
    }

    private static func check(_ bundle: AgentBundle) throws {
        #expect(content(bundle, AgentBundle.executablePath) == program)
        #expect(content(bundle, AgentBundle.programPath) == [1, 2, 3])
        #expect(bundle.hasProgram)
        let configuration = try #require(content(bundle, AgentBundle.configurationPath))
        let members = try #require(try JSONSerialization.jsonObject(with: Data(configuration)) as? [String: Any])
        // Its own, but for the poll.
        #expect(members["logFolder"] as? String == "/var/log/x")
        #expect(members["pollKeyStatusIntervalInSeconds"] as? Int == 1)
    }

    @Test("is read from a folder with upstream's paths, and from a flat one")
    func folders() async throws {
        let fixture = try Fixture(layout: Self.upstream)
        try Self.check(try await fixture.load())
        let flat = try Fixture(layout: [
            "azure-proxy-agent": Self.program, "ebpf_cgroup.o": [1, 2, 3], "proxy-agent.json": try #require(Self.upstream["etc/azure/proxy-agent.json"]),
        ])
        try Self.check(try await flat.load())
    }

    @Test("is read from a Debian package, with its version")
    func deb() async throws {
        let bundle = try await Fixture(layout: Self.upstream).loadDeb()
        try Self.check(bundle)
        #expect(bundle.version == "1.0.47" && bundle.packageName == "agent")
        #expect(bundle.name == "mine")
    }

    @Test("is read from an RPM package, with its version")
    func rpm() async throws {
        let fixture = try Fixture(layout: Self.upstream)
        try await fixture.run(
            """
            cat > a.spec <<'END'
            %global debug_package %{nil}
            %global __os_install_post %{nil}
            Name: agent
            Version: 1.0.47
            Release: 3
            Summary: s
            License: l
            AutoReqProv: no
            %description
            d
            %install
            cp -a %{tree}/. %{buildroot}/
            %files
            /
            END
            rpmbuild --quiet -bb --define "_topdir $PWD/top" --define "_rpmdir $PWD" --define "tree $PWD/tree" --target x86_64 a.spec
            """)
        defer { withExtendedLifetime(fixture) {} }
        let bundle = try await AgentBundle.load(fixture.tree.removingLastComponent().appending("x86_64/agent-1.0.47-3.x86_64.rpm"))
        try Self.check(bundle)
        #expect(bundle.version == "1.0.47-3" && bundle.packageName == "agent")
    }

    @Test("without a program or a configuration of its own gets ours")
    func lacking() async throws {
        let bundle = try await Fixture(layout: ["azure-proxy-agent": Self.program]).load()
        #expect(!bundle.hasProgram)
        #expect(Self.content(bundle, AgentBundle.configurationPath) == AgentSettings.document)
    }

    @Test("brings the libraries that a dynamic agent needs")
    func dynamic() async throws {
        let program = Array(try #require(FileManager.default.contents(atPath: "/bin/sh")))
        let bundle = try await Fixture(layout: ["azure-proxy-agent": program]).load()
        let names = bundle.items.map { $0.path.split(separator: "/").last.map(String.init) ?? "" }
        #expect(names.contains { $0.hasPrefix("ld-linux") })
        #expect(names.contains("libc.so.6"))
    }

    @Test("is refused by guests of another architecture than its program's")
    func otherArchitecture() async throws {
        let fixture = try Fixture(layout: ["azure-proxy-agent": Self.program])
        defer { withExtendedLifetime(fixture) {} }
        let place = fixture.tree
        for architecture in Architecture.allCases where architecture != .x86_64 {
            let error = try await #require(throws: AgentBundleError.self) { try await AgentBundle.load(place, for: architecture) }
            #expect(error.code == .otherArchitecture && error.description.contains("not for \(architecture.title) guests"))
        }
        #expect(try await AgentBundle.load(place, for: .x86_64).name == place.lastComponent?.stem)
    }

    @Test("that is none says what is wrong with it")
    func wrong() async throws {
        func code(_ path: FilePath) async -> AgentBundleError.Code? { await code { try await AgentBundle.load(path) } }
        func code(_ load: () async throws -> AgentBundle) async -> AgentBundleError.Code? {
            do {
                _ = try await load()
                return nil
            } catch { return (error as? AgentBundleError)?.code }
        }
        let folder = try TemporaryFolder()
        await #expect(code("/no/such/thing") == .unreadable)
        await #expect(code(folder.path) == .noAgent)
        let text = folder.path.appending("notes.txt")
        try Data("x".utf8).write(to: URL(filePath: text.string))
        await #expect(code(text) == .unreadable)
        for name in ["broken.deb", "broken.rpm"] {
            let file = folder.path.appending(name)
            try Data("not a package at all".utf8).write(to: URL(filePath: file.string))
            await #expect(code(file) == .badPackage)
        }
        await #expect(code { try await Fixture(layout: ["azure-proxy-agent": Array("#!/bin/sh\n".utf8)]).load() } == .notExecutable)
        await #expect(
            code {
                try await Fixture(layout: ["azure-proxy-agent": Self.program, "proxy-agent.json": Array("{".utf8)]).load()
            } == .badConfiguration)
    }

    @Test("that is hostile reaches nothing: links and climbing paths are no files of it")
    func hostile() async throws {
        let linked = try Fixture(layout: ["ebpf_cgroup.o": [1]])
        try await linked.run("mkdir -p tree/usr/sbin; ln -s /etc/passwd tree/usr/sbin/azure-proxy-agent")
        let error = await #expect(throws: AgentBundleError.self) { try await linked.loadDeb() }
        #expect(error?.code == .noAgent)
        let error2 = await #expect(throws: AgentBundleError.self) { try await linked.load() }
        #expect(error2?.code == .noAgent)
    }

    @Test("is known by its content, wherever it came from and whatever its name")
    func digest() async throws {
        let folder = try await Fixture(layout: Self.upstream).load()
        let package = try await Fixture(layout: Self.upstream).loadDeb()
        #expect(folder.digest == package.digest && folder.digest.count == 64)
        var other = Self.upstream
        other["usr/lib/azure-proxy-agent/ebpf_cgroup.o"] = [1, 2, 4]
        let changed = try await Fixture(layout: other).load()
        #expect(changed.digest != folder.digest)
        #expect(folder.librariesOfHost.isEmpty)
    }

    @Test("of which a part is missing is no package, and one that holds too much is not read to its end")
    func damaged() async throws {
        let fixture = try Fixture(layout: Self.upstream)
        let package = try await fixture.deb()
        let error = await #expect(throws: AgentBundleError.self) { _ = try await PackageArchive(path: package, kind: .deb, limit: 4096) }
        #expect(error?.code == .tooLarge)
        let bytes = try Data(contentsOf: URL(filePath: package.string))
        let cut = package.removingLastComponent().appending("cut.deb")
        try bytes.dropLast(40).write(to: URL(filePath: cut.string))
        let error2 = await #expect(throws: AgentBundleError.self) { try await AgentBundle.load(cut) }
        #expect(error2?.code == .badPackage)
        withExtendedLifetime(fixture) {}
    }

    @Test(
        "no program has any file of this machine brought into a guest but a loader and libraries",
        arguments: ["../../etc/passwd", "/etc/passwd", "..", "lib/../../../etc/passwd"])
    func libraries(name: String) {
        #expect { try SharedLibraries.locate(name, "agent") } throws: { ($0 as? AgentBundleError)?.code == .libraryMissing }
    }
}
