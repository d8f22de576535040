import Foundation
import StrictYAML
import SystemPackage

/// The repository settings of `kmatrix/config.yml`. Other keys are ignored.
struct ConfigurationFile {
    let path: FilePath
    /// `mirrors: { debian: URL, ubuntu: URL }`
    let mirrors: [String: String]
    /// `keyrings: { ubuntu: FILE }`
    let keyrings: [String: FilePath]

    /// - Throws: `CatalogueError` with `badConfiguration`.
    init(_ settings: CatalogueSettings) throws {
        path = Self.path(settings.environment)
        guard let text = try? String(contentsOfFile: path.string, encoding: .utf8), text.contains(where: { !$0.isWhitespace }) else {
            (mirrors, keyrings) = ([:], [:])
            return
        }
        do {
            let root = try YAMLNode(parsing: text, source: path.string)
            let vendors = settings.distributions.vendorNames
            mirrors = try Self.entries(root["mirrors"], known: ["debian", "debian-security"] + vendors)
            keyrings = try Self.entries(root["keyrings"], known: vendors).mapValues { FilePath(($0 as NSString).expandingTildeInPath) }
        } catch let error as YAMLError {
            throw CatalogueError(.badConfiguration, subject: path.string, detail: error.line.map { "line \($0): \(error.reason)" } ?? error.reason)
        }
    }

    private static func entries(_ node: YAMLNode?, known: [String]) throws -> [String: String] {
        guard let node, !node.isNull else { return [:] }
        try node.allow(known)
        var entries: [String: String] = [:]
        for name in node.keys { entries[name] = try node.required(name) }
        return entries
    }

    private static func path(_ environment: [String: String]) -> FilePath {
        if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") { return FilePath(base).appending("kmatrix/config.yml") }
        return FilePath(environment["HOME"] ?? NSHomeDirectory()).appending(".config/kmatrix/config.yml")
    }
}
