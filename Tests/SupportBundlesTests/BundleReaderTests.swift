import Diagnosis
import Foundation
import Guidance
import MatrixModel
import Subprocess
import SupportBundles
import SystemPackage
import TestSupport
import Testing

@Suite("Bundles that people send")
struct BundleReaderTests {
    static let status = """
        {"proxyAgentStatus": {"status": "ERROR", "keyLatchStatus": {"status": "RUNNING", "message": ""}, "proxyListenerStatus": {"status": "RUNNING", \
        "message": ""},
         "ebpfProgramStatus": {"status": "STOPPED", "message": "Failed to attach program 'connect4' with error: `bpf_link_create` failed"}}}
        """

    /// A folder with a log bundle's content, and what a script makes of it.
    static func bundle(_ script: String) async throws -> (folder: TemporaryFolder, path: FilePath) {
        let folder = try TemporaryFolder()
        let result = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: [
                "-ec",
                "mkdir -p tree/logs; printf %s \"$STATUS\" > tree/status.json; echo 'Failed to acquire key details: x' > tree/logs/ProxyAgent.log; \(script)",
            ],
            environment: .inherit.updating(["STATUS": status]), workingDirectory: folder.path, output: .discarded, error: .string(limit: 64 << 10))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return (folder, folder.path.appending("bundle"))
    }

    @Test(
        "are read in every form",
        arguments: [
            "tar -cf bundle -C tree .", "tar -czf bundle -C tree .", "tar -cJf bundle -C tree .", "tar --zstd -cf bundle -C tree .", "mv tree bundle",
            "cp tree/status.json bundle",
            "gzip -c tree/status.json > bundle",
        ])
    func forms(script: String) async throws {
        let (folder, path) = try await Self.bundle(script)
        defer { _ = folder }
        let contents = try await BundleReader().read(path)
        #expect(contents.warnings.isEmpty)
        #expect(Diagnosis(contents.files).conclusions.first?.guide.code == "attach-failed/no-cgroup2")
    }

    @Test(
        "a name that leads out is refused, and the rest is read",
        arguments: [
            "tar -P --transform 's,tree/logs/ProxyAgent.log,../../etc/passwd,' -cf bundle tree",
            "tar -P --transform 's,tree/logs/ProxyAgent.log,/etc/cron.d/x,' -cf bundle tree",
            "tar -P --transform 's,tree/logs/ProxyAgent.log,a/../../x,' -cf bundle tree",
        ])
    func traversal(script: String) async throws {
        let (folder, path) = try await Self.bundle(script)
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path.string).sorted()
        let contents = try await BundleReader().read(path)
        #expect(contents.warnings.count == 1 && contents.warnings[0].contains("leads out of the bundle"))
        #expect(contents.files.map(\.name) == ["tree/status.json"])
        // Nothing is written anywhere.
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path.string).sorted() == before)
    }

    @Test(
        "links, devices and pipes are passed over",
        arguments: [
            "ln -s /etc/passwd tree/link.json; mkfifo tree/pipe; tar -cf bundle tree", "ln -s /etc/passwd tree/link.json; mkfifo tree/pipe; mv tree bundle",
        ])
    func links(script: String) async throws {
        let (folder, path) = try await Self.bundle(script)
        defer { _ = folder }
        #expect(try await BundleReader().read(path).files.count == 2)
    }

    @Test("keys are not read, whoever packed them")
    func keys() async throws {
        let (folder, path) = try await Self.bundle("mkdir tree/keys; echo secret > tree/keys/a; echo secret > tree/b.key; tar -cf bundle tree")
        defer { _ = folder }
        let contents = try await BundleReader().read(path)
        #expect(contents.files.allSatisfy { !$0.text.contains("secret") })
        #expect(contents.warnings.count == 2)
    }

    @Test("a bomb is refused", arguments: ["gzip -c", "xz -c", "zstd -c"])
    func bomb(tool: String) async throws {
        let (folder, path) = try await Self.bundle("head -c 4000000 /dev/zero | \(tool) > bundle")
        defer { _ = folder }
        var limits = BundleLimits()
        limits.unpacked = 1 << 20
        let reader = BundleReader(limits: limits)
        await #expect { try await reader.read(path) } throws: { ($0 as? SupportBundleError)?.code == .tooLarge }
    }

    @Test("too many members are refused", arguments: ["tar -cf bundle many", "mv many bundle"])
    func many(script: String) async throws {
        let (folder, path) = try await Self.bundle("mkdir many; for i in 1 2 3 4 5 6; do echo > many/$i; done; \(script)")
        defer { _ = folder }
        var limits = BundleLimits()
        limits.members = 5
        let reader = BundleReader(limits: limits)
        await #expect { try await reader.read(path) } throws: { ($0 as? SupportBundleError)?.code == .tooLarge }
    }

    @Test("a tar that breaks off gives what came before")
    func cut() async throws {
        let (folder, path) = try await Self.bundle("tar -cf whole tree/status.json tree/logs; head -c 1500 whole > bundle")
        defer { _ = folder }
        let contents = try await BundleReader().read(path)
        #expect(contents.files.map(\.name) == ["tree/status.json"])
        #expect(contents.warnings.first?.contains("damaged") == true)
    }

    @Test("of a long log the end is kept, and that it was cut is known")
    func long() async throws {
        let (folder, path) = try await Self.bundle("head -c 9000 /dev/zero > tree/logs/ProxyAgent.log; echo END >> tree/logs/ProxyAgent.log; mv tree bundle")
        defer { _ = folder }
        var limits = BundleLimits()
        limits.file = 100
        let file = try await BundleReader(limits: limits).read(path).files.first { $0.name == "logs/ProxyAgent.log" }
        #expect(file?.isTruncated == true && file?.text.hasSuffix("END\n") == true)
    }

    @Test(
        "of a long file the same is kept under any name, alone, in a folder and in an archive", arguments: ["ProxyAgent.log", "status.json", "output", "a.txt"])
    func names(name: String) async throws {
        let (folder, path) = try await Self.bundle(
            "(seq 1 4000; echo 'Failed to attach program connect4: Bad file descriptor'; seq 1 4000) > file; mkdir bundle; cp file bundle/\(name); tar "
                + "-cf tar -C bundle .; mv file \(name)"
        )
        var limits = BundleLimits()
        limits.file = 8_000
        let reader = BundleReader(limits: limits)
        let base = path.removingLastComponent()
        let alone = try #require(try await reader.read(base.appending(name)).files.first)
        #expect(alone.isTruncated && alone.text.contains("connect4") && alone.text.hasPrefix("1\n2\n") && alone.text.hasSuffix("3999\n4000\n"))
        #expect(try await reader.read(path).files.map(\.bytes) == [alone.bytes])
        #expect(try await reader.read(base.appending("tar")).files.map(\.bytes) == [alone.bytes])
        _ = folder
    }

    @Test(
        "of a long file the same is kept however it was compressed",
        arguments: [
            "gzip -c plain > bundle", "xz -c plain > bundle", "zstd -c plain > bundle", "tar -czf bundle plain", "tar --zstd -cf bundle plain",
            "gzip plain; tar -cf bundle plain.gz", "zip -q bundle.zip plain; mv bundle.zip bundle",
        ])
    func compressed(script: String) async throws {
        let (folder, path) = try await Self.bundle(
            "(seq 1 90000; echo 'Failed to attach program connect4: Bad file descriptor'; seq 1 90000) > plain; cp plain whole; \(script)")
        var limits = BundleLimits()
        limits.file = 64_000
        let whole = try #require(try await BundleReader(limits: limits).read(folder.path.appending("whole")).files.first)
        #expect(whole.isTruncated && whole.text.contains("connect4"))
        #expect(try await BundleReader(limits: limits).read(path).files.map(\.bytes) == [whole.bytes])
    }

    @Test("what is compressed within a bundle is known by its bytes, not by its name", arguments: ["tar -cf bundle -C tree .", "mv tree bundle"])
    func compressedMember(script: String) async throws {
        let (folder, path) = try await Self.bundle("echo '# CONFIG_CGROUP_BPF is not set' | gzip -c > tree/kernel.config; \(script)")
        defer { _ = folder }
        let contents = try await BundleReader().read(path)
        #expect(contents.files.contains { $0.name == "kernel.config" && $0.text == "# CONFIG_CGROUP_BPF is not set\n" })
    }

    @Test(
        "what came before the damage of a gzip file is read, and the damage is reported",
        arguments: ["head -c 30000 packed > bundle", "(head -c 30000 packed; head -c 9000 /dev/zero) > bundle"])
    func damagedGzip(script: String) async throws {
        let (folder, path) = try await Self.bundle("(echo 'Failed to attach program connect4: Bad file descriptor'; seq 1 90000) | gzip -c > packed; \(script)")
        defer { _ = folder }
        let contents = try await BundleReader().read(path)
        #expect(contents.files.count == 1 && contents.files.first?.text.contains("connect4") == true)
        #expect(contents.warnings.count == 1 && contents.warnings.first?.contains("is damaged") == true)
    }

    @Test(
        "many long files are kept within one limit, and a failure in each of them is found",
        arguments: ["tar -czf bundle many", "mv many bundle", "zip -qr bundle.zip many; mv bundle.zip bundle"])
    func kept(script: String) async throws {
        let (folder, path) = try await Self.bundle(
            "mkdir many; for i in $(seq 10 49); do (seq 1 9000; echo 'Failed to attach program connect4'; seq 1 9000) > many/$i.log; done; \(script)")
        defer { _ = folder }
        var limits = BundleLimits()
        (limits.file, limits.kept) = (64 << 10, 256 << 10)
        let files = try await BundleReader(limits: limits).read(path).files
        #expect(files.count == 40 && files.allSatisfy { $0.isTruncated && $0.text.contains("connect4") })
        // The last of many have the smallest part, of 16 KiB.
        let sum = files.map(\.bytes.count).reduce(0, +)
        #expect(sum <= limits.kept + 40 * (16 << 10), "\(sum)")
        #expect(sum < 40 * (64 << 10), "\(sum)")
    }

    @Test("what PowerShell wrote as UTF-16 is read, also where it is long")
    func utf16() async throws {
        let (folder, path) = try await Self.bundle(
            "(seq 1 4000; echo 'SERVICE_NAME: NetEbpfExt'; seq 1 4000) | iconv -f UTF-8 -t UTF-16LE > plain; (printf '\\377\\376'; cat plain) > bundle")
        defer { _ = folder }
        var limits = BundleLimits()
        limits.file = 8_000
        let file = try #require(try await BundleReader(limits: limits).read(path).files.first)
        #expect(file.isTruncated && file.text.hasPrefix("1\n2\n") && file.text.contains("SERVICE_NAME: NetEbpfExt\n"))
    }

    @Test("a whole run is not one machine")
    func run() async throws {
        let (folder, path) = try await Self.bundle("mkdir -p bundle/cells/a bundle/cells/b; echo {} > bundle/run.json")
        defer { _ = folder }
        await #expect { try await BundleReader().read(path) } throws: { ($0 as? SupportBundleError)?.code == .isRun }
    }

    @Test("what is not there says so")
    func missing() async throws {
        await #expect { try await BundleReader().read("/nonexistent/status.json") } throws: { ($0 as? SupportBundleError)?.code == .notFound }
    }
}
