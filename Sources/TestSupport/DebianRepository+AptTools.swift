import Foundation
public import SystemPackage

extension DebianRepository {
    /// Builds the packages and publishes them as a suite with `apt-ftparchive`, as makers of Debian packages other than Debian do.
    /// - Parameter change: Does something to the packages, in their folder, before they are listed and the list is signed.
    public func publishWithAptTools(
        _ suite: String, archive: String, packages: [Package], change: (FilePath) async throws -> Void = { _ in }
    ) async throws {
        let root = root.appending(archive)
        let pool = root.appending("pool/\(suite)")
        let binary = root.appending("dists/\(suite)/main/binary-amd64")
        for folder in [pool, binary] { try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true) }
        for package in packages { try await build(package, as: pool.appending("\(package.name)_\(package.version)_amd64.deb")) }
        try await change(pool)
        let index = try await tool("apt-ftparchive", ["packages", "pool/\(suite)"], in: root)
        try Data(index.utf8).write(to: URL(filePath: binary.appending("Packages").string))
        try await tool("xz", ["--force", "--keep", binary.appending("Packages").string])
        let names = ["-o", "APT::FTPArchive::Release::Codename=\(suite)", "-o", "APT::FTPArchive::Release::Suite=\(suite)"]
        let release = try await tool("apt-ftparchive", names + ["release", "dists/\(suite)"], in: root)
        try await sign(release, as: releaseFile(suite, archive: archive))
    }

    /// Publishes suites in the layout of Ubuntu's archive, below `ubuntu`: one pool by source package, indices in two packings and only under
    /// their digests (as the release file allows), release files with an inline signature.
    /// - Parameter packages: By suite; a suite may have none.
    public func publishAsUbuntu(_ packages: KeyValuePairs<String, [Package]>, source: String) async throws {
        let root = root.appending("ubuntu")
        let pool = "pool/main/\(source.prefix(1))/\(source)"
        for (suite, packages) in packages {
            let place = root.appending("\(pool)/\(suite)")
            let binary = root.appending("dists/\(suite)/main/binary-amd64")
            for folder in [place, binary.appending("by-hash/SHA256")] {
                try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            }
            for package in packages { try await build(package, as: place.appending("\(package.name)_\(package.version)_amd64.deb")) }
            let index = try await tool("apt-ftparchive", ["packages", "\(pool)/\(suite)"], in: root)
            try Data(index.utf8).write(to: URL(filePath: binary.appending("Packages").string))
            try await Self.run("xz --keep Packages; gzip --keep Packages", in: binary)
            let codename = suite.prefix { $0 != "-" }
            let fields = [
                "Origin=Ubuntu", "Label=Ubuntu", "Suite=\(suite)", "Codename=\(codename)", "Components=main", "Architectures=amd64", "Acquire-By-Hash=yes",
            ]
            let release = try await tool(
                "apt-ftparchive", fields.flatMap { ["-o", "APT::FTPArchive::Release::\($0)"] } + ["release", "dists/\(suite)"], in: root)
            try await sign(release, as: releaseFile(suite, archive: "ubuntu"))
            try await Self.run("for file in Packages*; do mv $file by-hash/SHA256/$(sha256sum $file | cut -c1-64); done", in: binary)
        }
    }

    /// What a tool says.
    public static func output(_ name: String, _ arguments: [String]) async throws -> String { try await Self.tool(name, arguments) }

    /// Runs a script of the shell in a folder, for what no tool would build of its own accord.
    public static func run(_ script: String, in folder: FilePath) async throws { try await Self.tool("sh", ["-ec", script], in: folder) }
}
