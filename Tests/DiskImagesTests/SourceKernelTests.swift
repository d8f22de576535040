import ArtefactCache
import Foundation
import HostTools
import SystemPackage
import TestSupport
import Testing

@testable import DiskImages

/// With a small tree in the kernel's place, whose Makefile knows the kernel's targets: what it takes to build a real one is minutes.
@Suite("A kernel built from source")
struct SourceKernelTests {
    struct Bench {
        let disk: DiskFixture
        var folder: FilePath { disk.folder.path }
        var configuration: FilePath { folder.appending("small.config") }
        /// Counts for more than the other.
        var more: FilePath { folder.appending("more.config") }
        var served: FilePath { folder.appending("served") }
        let fingerprint: String

        static let makefile = """
            allnoconfig:
            \tcp "$(KCONFIG_ALLCONFIG)" "$(O)/.config"
            bzImage:
            \tmkdir -p "$(O)/arch/x86/boot"
            \tcat version "$(O)/.config" > "$(O)/arch/x86/boot/bzImage"

            """

        init(makefile: String = makefile) async throws {
            disk = try DiskFixture()
            try Data(makefile.utf8).write(to: URL(filePath: disk.folder.path.appending("Makefile").string))
            try await disk.shell(
                """
                cd "$1"; mkdir -p linux-6.1.100 served/v6.x; echo CONFIG_BPF=y > small.config
                mv Makefile linux-6.1.100; echo 6.1.100 > linux-6.1.100/version
                tar -cf served/v6.x/linux-6.1.100.tar linux-6.1.100
                """, disk.folder.path.string)
            let keys = try SigningKeys(in: disk.folder.path)
            fingerprint = try await keys.make("A maker of kernels")
            try await keys.gpg(["--armor", "--output", disk.folder.path.appending("keys.asc").string, "--export"])
            let archive = disk.folder.path.appending("served/v6.x/linux-6.1.100.tar").string
            try await keys.gpg(["--armor", "--output", "\(archive).sign", "--detach-sign", archive])
            try await disk.shell("xz --keep \"$1\"", archive)
        }

        func store(_ server: LoopbackServer? = nil, keys: FilePath? = nil, fingerprint: String? = nil, searchPath: String? = nil) -> SourceKernelStore {
            SourceKernelStore(
                cache: disk.cache, settings: DownloadSettings(stallTimeout: 1, retries: 0), base: server?.address ?? "http://127.0.0.1:1", keys: keys,
                signers: [fingerprint ?? self.fingerprint], searchPath: searchPath
            ) { [package] in try await package($0) }
        }

        /// Debian's package of a source: its version is what the test says, and its content the archive that is served.
        @Sendable private func package(_ name: String) async throws -> FoundPackage {
            let archive = "\(served)/v6.x/linux-6.1.100.tar.xz"
            return FoundPackage(version: "6.1.100-1") { file in
                let tree = "\(folder)/tree-\(UUID().uuidString)"
                _ = try await DebianRepository.output(
                    "sh",
                    [
                        "-ec",
                        "mkdir -p $1/DEBIAN $1/usr/src; printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: N <n@invalid>\nDescription: x\n' "
                            + "$2 > $1/DEBIAN/control; cp $3 $1/usr/src/$4; dpkg-deb --build $1 $5",
                        "sh", tree, name, archive, "\(name == "linux-source-6.1" ? name : "other").tar.xz", file.string,
                    ])
            }
        }

        func build(_ reference: String, _ store: SourceKernelStore) async throws -> FilePath {
            try await store.kernel(
                SourceReference(parsing: reference), configuration: [configuration, more].filter { FileManager.default.fileExists(atPath: $0.string) })
        }
    }

    private func text(_ path: FilePath) -> String? { try? String(contentsOfFile: path.string, encoding: .utf8) }

    @Test("is fetched, checked by the signature of what was packed, configured, built, and then kept")
    func release() async throws {
        let bench = try await Bench()
        try await LoopbackServer.serving(bench.served) { server in
            let store = bench.store(server, keys: bench.folder.appending("keys.asc"))
            let kernel = try await bench.build("6.1.100", store)
            #expect(text(kernel) == "6.1.100\nCONFIG_BPF=y\n\n")
            #expect(text(kernel.removingLastComponent().appending("config")) == "CONFIG_BPF=y\n\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: kernel.removingLastComponent().removingLastComponent().string) == ["boot"])
            let asked = server.requests.count
            #expect(try await bench.build("6.1.100", store) == kernel)
            #expect(server.requests.count == asked)
            try Data("CONFIG_BPF=n\n".utf8).write(to: URL(filePath: bench.configuration.string))
            #expect(text(try await bench.build("6.1.100", store)) == "6.1.100\nCONFIG_BPF=n\n\n")
        }
    }

