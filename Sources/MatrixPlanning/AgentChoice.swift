public import GuestImages
import Foundation
public import MatrixModel
import SystemPackage

/// Which agent a cell runs.
public enum AgentChoice: Hashable, Sendable {
    case own
    case bundle(AgentBundle)

    /// Reads `own`, or the path of an agent bundle.
    public init(parsing text: String, for architecture: Architecture = .host) async throws {
        guard text != "own" else {
            self = .own
            return
        }
        let place = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(text)).lexicallyNormalized()
        self = .bundle(try await AgentBundle.load(place, for: architecture))
    }

    /// The agent's part of the cell's id.
    public var name: String {
        switch self {
        case .own: "own"
        case .bundle(let bundle): bundle.name
        }
    }

    /// `deb` or `rpm`.
    package var packageKind: String {
        switch self {
        case .own: "deb"
        case .bundle(let bundle): bundle.package?.extension ?? "deb"
        }
    }
}

extension AgentProfiles {
    /// - Throws: `AgentProfileError` when several profiles recognise the bundle, or ours is missing.
    func profile(of agent: AgentChoice) throws -> AgentProfile {
        switch agent {
        case .own: try named(Self.ownName)
        case .bundle(let bundle): try profile(of: bundle)
        }
    }
}
