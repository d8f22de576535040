import Foundation
public import SystemPackage

/// The profiles of a folder, one file each.
public struct AgentProfiles: Sendable {
    /// Sorted by name.
    public let all: [AgentProfile]

    /// The name of our own agent's profile.
    public static let ownName = "own"

    /// - Throws: `AgentProfileError`.
    public init(_ profiles: [AgentProfile]) throws {
        all = profiles.sorted { $0.name < $1.name }
        for (one, next) in zip(all, all.dropFirst()) where one.name == next.name { throw AgentProfileError(.sameName, subject: one.name) }
    }

    /// Reads every `.yml` file of a folder.
    /// - Throws: `YAMLError`, `AgentProfileError`.
    public init(folder: FilePath) throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.string) else {
            throw AgentProfileError(.unreadable, subject: folder.string)
        }
        try self.init(names.filter { $0.hasSuffix(".yml") }.sorted().map { try Self.read(folder.appending($0)) })
    }

    /// Reads one file.
    /// - Throws: `YAMLError`, `AgentProfileError`.
    public static func read(_ file: FilePath) throws -> AgentProfile {
        guard let bytes = FileManager.default.contents(atPath: file.string) else { throw AgentProfileError(.unreadable, subject: file.string) }
        guard bytes.count <= 1 << 20 else { throw AgentProfileError(.tooLarge, subject: file.string) }
        return try AgentProfile(parsing: String(decoding: bytes, as: UTF8.self), source: file.string)
    }

    /// - Throws: `AgentProfileError` with `unknown`, naming those there are.
    public func named(_ name: String) throws -> AgentProfile {
        guard let found = all.first(where: { $0.name == name }) else {
            throw AgentProfileError(.unknown, subject: name, others: all.map(\.name))
        }
        return found
    }

    /// The profile that recognises a bundle; `unknown` when none does.
    /// - Throws: `AgentProfileError` with `ambiguous` when several do.
    public func profile(of bundle: AgentBundle) throws -> AgentProfile {
        let matching = all.filter { $0.recognises(bundle) }
        guard matching.count < 2 else { throw AgentProfileError(.ambiguous, subject: bundle.name, others: matching.map(\.name)) }
        return matching.first ?? .unknown
    }
}
