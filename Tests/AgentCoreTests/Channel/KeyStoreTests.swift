import JSON
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore

@Suite("The key store")
struct KeyStoreTests {
    static let guid = "9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf"

    static func document(_ guid: String = guid) throws -> KeyDocument {
        let text =
            #"{"authorizationScheme":"Azure-HMAC-SHA256","incarnationId":7,"guid":"\#(guid)","issued":"x","#
            + #""key":"\#(String(repeating: "0F", count: 32))"}"#
        return try KeyDocument(JSONValue(parsing: Array(text.utf8)))
    }

    private static func store(_ folder: TemporaryFolder) -> KeyStore {
        KeyStore(folder: folder.path.appending("keys"), log: AgentLog(folder: nil, systemLevel: .error))
    }

    @Test("keeps a key as it came")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let store = Self.store(folder)
        let document = try Self.document()
        try store.save(document)
        let loaded = try #require(store.load(Self.guid))
        #expect(loaded.secret == document.key.secret)
        #expect(loaded.incarnation == 7)
        #expect(store.load(Self.guid.uppercased()) == nil || store.load(Self.guid.uppercased())?.guid == Self.guid)
        #expect(store.load("00000000-0000-4000-8000-000000000000") == nil)
    }

    @Test(
        "makes nothing but a GUID a file's name",
        arguments: [
            "", "../../etc/passwd", "9cf81e97-0316-4ad3-94a7-8ccbdee8ccb", "9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf/", "9cf81e97/0316-4ad3-94a7-8ccbdee8ccbf",
            "9cf81e97-0316-4ad3-94a7-8ccbdee8ccbg", "９cf81e97-0316-4ad3-94a7-8ccbdee8ccbf", "9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf\0",
        ])
    func names(text: String) throws {
        #expect(!KeyStore.isGUID(text))
        #expect(throws: KeyDocument.Malformed.self) { try Self.document(text.replacing("\0", with: "\\u0000")) }
    }

    @Test(
        "refuses documents that are no keys, and never quotes them",
        arguments: [
            #"{}"#, #"[]"#, #"{"authorizationScheme":"None"}"#,
            #"{"authorizationScheme":"Azure-HMAC-SHA256","guid":"9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf","key":"5EC2E7"}"#,
            #"{"authorizationScheme":"Azure-HMAC-SHA256","guid":"9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf","key":5}"#,
            #"{"authorizationScheme":"Azure-HMAC-SHA256","guid":"9cf81e97-0316-4ad3-94a7-8ccbdee8ccbf","#
                + #""key":"5EC2E75EC2E75EC2E75EC2E75EC2E75EC2E75EC2E75EC2E75EC2E75EC2E7zzzz"}"#,
        ])
    func malformed(text: String) throws {
        let document = try JSONValue(parsing: Array(text.utf8))
        let error = try #require(throws: KeyDocument.Malformed.self) { try KeyDocument(document) }
        #expect(!"\(error)".contains("5EC2E7"))
    }

    @Test("takes from others what they could do, and trusts no file they could have written")
    func permissions() throws {
        let folder = try TemporaryFolder()
        let store = Self.store(folder)
        try store.save(try Self.document())
        let file = folder.path.appending("keys/\(Self.guid).key").string
        chmod(file, 0o644)
        chmod(folder.path.appending("keys").string, 0o755)
        #expect(store.load(Self.guid) != nil)
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(folder.path.appending("keys").string, &status) == 0 && status.st_mode & 0o777 == 0o700)
        chmod(file, 0o666)
        #expect(store.load(Self.guid) == nil)
        chmod(file, 0o600)
        if geteuid() == 0 {
            chown(file, 65534, 65534)
            #expect(store.load(Self.guid) == nil)
        }
    }

    @Test("follows no link, neither for the folder nor for a key")
    func links() throws {
        let folder = try TemporaryFolder()
        let store = Self.store(folder)
        symlink("/tmp", folder.path.appending("keys").string)
        #expect(throws: KeyStore.Failure.self) { try store.save(try Self.document()) }
        unlink(folder.path.appending("keys").string)
        try store.save(try Self.document())
        let file = folder.path.appending("keys/\(Self.guid).key").string
        rename(file, folder.path.appending("real").string)
        symlink(folder.path.appending("real").string, file)
        #expect(store.load(Self.guid) == nil)
    }

    @Test("keeps a few keys that were replaced, and the one in use whatever its age")
    func pruning() throws {
        let folder = try TemporaryFolder()
        let store = Self.store(folder)
        try store.save(try Self.document())
        for number in 0..<8 { try store.save(try Self.document("00000000-0000-4000-8000-00000000000\(number)")) }
        utimes(folder.path.appending("keys/\(Self.guid).key").string, [timeval(), timeval()])
        store.prune(keeping: Self.guid)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path.appending("keys").string)
        #expect(names.count == KeyStore.keptKeys)
        #expect(names.contains("\(Self.guid).key"))
    }
}
