import EvidenceStore
import Foundation
import MatrixModel
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The released program with repositories in the forms of Ubuntu and Rocky Linux, served on loopback around kernels whose release is those
/// vendors': `ci/build-test-kernels` builds them, in minutes, so that these tests run where it did.
@Suite(
    "The command with vendors' repositories",
    .enabled(if: RealProgram.path != nil, "KMATRIX_PRODUCTS names no built products; ci/test sets it"),
    .enabled(if: VendorKernel.folder != nil, "SKIPPED: KMATRIX_TEST_KERNELS names no kernels; ci/build-test-kernels builds them and prints the folder"),
    .serialized)
struct VendorRepositoryRealGuestTests {
    /// Runs the program with a cache of its own and a mirror on loopback for each vendor.
    private func run(_ arguments: [String], mirrors: [String: String], keyrings: [String: FilePath], in home: TemporaryFolder) async throws -> (
        RealProgram.Ended, RunDocument?
    ) {
        // Who is not served here would be asked on the network.
        let others = ["oracle", "azurelinux", "amazon"].map { "--mirror=\($0)=http://127.0.0.1:9/nothing" }
        let ended = try await RealProgram.run(
            ["run", "--no-history", "--format", "json", "--out", home.path.appending("run-\(UUID().uuidString.prefix(8))").string] + arguments
                + mirrors.map { "--mirror=\($0.key)=\($0.value)" } + keyrings.map { "--keyring=\($0.key)=\($0.value)" } + others,
            environment: ["XDG_CACHE_HOME": home.path.appending("cache").string])
        return (ended, try? JSONDecoder().decode(RunDocument.self, from: Data(ended.stdout.utf8)))
    }

    @Test("kmatrix run --kernel 5.15 ends in a verdict on Ubuntu's azure kernel, found through the layout of Ubuntu's archive")
    func ubuntu() async throws {
        let kernel = try VendorKernel("5.15.0-1057-azure")
        let repository = try await DebianRepository(algorithm: "rsa3072")
        let version = "5.15.0-1057.65"
        var image = DebianRepository.Package(
            name: "linux-image-\(kernel.release)", version: version, files: ["boot/vmlinuz-\(kernel.release)": try kernel.image()])
        image.depends = ["linux-modules-\(kernel.release)"]
        let modules = DebianRepository.Package(
            name: "linux-modules-\(kernel.release)", version: version,
            files: try kernel.modules().merging(["boot/config-\(kernel.release)": kernel.configuration()]) { $1 })
        var meta = DebianRepository.Package(name: "linux-image-azure", version: "5.15.0.1057.65", files: [:])
        meta.depends = [image.name]
        try await repository.publishAsUbuntu(
            ["jammy": [], "jammy-updates": [image, modules, meta], "jammy-security": [], "focal": [], "focal-updates": [], "focal-security": []],
            source: "linux-azure")
        let home = try TemporaryFolder()
        try await LoopbackServer.serving(repository.root) { server in
            let (ended, document) = try await run(
                ["--kernel", "5.15", "--cgroup", "unified", "--cgroup", "legacy"], mirrors: ["ubuntu": "\(server.address)/ubuntu"],
                keyrings: ["ubuntu": repository.keyring], in: home)
            #expect(ended.code == 0, "\(ended.stderr)")
            let cells = try #require(document?.cells, "\(ended.stderr)")
            #expect(cells.map(\.release) == [kernel.release, kernel.release])
            #expect(cells.map(\.origin) == ["ubuntu-22.04/jammy-updates", "ubuntu-22.04/jammy-updates"])
            #expect(cells.map(\.verdict) == [.compatible, .incompatible], "\(cells.map(\.summary))")
            #expect(server.requests.contains { $0.contains("/by-hash/SHA256/") })
        }
    }

