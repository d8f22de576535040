import Foundation
import StrictYAML
import SystemPackage

/// The addresses of Debian's archives, from whoever named them first.
struct Mirrors: Hashable {
    let main: String
    let security: String

    /// In this order: the settings' own (the command line), `KMATRIX_DEBIAN_MIRROR`, the configuration file, apt's sources.
    /// - Throws: `CatalogueError` with `noMirror`, or `badConfiguration`.
    init(_ settings: CatalogueSettings) throws {
        let file = Self.configurationFile(settings.environment)
        let configured = try Self.configuration(file)
        let apt = AptSources(folder: settings.aptFolder)
        let candidates: [(main: String?, security: String?)] = [
            (settings.mirrors["debian"], settings.mirrors["debian-security"]), (settings.environment["KMATRIX_DEBIAN_MIRROR"], nil),
            (configured["debian"], configured["debian-security"]), (apt.address(of: .main), apt.address(of: .security)),
        ]
        guard let chosen = candidates.first(where: { $0.main?.isEmpty == false }), let main = chosen.main.map(Self.trimmed) else {
            throw CatalogueError(.noMirror, subject: file.string)
        }
        self.main = main
        // Mirrors carry the security archive beside the main one, under the same name with a suffix.
        security = Self.trimmed(settings.mirrors["debian-security"] ?? chosen.security ?? main + "-security")
        for address in [main, security] where !address.hasPrefix("http://") && !address.hasPrefix("https://") {
            throw CatalogueError(.badAddress, subject: address)
        }
    }

    func address(of archive: DebianSuite.Archive) -> String { archive == .main ? main : security }

    static func configurationFile(_ environment: [String: String]) -> FilePath {
        if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") { return FilePath(base).appending("kmatrix/config.yml") }
        return FilePath(environment["HOME"] ?? NSHomeDirectory()).appending(".config/kmatrix/config.yml")
    }

    /// Reads `mirrors: { debian: URL, debian-security: URL }`; other keys are other people's.
    private static func configuration(_ file: FilePath) throws -> [String: String] {
        guard let text = try? String(contentsOfFile: file.string, encoding: .utf8), text.contains(where: { !$0.isWhitespace }) else { return [:] }
        do {
            guard let node = try YAMLNode(parsing: text, source: file.string)["mirrors"], !node.isNull else { return [:] }
            try node.allow("debian", "debian-security")
            var mirrors: [String: String] = [:]
            for name in node.keys {
                guard let address = try node.text(name), !address.isEmpty else { throw node.error("'\(name)' must be an address") }
                mirrors[name] = address
            }
            return mirrors
        } catch let error as YAMLError {
            throw CatalogueError(.badConfiguration, subject: file.string, detail: error.line.map { "line \($0): \(error.reason)" } ?? error.reason)
        }
    }

    private static func trimmed(_ address: String) -> String { String(address.reversed().drop { $0 == "/" }.reversed()) }
}
