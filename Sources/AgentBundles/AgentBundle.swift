public import GuestImages
public import SystemPackage

/// An agent as its maker hands it over, ready to be put into a guest: from our own build, a `.deb`, an `.rpm` or a folder.
public struct AgentBundle: Hashable, Sendable {
    /// What stands in a cell's id: the file's or folder's own name.
    public let name: String
    /// As the package says it; nil when nothing says it.
    public let version: String?
    /// What goes into the guest, at upstream's paths.
    public let items: [PayloadSpec.Item]
    /// Whether the bundle brings its own program; else ours is put beside the agent.
    public let hasProgram: Bool

    /// Where every agent is found in a guest, whatever place its bundle had for it.
    public static let executablePath = "usr/sbin/azure-proxy-agent"
    public static let programPath = "usr/lib/azure-proxy-agent/ebpf_cgroup.o"
    public static let configurationPath = "etc/azure/proxy-agent.json"

    /// Where bundles have them, in the order of search: upstream's packages, then upstream's zip and a flat folder.
    static let executablePlaces = [executablePath, "usr/bin/azure-proxy-agent", "ProxyAgent/azure-proxy-agent", "azure-proxy-agent"]
    static let programPlaces = [programPath, "ProxyAgent/ebpf_cgroup.o", "ebpf_cgroup.o"]
    static let configurationPlaces = [configurationPath, "ProxyAgent/proxy-agent.json", "proxy-agent.json", "GuestProxyAgent.linux.json"]

    /// Reads a bundle. Nothing of it is unpacked on this machine, and nothing of it is run.
    /// - Throws: `AgentBundleError`, `CancellationError`.
    public static func load(_ path: FilePath) async throws -> AgentBundle {
        let source: any BundleSource
        switch path.extension {
        case "deb", "rpm":
            let archive = PackageArchive(path: path, kind: path.extension == "deb" ? .deb : .rpm)
            try await archive.check()
            source = archive
        default: source = try BundleFolder(path: path)
        }
        guard let executable = try await source.first(of: executablePlaces) else {
            throw AgentBundleError(.noAgent, subject: path.string, detail: executablePlaces.joined(separator: ", "))
        }
        var items = [PayloadSpec.Item(path: executablePath, source: .bytes(executable), mode: 0o755)]
        items += try await SharedLibraries.needed(by: executable, of: path).map {
            PayloadSpec.Item(path: String($0.string.drop { $0 == "/" }), source: .file($0), mode: 0o755)
        }
        let program = try await source.first(of: programPlaces)
        if let program { items.append(PayloadSpec.Item(path: programPath, source: .bytes(program))) }
        let configuration = try await source.first(of: configurationPlaces)
        items.append(PayloadSpec.Item(path: configurationPath, source: .bytes(try AgentSettings.adjusted(configuration, of: path))))
        return AgentBundle(
            name: path.lastComponent?.stem ?? path.string, version: try await source.version, items: items, hasProgram: program != nil)
    }
}

/// Where a bundle's files come from.
protocol BundleSource: Sendable {
    /// The content of a file by its path within the bundle; nil when it is not there, or is no file.
    func file(_ path: String) async throws -> [UInt8]?
    var version: String? { get async throws }
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
