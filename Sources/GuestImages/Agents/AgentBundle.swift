import Digests
import Foundation
public import MatrixModel
public import SystemPackage

/// An agent as its maker hands it over, ready to be put into a guest: from our own build, a `.deb`, an `.rpm` or a folder.
public struct AgentBundle: Hashable, Sendable {
    /// What is in a cell's id: the file's or folder's own name.
    public let name: String
    /// The name in the package; nil for a folder.
    public let packageName: String?
    /// As the package says it; nil when nothing says it.
    public let version: String?
    /// SHA-256 over all that goes into the guest: two bundles of one name are told apart by it.
    public let digest: String
    /// What goes into the guest, at upstream's paths.
    public let items: [PayloadSpec.Item]
    /// The package as it came, for a distribution's own tool; nil for a folder.
    public let package: FilePath?
    /// Whether the bundle brings its own program; else ours is put next to the agent.
    public let hasProgram: Bool
    /// The loader and the libraries that a bare guest does not have and this machine gave; none for a static agent.
    public let librariesOfHost: [FilePath]

    /// Compared by the digest, not by all of its bytes, which are many.
    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// Where every agent is in a guest, independent of its place in the bundle.
    public static let executablePath = "usr/sbin/azure-proxy-agent"
    public static let programPath = "usr/lib/azure-proxy-agent/ebpf_cgroup.o"
    public static let configurationPath = "etc/azure/proxy-agent.json"

    /// Where bundles have them, in the order of search: upstream's packages, then upstream's zip and a flat folder.
    static let executablePlaces = [executablePath, "usr/bin/azure-proxy-agent", "ProxyAgent/azure-proxy-agent", "azure-proxy-agent"]
    static let programPlaces = [programPath, "ProxyAgent/ebpf_cgroup.o", "ebpf_cgroup.o"]
    static let configurationPlaces = [configurationPath, "ProxyAgent/proxy-agent.json", "proxy-agent.json", "GuestProxyAgent.linux.json"]

    /// Reads a bundle. Nothing of it is unpacked on this machine, and nothing of it is run.
    /// - Throws: `AgentBundleError`, `CancellationError`.
    public static func load(_ path: FilePath, for architecture: Architecture = .host) async throws -> AgentBundle {
        let source: any BundleSource
        let isPackage = ["deb", "rpm"].contains(path.extension)
        switch path.extension {
        case "deb", "rpm":
            guard FileManager.default.isReadableFile(atPath: path.string) else {
                throw AgentBundleError(.unreadable, subject: path.string, detail: "no such file, or no permission")
            }
            source = try await PackageArchive(path: path, kind: path.extension == "deb" ? .deb : .rpm)
        default: source = try BundleFolder(path: path)
        }
        guard let executable = try await source.first(of: executablePlaces) else {
            throw AgentBundleError(.noAgent, subject: path.string, detail: executablePlaces.joined(separator: ", "))
        }
        var items = [PayloadSpec.Item(path: executablePath, source: .bytes(executable), mode: 0o755)]
        let libraries = try await SharedLibraries.needed(by: executable, of: path, for: architecture)
        items += libraries.map(SharedLibraries.item)
        let program = try await source.first(of: programPlaces)
        if let program { items.append(PayloadSpec.Item(path: programPath, source: .bytes(program))) }
        let configuration = try await source.first(of: configurationPlaces)
        items.append(PayloadSpec.Item(path: configurationPath, source: .bytes(try AgentSettings.adjusted(configuration, of: path))))
        let identity = try await source.identity
        return AgentBundle(
            name: path.lastComponent?.stem ?? path.string, packageName: identity.name, version: identity.version, digest: try digest(of: items), items: items,
            package: isPackage ? path : nil, hasProgram: program != nil, librariesOfHost: libraries)
    }

    /// Over paths, modes and content, in the order of the paths; each part's length comes first, so that no two bundles read alike.
    private static func digest(of items: [PayloadSpec.Item]) throws -> String {
        var hash = RunningDigest()
        for item in items.sorted(by: { $0.path < $1.path }) {
            let content: [UInt8]
            switch item.source {
            case .bytes(let bytes): content = bytes
            case .file(let path):
                guard let bytes = FileManager.default.contents(atPath: path.string) else {
                    throw AgentBundleError(.libraryMissing, subject: path.string, detail: "unreadable")
                }
                content = Array(bytes)
            }
            hash.update("\(item.path) \(item.mode) \(content.count)\n".utf8)
            hash.update(content)
        }
        return hash.digest.hexadecimal
    }
}

/// Where a bundle's files come from.
protocol BundleSource: Sendable {
    /// The content of a file by its path within the bundle; nil when it is not there, or is not a file.
    func file(_ path: String) async throws -> [UInt8]?
    var identity: PackageIdentity { get async throws }
}

/// What a package says of itself; nothing of a folder.
struct PackageIdentity: Hashable, Sendable {
    var name: String?
    var version: String?
}

extension BundleSource {
    func first(of paths: [String]) async throws -> [UInt8]? {
        for path in paths {
            if let found = try await file(path) { return found }
        }
        return nil
    }
}

/// No part of an agent is larger, in bytes.
let largestPart = 256 << 20
