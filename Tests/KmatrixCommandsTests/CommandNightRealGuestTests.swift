import EvidenceStore
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What the commands promise, with real guests. None of it depends on a line of code more than smaller tests show, so it runs at night.
@Suite(
    "Commands with real guests at night", .enabled(if: RealProgram.path != nil, "KMATRIX_PRODUCTS names no built products; ci/test sets it"),
    .enabled(if: ProcessInfo.processInfo.environment["KMATRIX_NIGHT"] != nil, "SKIPPED: KMATRIX_NIGHT is not set; ci/nightly sets it"), .serialized)
struct CommandNightRealGuestTests {
    private func document(_ ended: RealProgram.Ended) throws -> RunDocument {
        try JSONDecoder().decode(RunDocument.self, from: Data(ended.stdout.utf8))
    }

    @Test("bisect finds the kernel from which a program loads")
    func bisect() async throws {
        let folder = try TemporaryFolder()
        let ended = try await RealProgram.run([
            "bisect", "--kernel", "5.10", "--kernel", "6.1", "--cgroup", "unified", "--bpf", "loop-lookup", "--proof", "quick", "--out", folder.path.string,
        ])
        #expect(ended.code == 0, "\(ended.stderr)")
        #expect(ended.stdout.contains("5.10") && ended.stdout.contains("6.1"), "\(ended.stdout)")
    }