    /// Rocky Linux 9's BaseOS as its mirrors have it: repodata, packages signed each.
    private static func rocky(_ kernel: VendorKernel) async throws -> RpmArchive {
        let parts = kernel.release.split(separator: "-", maxSplits: 1)
        let (version, release) = (String(parts[0]), String(parts[1]).replacing(".x86_64", with: ""))
        let folder = "lib/modules/\(kernel.release)"
        var core = RpmArchive.Package(
            name: "kernel-core", version: version, release: release, provides: ["kernel-uname-r = \(kernel.release)"],
            files: ["\(folder)/vmlinuz": try kernel.image(), "\(folder)/config": try kernel.configuration()])
        var loadable = RpmArchive.Package(name: "kernel-modules-core", version: version, release: release, files: [:])
        for (path, content) in try kernel.modules() {
            if path.hasSuffix(".ko") { loadable.files[path] = content } else { core.files[path] = content }
        }
        loadable.files["\(folder)/modules.none"] = [1]
        let archive = try await RpmArchive()
        try await archive.publish("9/BaseOS/x86_64/os", packages: [core, loadable], signs: .packages)
        return archive
    }

    /// Our agent with a fault, as users hand over an agent of their own.
    private static func agent(_ mutation: String?, in home: TemporaryFolder) throws -> FilePath {
        let folder = home.path.appending(mutation ?? "healthy")
        let mutants = FilePath(try #require(ProcessInfo.processInfo.environment["KMATRIX_MUTANTS"], "ci/build-mutants builds them"))
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: mutants.appending("mutant-agent").string, toPath: folder.appending("azure-proxy-agent").string)
        var text = try Repository.text("images/agent/proxy-agent.json")
        if let mutation { text = text.replacing("{", with: "{\"mutation\": \"\(mutation)\",", maxReplacements: 1) }
        try Data(text.utf8).write(to: URL(filePath: folder.appending("proxy-agent.json").string))
        return folder
    }

    @Test(
        "an agent that is broken on Rocky Linux 9, whose 5.14 is documented as supported, is code 1, and a healthy one 0",
        .enabled(if: ProcessInfo.processInfo.environment["KMATRIX_MUTANTS"] != nil, "KMATRIX_MUTANTS names no mutants; ci/build-mutants builds them"))
    func rocky() async throws {
        let kernel = try VendorKernel("5.14.0-427.13.1.el9_4.x86_64")
        let archive = try await Self.rocky(kernel)
        let home = try TemporaryFolder()
        try await LoopbackServer.serving(archive.root) { server in
            for (mutation, code, verdict) in [("ignores-rules", 1, Verdict.incompatible), (nil, 0, .compatible)] as [(String?, Int32, Verdict)] {
                let (ended, document) = try await run(
                    ["--kernel", "5.14@rocky-9", "--cgroup", "unified", "--agent", Self.agent(mutation, in: home).string], mirrors: ["rocky": server.address],
                    keyrings: ["rocky": archive.keyring], in: home)
                #expect(ended.code == code, "\(mutation ?? "healthy"): \(ended.stderr)")
                let cell = try #require(document?.cells.first, "\(ended.stderr)")
                #expect(cell.release == kernel.release)
                #expect(cell.origin == "rocky-9/BaseOS")
                #expect(cell.verdict == verdict, "\(cell.summary)")
            }
        }
        // The same fault of the same kernel contradicts nothing where no distribution claims it: 5.14 lies below the article's floor.
        let image = kernel.folder.appending("boot/vmlinuz-\(kernel.release)").string
        let (ended, document) = try await run(
            ["--kernel-image", image, "--cgroup", "unified", "--agent", home.path.appending("ignores-rules").string], mirrors: [:], keyrings: [:], in: home)
        #expect(ended.code == 0, "\(ended.stderr)")
        #expect(document?.cells.map(\.verdict) == [.incompatible])
    }
}

/// A kernel of `ci/build-test-kernels`: Debian's source, the vendor's release.
struct VendorKernel {
    static let folder = ProcessInfo.processInfo.environment["KMATRIX_TEST_KERNELS"].map { FilePath($0) }

    let release: String
    let folder: FilePath

    init(_ release: String) throws {
        self.release = release
        folder = try #require(Self.folder).appending(release)
    }

    func image() throws -> [UInt8] { try bytes("boot/vmlinuz-\(release)") }
    func configuration() throws -> [UInt8] { try bytes("boot/config-\(release)") }

    /// Modules and their indices, by path.
    func modules() throws -> [String: [UInt8]] {
        let place = "lib/modules/\(release)"
        var content: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.appending(place).string) {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder.appending("\(place)/\(name)").string, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            content["\(place)/\(name)"] = try bytes("\(place)/\(name)")
        }
        return content
    }

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: folder.appending(path).string))) }
}