    @Test("may be Debian's package of a source, whose archive is unpacked, built and then kept")
    func package() async throws {
        let bench = try await Bench()
        let kernel = try await bench.build("linux-source-6.1", bench.store())
        #expect(text(kernel) == "6.1.100\nCONFIG_BPF=y\n\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: kernel.removingLastComponent().removingLastComponent().string) == ["boot"])
        let error = try await cloudImageError { _ = try await bench.build("linux-source-6.2", bench.store()) }
        #expect(error?.code == .damaged && error?.description.contains("no usr/src/linux-source-6.2.tar.xz") == true, "\(error?.description ?? "")")
    }

    @Test("has what several files say, of which later ones count for more, and is another kernel with each")
    func configurations() async throws {
        let bench = try await Bench()
        let plain = try await bench.build("linux-source-6.1", bench.store())
        try Data("# CONFIG_BPF is not set\n".utf8).write(to: URL(filePath: bench.more.string))
        let changed = try await bench.build("linux-source-6.1", bench.store())
        #expect(plain != changed)
        #expect(text(changed) == "6.1.100\nCONFIG_BPF=y\n\n# CONFIG_BPF is not set\n\n")
    }

    @Test("may be a file of one's own, which nobody has to have signed")
    func file() async throws {
        let bench = try await Bench()
        #expect(text(try await bench.build("\(bench.served)/v6.x/linux-6.1.100.tar.xz", bench.store())) == "6.1.100\nCONFIG_BPF=y\n\n")
    }

    @Test("is refused when it is not what was signed, or nobody knows by whom", arguments: ["archive", "signer", "keys"])
    func trust(what: String) async throws {
        let bench = try await Bench()
        if what == "archive" { try await bench.disk.shell("cd \"$1\"/v6.x; echo evil >> linux-6.1.100.tar; xz --force linux-6.1.100.tar", bench.served.string) }
        try await LoopbackServer.serving(bench.served) { server in
            let store = bench.store(
                server, keys: what == "keys" ? nil : bench.folder.appending("keys.asc"), fingerprint: what == "signer" ? String(repeating: "A", count: 40) : nil
            )
            let error = try #require(try await cloudImageError { _ = try await bench.build("6.1.100", store) })
            #expect(error.code == .badSignature, "\(error)")
            #expect(error.description.contains(what == "keys" ? "KMATRIX_KERNEL_KEYS" : "the key must be"))
            #expect(bench.disk.cached("source-kernel") == [])
        }
    }

    @Test(
        "that does not build says so in the build's own words, and leaves nothing",
        arguments: [
            ("allnoconfig:\n\techo 'scripts/kconfig: error: no such symbol' >&2; exit 2\n", "no such symbol"),
            ("allnoconfig:\nbzImage:\n\t@true\n", "left no arch/x86/boot/bzImage"),
        ])
    func broken(makefile: String, words: String) async throws {
        let bench = try await Bench(makefile: makefile)
        let error = try #require(try await cloudImageError { _ = try await bench.build("\(bench.served)/v6.x/linux-6.1.100.tar", bench.store()) })
        #expect(error.code == .buildFailed)
        #expect(error.description.contains(words), "\(error)")
        #expect(bench.disk.cached("source-kernel") == [])
    }

    @Test("needs a compiler and a few tools, and names what is missing before it fetches anything")
    func tools() async throws {
        let bench = try await Bench()
        try await bench.disk.shell("mkdir \"$1/few\"; ln -s \"$(command -v sh)\" \"$1/few/sh\"", bench.folder.string)
        let error = try await cloudImageError { _ = try await bench.build("6.1.100", bench.store(searchPath: bench.folder.appending("few").string)) }
        #expect(error?.code == .toolMissing)
        #expect(error?.subject == "gcc")
        #expect(error?.isOurs == true)
    }

    @Test(
        "is named by its version or by a path",
        arguments: [
            ("6.1.100", true), ("6.12", true), ("linux-source-6.1", true), ("linux-source-6.12", true), ("linux-source-", false), ("linux-source-6", false),
            ("linux-source-6.1;x", false), ("/src/linux.tar", true), ("6", false), ("6.1.", false), ("6.1-rc1", false), ("../6.1", true), ("latest", false),
        ])
    func references(text: String, isOne: Bool) {
        #expect(((try? SourceReference(parsing: text)) != nil) == isOne)
    }
}