    @Test("an agent is taken as a Debian package, as an RPM package and as a folder, and each works")
    func agents() async throws {
        let folder = try TemporaryFolder()
        let package = try #require(RealProgram.path).removingLastComponent().appending("packages/azure-proxy-agent.deb").string
        let tree = folder.path.appending("tree").string
        _ = try await DebianRepository.output("dpkg-deb", ["--extract", package, tree])
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: tree) where !name.hasPrefix("usr/share/doc") {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(tree)/\(name)")
            if attributes[.type] as? FileAttributeType == .typeRegular { files[name] = Array(try Data(contentsOf: URL(filePath: "\(tree)/\(name)"))) }
        }
        let archive = try await RpmArchive()
        let rpm = RpmArchive.Package(name: "azure-proxy-agent", version: "1.0", release: "1", files: files)
        try await archive.publish("agent", packages: [rpm])
        // A folder as people build it: the program, and its configuration beside it.
        let flat = folder.path.appending("flat")
        try FileManager.default.createDirectory(atPath: flat.string, withIntermediateDirectories: true)
        for (name, content) in files
        where ["azure-proxy-agent", "proxy-agent.json"].contains(name.split(separator: "/").last.map(String.init)) && !name.contains("init.d") {
            try Data(content).write(to: URL(filePath: flat.appending(String(name.split(separator: "/").last ?? "")).string))
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: flat.appending("azure-proxy-agent").string)
        let ended = try await RealProgram.run([
            "run", "--kernel", "6.1", "--cgroup", "unified", "--proof", "quick", "--no-history", "--format", "json", "--out",
            folder.path.appending("run").string,
            "--agent", package, "--agent", archive.packageFile("agent", rpm).string, "--agent", flat.string,
        ])
        #expect(ended.code == 0, "\(ended.stderr)")
        let cells = try document(ended).cells
        #expect(cells.map(\.verdict) == [.compatible, .compatible, .compatible], "\(cells.map(\.summary))")
    }

    @Test("every hardening profile takes hold, and the agent works under each")
    func profiles() async throws {
        let folder = try TemporaryFolder()
        let ended = try await RealProgram.run([
            "run", "--kernel", "6.1", "--cgroup", "unified", "--profile", "all", "--proof", "quick", "--no-history", "--format", "json", "--out",
            folder.path.appending("run").string,
        ])
        #expect(ended.code == 0, "\(ended.stderr)")
        let cells = try document(ended).cells
        #expect(cells.compactMap(\.profile).sorted() == Architecture.host.profiles.map(\.rawValue).sorted())
        // That a profile took hold is a fact of the guest; one that did not is `profile-not-offered`.
        #expect(cells.allSatisfy { $0.verdict == .compatible }, "\(cells.map { "\($0.profile ?? ""): \($0.summary)" })")
    }

    /// Nobody, who has no privilege anywhere: no group, no capability, no home of root's, no /dev/kvm.
    @Test("an ordinary user runs real guests, and two runs at once share one cache")
    func ordinaryUser() async throws {
        try #require(geteuid() == 0, "only root can become another user")
        let listed = try await RealProgram.run(["kernels", "fetch", "--kernel", "6.1", "--format", "json"])
        let kernel = try #require(
            ((try JSONSerialization.jsonObject(with: Data(listed.stdout.utf8)) as? [String: Any])?["kernels"] as? [[String: Any]])?.last?["image"] as? String)
        let home = try TemporaryFolder()
        // The entry has the modules beside the image.
        let entry = FilePath(kernel).removingLastComponent().removingLastComponent()
        let script = """
            set -e; cd "$1"; cp -a "$2" kernel; mkdir tmp cache state; chown -R 65534:65534 .
            image=$(find kernel -name "$(basename "$3")" | head -n 1)
            run() {
                setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all env -i PATH=/usr/bin:/bin HOME="$1" \
                TMPDIR="$1/tmp" XDG_CACHE_HOME="$1/cache" XDG_STATE_HOME="$1/state" \\
                    "$4" run --kernel "$1/$image" --cgroup unified --cgroup legacy --proof quick --out "$1/$5" --format json > "$5.json" 2> "$5.err" || \
                    echo "$5 exit $?" >> failures
            }
            run "$1" "$2" "$3" "$4" one & run "$1" "$2" "$3" "$4" two & wait
            cat failures one.err two.err 2> /dev/null | tail -n 40
            """
        let said = try await DebianRepository.output(
            "bash", ["-c", script, "bash", home.path.string, entry.string, kernel, try #require(RealProgram.path).string])
        for name in ["one", "two"] {
            let cells = try StoredRun.intact(at: home.path.appending(name)).document.cells
            #expect(cells.map(\.verdict) == [.compatible, .incompatible], "\(cells.map(\.summary)) \(said)")
        }
        #expect(!said.contains("exit "), "\(said)")
    }

    @Test("the doctor finds this machine fit, and KVM is used wherever a guest boots with it")
    func accelerator() async throws {
        let doctor = try await RealProgram.run(["doctor", "--probe", "--format", "json"])
        #expect(doctor.code == 0, "\(doctor.stdout)")
        struct Check: Decodable { let name, outcome, detail: String }
        let checks = try #require(try JSONDecoder().decode([String: [Check]].self, from: Data(doctor.stdout.utf8))["checks"])
        let found = try #require(checks.first { $0.name == "accelerator" })
        let folder = try TemporaryFolder()
        let ended = try await RealProgram.run([
            "run", "--kernel", "6.1", "--cgroup", "unified", "--proof", "quick", "--no-history", "--format", "json", "--out",
            folder.path.appending("run").string,
        ])
        let ran = try document(ended)
        #expect(ran.cells.map(\.verdict) == [.compatible], "\(ran.cells.map(\.summary))")
        let usesKVM = found.detail.lowercased().hasPrefix("kvm")
        #expect(ran.run.accelerator == (usesKVM ? "kvm" : "tcg"), "\(found.detail)")
        // Said aloud: a night without KVM proves nothing about it.
        FileHandle.standardError.write(Data("KVM \(usesKVM ? "was used" : "was not used"): \(found.detail)\n".utf8))
    }

    @Test("shell opens a console in the guest, which ends with it")
    func shell() async throws {
        let folder = try TemporaryFolder()
        let script = """
            mkfifo "$1/keys"
            script --quiet --return --command "'$2' shell --kernel 6.1 --cgroup unified" /dev/null < "$1/keys" > "$1/screen" 2>&1 &
            exec 3> "$1/keys"
            wait_for() { for _ in $(seq 1200); do grep -q "$1" "$2" && return; sleep 0.1; done; return 1; }
            wait_for 'kmatrix# ' "$1/screen"; printf 'echo booted-$(uname -r | cut -c1-3)\\n' >&3
            wait_for 'booted-6.1' "$1/screen"; printf 'exit\\n' >&3
            wait $!; echo "ended $?"
            tail -c 2000 "$1/screen"
            """
        let said = try await DebianRepository.output("bash", ["-c", script, "bash", folder.path.string, try #require(RealProgram.path).string])
        #expect(said.contains("booted-6.1") && said.contains("ended 0"), "\(said)")
    }
}
