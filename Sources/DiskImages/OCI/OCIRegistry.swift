import Foundation
import HostTools
import SystemPackage

/// A registry (OCI Distribution Specification, "Pull"), used without an account.
struct OCIRegistry: BlobSource {
    let host: String
    let repository: String
    let download: Download
    /// A folder for answers that are read at once.
    let work: FilePath

    private static let largestToken = 1 << 20

    /// Plain HTTP is used only for this machine, as in other tools.
    private var isLocal: Bool { ["localhost", "127.0.0.1"].contains(host.split(separator: ":").first.map(String.init) ?? host) }
    private var address: String { "\(isLocal ? "http" : "https")://\(host)/v2/\(repository)" }

    func document(_ selection: OCIReference.Selection) async throws -> [UInt8] {
        let name =
            switch selection {
            case .tag(let tag): tag
            case .digest(let digest): digest.description
            case .unsaid: "latest"
            }
        return try await document(named: name)
    }

    func document(_ descriptor: OCIDocument.Descriptor) async throws -> [UInt8] { try await document(named: descriptor.digest.description) }

    func fetch(_ descriptor: OCIDocument.Descriptor, to file: FilePath) async throws {
        try await fetch("\(address)/blobs/\(descriptor.digest)", to: file, limit: descriptor.size, resumes: true, headers: [])
    }

    private func document(named name: String) async throws -> [UInt8] {
        let file = work.appending("document")
        defer { try? FileManager.default.removeItem(atPath: file.string) }
        try await fetch(
            "\(address)/manifests/\(name)", to: file, limit: OCIDocument.largest, resumes: false,
            headers: ["Accept: " + OCIDocument.mediaTypes.joined(separator: ", ")])
        return FileManager.default.contents(atPath: file.string).map(Array.init) ?? []
    }

    /// Registries require a token even for anonymous access. The answer to a request without one states where to get it.
    private func fetch(_ address: String, to file: FilePath, limit: Int, resumes: Bool, headers: [String]) async throws {
        do {
            try await download.fetch(address, to: file, limit: limit, resumes: resumes, headers: headers)
        } catch let challenge as DownloadChallenge {
            let token = try await token(for: challenge)
            do {
                try await download.fetch(address, to: file, limit: limit, resumes: resumes, headers: headers + ["Authorization: Bearer \(token)"])
            } catch is DownloadChallenge {
                throw DiskImageError(.refused, subject: address, detail: "HTTP 401: it is not for everybody")
            }
        }
    }

    private func token(for challenge: DownloadChallenge) async throws -> String {
        let parameters = Self.parameters(of: challenge.text)
        guard let realm = parameters["realm"], var place = URLComponents(string: realm), place.scheme == "https" || isLocal else {
            throw DiskImageError(.refused, subject: challenge.address, detail: "HTTP 401, and it does not say where a token is had")
        }
        place.queryItems =
            (place.queryItems ?? [])
            + [
                URLQueryItem(name: "service", value: parameters["service"]),
                URLQueryItem(name: "scope", value: parameters["scope"] ?? "repository:\(repository):pull"),
            ].filter { $0.value != nil }
        let file = work.appending("token")
        defer { try? FileManager.default.removeItem(atPath: file.string) }
        let address = place.string ?? realm
        do {
            try await download.fetch(address, to: file, limit: Self.largestToken)
        } catch is DownloadChallenge {
            throw DiskImageError(.refused, subject: address, detail: "HTTP 401: it gives no token without an account")
        }
        guard let bytes = FileManager.default.contents(atPath: file.string), let answer = try? JSONDecoder().decode(Token.self, from: bytes),
            let token = answer.token ?? answer.access_token, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw DiskImageError(.refused, subject: address, detail: "its answer holds no token") }
        return token
    }

    private struct Token: Decodable {
        let token: String?
        let access_token: String?
    }

    /// `Bearer realm="https://…",service="…",scope="…"` (RFC 9110, section 11.2).
    static func parameters(of challenge: String) -> [String: String] {
        guard challenge.lowercased().hasPrefix("bearer ") else { return [:] }
        var parameters: [String: String] = [:]
        var rest = challenge.dropFirst("bearer ".count)
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].trimmingCharacters(in: CharacterSet(charactersIn: " ,")).lowercased()
            rest = rest[rest.index(after: equals)...]
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else {
                parameters[name] = String(rest.prefix { $0 != "," })
                rest = rest.drop { $0 != "," }
                continue
            }
            parameters[name] = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        }
        return parameters
    }
}
