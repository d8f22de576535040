import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import HostTools

/// A home of gpg with keys of a test.
private struct Signer {
    let folder: TemporaryFolder
    private let keys: SigningKeys

    init() throws {
        folder = try TemporaryFolder()
        keys = try SigningKeys(in: folder.path)
    }

    /// Makes a key and returns the file of its public half.
    func key(_ name: String, _ algorithm: String = "ed25519", expires: String = "never", further: [String] = []) async throws -> FilePath {
        try await keys.make(name, algorithm, expires: expires, further: further)
        let file = folder.path.appending("\(name).gpg")
        try await keys.gpg(["--output", file.string, "--export", name])
        return file
    }

    func sign(_ text: String, by name: String, further: [String] = []) async throws -> FilePath {
        let file = folder.path.appending("text")
        try Data(text.utf8).write(to: URL(filePath: file.string))
        let signed = folder.path.appending("text.asc")
        try await keys.gpg(further + ["--local-user", name, "--output", signed.string, "--clearsign", file.string])
        return signed
    }

    func refusal(_ keyring: FilePath, _ signed: FilePath, fingerprints: Set<String> = []) async throws -> SignatureError.Reason {
        try await #require(throws: SignatureError.self) {
            _ = try await SignatureVerifier(keyrings: [keyring], fingerprints: fingerprints).text(signedIn: signed)
        }.reason
    }
}

@Suite("A signature")
struct SignatureVerifierTests {
    @Test("by a key that counts covers its text, and nothing around it", arguments: ["ed25519", "rsa2048"])
    func good(algorithm: String) async throws {
        let signer = try Signer()
        let keyring = try await signer.key("One", algorithm)
        let signed = try await signer.sign("inside\n", by: "One")
        var text = try String(contentsOfFile: signed.string, encoding: .utf8)
        text = "outside\n" + text + "outside\n"
        try Data(text.utf8).write(to: URL(filePath: signed.string))
        #expect(try await SignatureVerifier(keyrings: [keyring]).text(signedIn: signed) == "inside\n")
    }

    @Test("is refused when it is forged, missing, or by another key")
    func refusals() async throws {
        let signer = try Signer()
        let keyring = try await signer.key("One")
        let other = try await signer.key("Other")
        let signed = try await signer.sign("inside\n", by: "One")
        guard case .stranger = try await signer.refusal(other, signed) else {
            Issue.record("a stranger's")
            return
        }
        guard case .stranger = try await signer.refusal(keyring, signed, fingerprints: [String(repeating: "0", count: 40)]) else {
            Issue.record("another fingerprint")
            return
        }
        let text = try String(contentsOfFile: signed.string, encoding: .utf8).replacing("inside", with: "insidf")
        try Data(text.utf8).write(to: URL(filePath: signed.string))
        #expect(try await signer.refusal(keyring, signed) == .forged)
        try Data("only text\n".utf8).write(to: URL(filePath: signed.string))
        #expect(try await signer.refusal(keyring, signed) == .unsigned)
    }

    @Test("with a digest or by a key that can be forged is refused")
    func weak() async throws {
        let signer = try Signer()
        let keyring = try await signer.key("One", "rsa2048")
        let small = try await signer.key("Small", "rsa1024")
        let sha1 = try await signer.sign("inside\n", by: "One", further: ["--digest-algo", "SHA1", "--allow-weak-digest-algos"])
        #expect(try await signer.refusal(keyring, sha1) == .weakDigest("SHA-1"))
        let signed = try await signer.sign("inside\n", by: "Small")
        #expect(try await signer.refusal(small, signed) == .weakKey("RSA with 1024 bits"))
    }

    @Test("by a key that has expired says whose, since when, and what to do")
    func expired() async throws {
        let signer = try Signer()
        let past = ["--faked-system-time", "20200101T000000"]
        let keyring = try await signer.key("Old", "ed25519", expires: "2020-06-01", further: past)
        let signed = try await signer.sign("inside\n", by: "Old", further: past)
        let reason = try await signer.refusal(keyring, signed)
        guard case .keyExpired(let owner, let day) = reason else {
            Issue.record("\(reason)")
            return
        }
        #expect(owner == "Old" && day.hasPrefix("2020-06-0"), "\(day)")
        #expect(SignatureError(reason).description.contains("kmatrix keys fetch"))
    }

    @Test("of a release that several keys signed counts when one of them does")
    func several() async throws {
        let signer = try Signer()
        let keyring = try await signer.key("One")
        _ = try await signer.key("Newer")
        let signed = try await signer.sign("inside\n", by: "Newer", further: ["--local-user", "One"])
        #expect(try await SignatureVerifier(keyrings: [keyring]).text(signedIn: signed) == "inside\n")
    }
}

@Suite("A file of public keys")
struct OpenPGPKeysTests {
    /// A packet of a version-6 key, in the newer form.
    private static let later: [UInt8] = [0xC6, 10, 6, 0, 0, 0, 0, 27, 0, 0, 0, 0]

    @Test("gives each key, armoured or not, also those after one of a later version")
    func later() async throws {
        let signer = try Signer()
        let (one, two) = (try await signer.key("One"), try await signer.key("Two", "rsa2048"))
        let bytes = try [one, two].map { Array(try Data(contentsOf: URL(filePath: $0.string))) }
        let mixed = bytes[0] + Self.later + bytes[1]
        let keys = try #require(OpenPGPKeys(mixed))
        #expect(keys.keys == bytes && keys.skipped == 1)
        let armour =
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n\(Data(mixed).base64EncodedString(options: .lineLength64Characters))\n-----END PGP PUBLIC KEY BLOCK-----\n"
        #expect(OpenPGPKeys(Array("text before\n\(armour)".utf8))?.keys == bytes)
        let records = try #require(try await Keyring.keys(in: mixed, work: signer.folder.path)).keys.map(\.record)
        #expect(records.map(\.owner) == ["One", "Two"])
        #expect(records.map { $0.parts.first?.bits } == [255, 2048] || records.map { $0.parts.first?.bits } == [256, 2048])
        #expect(records.allSatisfy { $0.fingerprint.count == 40 && $0.expires == nil && !$0.isRevoked })
    }

    @Test(
        "is refused when it is something else, or breaks off",
        arguments: [
            Array("hello".utf8), [], [0x99], [0xC6, 200], [0xC6, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            Array("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!\n-----END PGP PUBLIC KEY BLOCK-----".utf8),
        ])
    func refusals(bytes: [UInt8]) { #expect(OpenPGPKeys(bytes) == nil) }

    @Test("that is damaged in any way is read within its bounds", arguments: fuzzSeeds(2))
    func damaged(seed: UInt64) async throws {
        let signer = try Signer()
        let sample = Array(try Data(contentsOf: URL(filePath: try await signer.key("One").string)))
        for bytes in DamagedSamples(of: [sample], seed: seed, count: 500) {
            guard let keys = OpenPGPKeys(bytes) else { continue }
            #expect(keys.keys.map(\.count).reduce(0, +) <= bytes.count)
        }
    }
}
