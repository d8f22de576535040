import Foundation
public import SystemPackage

/// Repositories of rpm packages, built by `rpmbuild`, listed by `createrepo_c`, and signed with a key of their own.
public final class RpmArchive: Sendable {
    public struct Package: Sendable {
        public var name: String
        public var version: String
        public var release: String
        public var provides: [String]
        /// Content by path.
        public var files: [String: [UInt8]]
        /// Targets by path.
        public var links: [String: String] = [:]
        /// Lines of the package's list of files that no file stands for, as a device's.
        public var listed: [String] = []

        public init(name: String, version: String, release: String, provides: [String] = [], files: [String: [UInt8]]) {
            self.name = name
            self.version = version
            self.release = release
            self.provides = provides
            self.files = files
        }
    }

    /// How the index is packed.
    public enum Packing: String, CaseIterable, Sendable { case gz, xz, zst }
    public enum SignedPart: Sendable { case nothing, index, packages }

    private let work: TemporaryFolder
    private let keys: SigningKeys
    /// What is to be served.
    public let root: FilePath
    /// The public key, armoured, as makers of rpm packages publish it.
    public let keyring: FilePath

    public init() async throws {
        work = try TemporaryFolder()
        keys = try SigningKeys(in: work.path)
        try await keys.make("A repository for tests", "rsa2048")
        root = work.path.appending("served")
        keyring = work.path.appending("RPM-GPG-KEY-test")
        try FileManager.default.createDirectory(atPath: root.string, withIntermediateDirectories: true)
        try await keys.gpg(["--armor", "--output", keyring.string, "--export"])
    }

    public func index(_ folder: String) -> FilePath { root.appending("\(folder)/repodata/repomd.xml") }

    /// The one file of a folder's index whose name ends so.
    public func indexFile(_ folder: String, ending: String) throws -> FilePath {
        let repodata = root.appending("\(folder)/repodata")
        guard let name = try FileManager.default.contentsOfDirectory(atPath: repodata.string).first(where: { $0.hasSuffix(ending) }) else {
            throw Errno.noSuchFileOrDirectory
        }
        return repodata.appending(name)
    }

    public func packageFile(_ folder: String, _ package: Package) -> FilePath {
        root.appending("\(folder)/Packages/\(package.name)-\(package.version)-\(package.release).x86_64.rpm")
    }

    /// Builds the packages and publishes them as a repository.
    /// - Parameters:
    ///   - options: Further ones of createrepo_c.
    ///   - change: Does something to the packages, in their folder, before they are listed and the list is signed.
    public func publish(
        _ folder: String, packages: [Package], packing: Packing = .gz, signs: SignedPart = .index, options: [String] = [],
        change: (FilePath) async throws -> Void = { _ in }
    ) async throws {
        let place = root.appending(folder)
        try FileManager.default.createDirectory(atPath: place.appending("Packages").string, withIntermediateDirectories: true)
        for package in packages {
            let file = packageFile(folder, package)
            try await build(package, as: file)
            if signs == .packages { try await sign(file) }
        }
        try await change(place.appending("Packages"))
        let plain = packing == .zst ? Packing.gz : packing
        try await DebianRepository.tool("createrepo_c", ["--quiet", "--no-database", "--general-compress-type=\(plain.rawValue)"] + options + [place.string])
        if packing == .zst { try await repack(place.appending("repodata")) }
        if signs == .index { try await signIndex(folder) }
    }

    /// Signs a folder's `repomd.xml` as it is now.
    public func signIndex(_ folder: String) async throws {
        let file = index(folder).string
        try await keys.gpg(["--armor", "--output", file + ".asc", "--detach-sign", file])
    }

    /// The tool of Debian 12 knows no zstd: the index is packed next to it and put in its place.
    private func repack(_ repodata: FilePath) async throws {
        try await DebianRepository.run(
            "gunzip -c *-primary.xml.gz > primary.xml; rm *-primary.xml.gz; zstd -q --rm primary.xml -o primary.xml.zst; modifyrepo_c --mdtype=primary "
                + "--no-compress primary.xml.zst .",
            in: repodata)
    }

    private func build(_ package: Package, as file: FilePath) async throws {
        let top = work.path.appending("build.\(UUID().uuidString)")
        let tree = top.appending("tree")
        let manager = FileManager.default
        try manager.createDirectory(atPath: tree.string, withIntermediateDirectories: true)
        func place(_ path: String) throws -> FilePath {
            let place = tree.appending(path)
            try manager.createDirectory(atPath: place.removingLastComponent().string, withIntermediateDirectories: true)
            return place
        }
        for (path, content) in package.files { try Data(content).write(to: URL(filePath: place(path).string)) }
        for (path, target) in package.links { try manager.createSymbolicLink(atPath: place(path).string, withDestinationPath: target) }
        let provides = package.provides.map { "Provides: \($0)\n" }.joined()
        let listed = (package.files.keys.sorted() + package.links.keys.sorted()).map { "/\($0)\n" }.joined() + package.listed.map { $0 + "\n" }.joined()
        // Uncompressed, so that a package is as large as what is in it; nothing of what is packed is touched.
        let text = """
            %global debug_package %{nil}
            %define __os_install_post %{nil}
            %define _build_id_links none
            %define _binary_payload w.ufdio
            Name: \(package.name)
            Version: \(package.version)
            Release: \(package.release)
            Summary: a kernel
            License: GPL-2.0
            AutoReqProv: no
            \(provides)
            %description
            A kernel.
            %install
            mkdir -p %{buildroot}; cp -a \(tree.string)/. %{buildroot}
            %files
            \(listed)
            """
        let spec = top.appending("kernel.spec")
        try Data(text.utf8).write(to: URL(filePath: spec.string))
        try await DebianRepository.tool("rpmbuild", ["--quiet", "-bb", "--target", "x86_64", "--define", "_topdir \(top.string)", spec.string])
        try? manager.removeItem(atPath: file.string)
        try manager.moveItem(atPath: top.appending("RPMS/x86_64/\(file.lastComponent?.string ?? "")").string, toPath: file.string)
        try manager.removeItem(atPath: top.string)
    }

    private func sign(_ file: FilePath) async throws {
        try await DebianRepository.tool(
            "rpmsign", ["--define", "_gpg_name A repository", "--define", "_gpg_path \(keys.home)", "--define", "__gpg /usr/bin/gpg", "--addsign", file.string])
        await keys.endAgent()
    }
}
