public import Foundation
import Subprocess
public import SystemPackage

/// A package repository in Debian's format, made with Debian's own tools and signed with a key of its own.
///
/// The folder holds the archives `debian` and `debian-security`, ready to be served.
public final class DebianRepository: Sendable {
    /// A package that is built when its suite is published.
    public struct Package: Sendable {
        public let name: String
        public let version: String
        /// Content by path.
        public let files: [String: [UInt8]]
        /// The names of packages.
        public var depends: [String] = []

        public init(name: String, version: String, files: [String: [UInt8]]) {
            self.name = name
            self.version = version
            self.files = files
        }
    }

    let work: TemporaryFolder
    let keys: SigningKeys
    /// What is to be served.
    public let root: FilePath
    /// The public key, as gpgv takes it.
    public let keyring: FilePath

    public init(algorithm: String = "ed25519") async throws {
        work = try TemporaryFolder()
        root = work.path.appending("served")
        keyring = work.path.appending("keyring.gpg")
        let manager = FileManager.default
        try manager.createDirectory(atPath: root.string, withIntermediateDirectories: true)
        keys = try SigningKeys(in: work.path)
        try await keys.make("A repository for tests", algorithm)
        try await keys.gpg(["--output", keyring.string, "--export"])
    }

    /// The path of a suite's release file.
    public func releaseFile(_ suite: String, archive: String = "debian") -> FilePath { root.appending("\(archive)/dists/\(suite)/InRelease") }

    /// The path of a built package.
    public func packageFile(_ name: String, archive: String = "debian") throws -> FilePath {
        let pool = root.appending("\(archive)/pool")
        let found = try FileManager.default.contentsOfDirectory(atPath: pool.string).first { $0.hasPrefix(name + "_") }
        guard let found else { throw Errno.noSuchFileOrDirectory }
        return pool.appending(found)
    }

    /// Builds the packages and publishes them as a suite, in place of what the suite held.
    public func publish(
        _ suite: String, archive: String = "debian", codename: String? = nil, packages: [Package], validUntil: Date? = nil
    ) async throws {
        let manager = FileManager.default
        let pool = root.appending("\(archive)/pool")
        let folder = root.appending("\(archive)/dists/\(suite)")
        let binary = folder.appending("main/binary-amd64")
        for path in [pool, binary] { try manager.createDirectory(atPath: path.string, withIntermediateDirectories: true) }
        var index = "Package: something-else\nVersion: 1\nFilename: pool/none.deb\nSize: 1\nSHA256: \(String(repeating: "0", count: 64))\n\n"
        for package in packages {
            let name = "\(package.name)_\(package.version)_amd64.deb"
            try await build(package, as: pool.appending(name))
            let (size, hash) = try await measure(pool.appending(name))
            index += "Package: \(package.name)\nSource: linux\nVersion: \(package.version)\nArchitecture: amd64\n"
            index += "Description: a kernel\n of many words\nFilename: pool/\(name)\nSize: \(size)\nSHA256: \(hash)\n\n"
        }
        let plain = binary.appending("Packages")
        try Data(index.utf8).write(to: URL(filePath: plain.string))
        try await tool("xz", ["--force", plain.string])
        let (size, hash) = try await measure(binary.appending("Packages.xz"))
        var release = "Origin: Test\nSuite: some-\(suite)\nCodename: \(codename ?? suite)\nDate: \(Self.date(Date()))\n"
        if let validUntil { release += "Valid-Until: \(Self.date(validUntil))\n" }
        release += "SHA256:\n \(hash) \(size) main/binary-amd64/Packages.xz\n"
        try await sign(release, as: releaseFile(suite, archive: archive))
    }

    /// Signs a text in place of a suite's release file.
    public func sign(_ text: String, as file: FilePath) async throws {
        let unsigned = work.path.appending("Release.\(UUID().uuidString)")
        try Data(text.utf8).write(to: URL(filePath: unsigned.string))
        try? FileManager.default.removeItem(atPath: file.string)
        try await keys.gpg(["--output", file.string, "--clearsign", unsigned.string])
    }

    func build(_ package: Package, as file: FilePath) async throws {
        let tree = work.path.appending("tree.\(UUID().uuidString)")
        let manager = FileManager.default
        try manager.createDirectory(atPath: tree.appending("DEBIAN").string, withIntermediateDirectories: true)
        let depends = package.depends.isEmpty ? "" : "Depends: \(package.depends.joined(separator: ", "))\n"
        let control =
            "Package: \(package.name)\nVersion: \(package.version)\nArchitecture: amd64\nMaintainer: Nobody <nobody@invalid>\n\(depends)Description: a kernel\n"
        try Data(control.utf8).write(to: URL(filePath: tree.appending("DEBIAN/control").string))
        for (path, content) in package.files {
            let place = tree.appending(path)
            try manager.createDirectory(atPath: place.removingLastComponent().string, withIntermediateDirectories: true)
            try Data(content).write(to: URL(filePath: place.string))
        }
        // Uncompressed, so that a package is as large as what is in it.
        try await tool("dpkg-deb", ["-Znone", "--root-owner-group", "--build", tree.string, file.string])
        try manager.removeItem(atPath: tree.string)
    }

    private func measure(_ file: FilePath) async throws -> (size: Int, hash: String) {
        let output = try await tool("sha256sum", [file.string])
        let size = try FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int
        return (size ?? 0, String(output.prefix(64)))
    }

    @discardableResult
    func tool(_ name: String, _ arguments: [String], in folder: FilePath? = nil) async throws -> String { try await Self.tool(name, arguments, in: folder) }

    @discardableResult
    static func tool(_ name: String, _ arguments: [String], in folder: FilePath? = nil) async throws -> String {
        let result = try await Subprocess.run(
            .name(name), arguments: Arguments(arguments), environment: .inherit.updating(["LC_ALL": "C"]), workingDirectory: folder,
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw ToolFailure(tool: name, status: "\(result.terminationStatus)", complaint: result.standardError)
        }
        return result.standardOutput
    }

    private static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'UTC'"
        return formatter.string(from: date)
    }
}

/// A tool that a test needs failed.
public struct ToolFailure: Error, Hashable, Sendable {
    public let tool: String
    public let status: String
    public let complaint: String
}
